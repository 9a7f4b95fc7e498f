"""Other engines are measured where they are installed, and stated to be missing where they are not."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

pytest.importorskip("cedarpy")

from drt.bench import direct_grants, other_engines, table
from drt.bench.contestants.direct_grants import asked, grants_of
from drt.bench.contestants.production import Production
from drt.cli.main import main


def test_grants_are_triples() -> None:
    made = direct_grants.direct(20)
    triples = grants_of(made)
    answers = Production().prepare(made).answers()
    assert len(triples) == 20
    for question, answer in zip(made.requests, answers, strict=True):
        assert (asked(question) in triples) == (answer.decision == "allow")


@pytest.mark.parametrize("make", [direct_grants.many, direct_grants.links])
def test_what_is_more_than_a_grant_is_refused(make: object) -> None:
    with pytest.raises(ValueError, match="no direct grant"):
        grants_of(make(20))  # type: ignore[operator]  # a Maker, stated to pytest as a parameter


@pytest.mark.parametrize("other", other_engines.OTHERS, ids=lambda each: each.name)
def test_an_engine_that_is_here_decides_alike(other: other_engines.Other) -> None:
    if other.version() is None:
        pytest.skip(f"{other.name} is not installed ({other.install})")
    made = direct_grants.direct(50)
    ours = Production().prepare(made).answers()
    theirs = other.make().prepare(made).answers()
    assert all(one.agrees(another) for one, another in zip(ours, theirs, strict=True))


def test_an_engine_that_is_not_here_is_told_and_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = other_engines.Other("elsewhere", "pip install elsewhere", "", lambda: None, Production)
    monkeypatch.setattr(other_engines, "OTHERS", (missing,))
    assert other_engines.figures() == []
    items = [each for each in table.every_item() if each.name == "parse ÷ cedarpy, gdrive"]
    monkeypatch.setattr(table, "every_item", lambda: items)
    result = CliRunner().invoke(main, ["bench", "--quick"])
    assert "not installed: elsewhere (pip install elsewhere)" in result.stdout.splitlines()
    assert result.exit_code in (0, 1)
    assert result.stderr == ""
