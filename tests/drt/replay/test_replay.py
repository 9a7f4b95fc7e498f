"""Replaying saved cases: a verdict each, whatever the engines do."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from drt.corpus.known import Known
from drt.corpus.store import Corpus
from drt.model.case import Case, Request, Source
from drt.model.outcome import Authorized, Crashed
from drt.model.saved_case import Expectations, ExpectedResponse, SavedCase, Verdict
from drt.replay.replay import Replayed, Replayer
from tests.drt.toys import TARGETS

TOY, TWIN = "tests.drt.toys:Toy", "tests.drt.toys:Twin"
REQUEST = Request(
    json.dumps({name: {"type": "T", "id": "u1"} for name in ("principal", "action", "resource")})
)
SAVED = SavedCase(
    case=Case(Source("like"), requests=(REQUEST,)),
    signature="a bug",
    status="open",
    origin={"target": "toy", "engines": {"toy": "1", "twin": "1"}},
)


def replayed(tmp_path: Path, *engines: str, known: tuple[Known, ...] = (), **changes: Any) -> Replayed:
    place = Corpus(tmp_path).save_counterexample(replace(SAVED, **changes))
    [result] = Replayer(engines or (TOY, TWIN), TARGETS, known, deadline=1.0).replay([place])
    return result


def faulty(name: str) -> str:
    return f"tests.drt.toys:{name}"


def test_an_open_case_still_diverges(tmp_path: Path) -> None:
    result = replayed(tmp_path, TOY, faulty("Faulty"))

    assert result.verdict == "still diverges"
    assert result.failed
    [divergence] = result.divergences
    assert dict(divergence.answers) == {
        "toy": Authorized("allow", ("policy1",)),
        "twin": Authorized("deny", ()),
    }


def test_an_open_case_that_diverges_no_more_is_fixed(tmp_path: Path) -> None:
    result = replayed(tmp_path)

    assert result.verdict == "fixed"
    assert not result.failed
    assert result.answers == (
        (
            "request 0",
            (("toy", Authorized("allow", ("policy1",))), ("twin", Authorized("allow", ("policy1",)))),
        ),
    )


def test_a_fixed_case_that_diverges_again_fails(tmp_path: Path) -> None:
    assert replayed(tmp_path, status="fixed").verdict == "agrees"
    assert replayed(tmp_path, TOY, faulty("Faulty"), status="fixed", signature="b").failed


def test_a_declared_difference_fails_nothing(tmp_path: Path) -> None:
    because = Verdict("nobody", "it is meant")
    result = replayed(tmp_path, TOY, faulty("Faulty"), status="declared", verdict=because)

    assert (result.verdict, result.reason, result.failed) == ("diverges as declared", "it is meant", False)


def test_a_known_finding_fails_nothing(tmp_path: Path) -> None:
    known = (Known("k", "open", "in work", signature="a bug"),)

    assert replayed(tmp_path, TOY, faulty("Faulty"), known=known).verdict == "diverges as declared"


def test_an_engine_alone_is_held_to_the_expected_outcome(tmp_path: Path) -> None:
    expected = Expectations((ExpectedResponse(0, "deny", ("policy9",)),))
    result = replayed(tmp_path, status=None, expected=expected)

    assert result.verdict == "not as expected"
    assert [engine for engine, _ in result.unmet] == ["toy", "twin"]
    right = Expectations((ExpectedResponse(0, "allow", ("policy1",)),))
    assert replayed(tmp_path, TOY, status=None, expected=right, signature="b").verdict == "agrees"


@pytest.mark.parametrize(
    ("engine", "error"),
    [("Aborts", "SIGABRT"), ("Exits", "exit 7"), ("Raises", "KeyError")],
)
def test_an_engine_that_dies_is_told_and_the_other_answers(tmp_path: Path, engine: str, error: str) -> None:
    result = replayed(tmp_path, TOY, faulty(engine))

    assert result.verdict == "still diverges"
    [divergence] = result.divergences
    crashed = dict(divergence.answers)["twin"]
    assert isinstance(crashed, Crashed)
    assert crashed.error == error
    assert dict(dict(result.answers)["request 0"])["toy"] == Authorized("allow", ("policy1",))


def test_a_deadly_case_does_not_take_its_neighbours_along(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path)
    texts = ["in", "like", "is"]
    for text in texts:
        corpus.save_counterexample(
            replace(SAVED, case=replace(SAVED.case, policies=Source(text)), signature=text)
        )
    results = list(Replayer((TOY, faulty("Aborts")), TARGETS, deadline=1.0).replay(corpus.counterexamples()))

    assert [(one.path.name, one.verdict) for one in results] == [
        ("in", "fixed"),
        ("is", "fixed"),
        ("like", "still diverges"),
    ]


def test_a_case_that_cannot_be_read_does_not_stop_the_others(tmp_path: Path) -> None:
    place = Corpus(tmp_path).save_counterexample(SAVED)
    results = list(Replayer((TOY, TWIN), TARGETS).replay([tmp_path / "gone", place]))

    assert [one.verdict for one in results] == ["cannot run", "fixed"]
    assert not results[0].readable
    assert results[0].reason.endswith("there is no such case")


def test_a_case_found_with_other_engines_is_not_called_fixed(tmp_path: Path) -> None:
    result = replayed(tmp_path, TOY, origin={"engines": {"toy": "1", "other": "1"}})

    assert result.verdict == "cannot run"
    assert "other" in result.reason


def test_the_machine_twin_is_json(tmp_path: Path) -> None:
    document = json.loads(json.dumps(replayed(tmp_path, TOY, faulty("Faulty")).to_json()))

    assert document["verdict"] == "still diverges"
    assert document["divergences"][0]["answers"][1]["decision"] == "deny"
