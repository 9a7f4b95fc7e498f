"""A benchmark fails when engines disagree, and when a limit is missed three times."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

pytest.importorskip("cedarpy")

from drt.bench import direct_grants, speed, table
from drt.bench.applications import abac, tinytodo
from drt.bench.contestants.cedarpy import Cedarpy
from drt.bench.contestants.contestant import Answer, Contestant, Prepared
from drt.bench.contestants.naive import Naive
from drt.bench.contestants.production import Production, candidates
from drt.bench.figure import ATTEMPTS, Figure, Limit, at_least, measured
from drt.bench.race import Disagreement, Measured, Timing, prepared_for, quickest, race, ratio
from drt.bench.report import Report
from drt.bench.workload import Workload
from drt.cli.main import main


@dataclass(frozen=True)
class Lying:
    """Production, but for the answer to the first request that something can be lied about."""

    lie: Callable[[Answer], Answer | None]
    name: str = "lying"

    def prepare(self, workload: Workload) -> Prepared:
        honest = Production().prepare(workload)
        at, stated = next(
            (number, stated)
            for number, answer in enumerate(honest.answers())
            if (stated := self.lie(answer)) is not None
        )
        questions = list(enumerate(honest.questions))
        return Prepared(
            lambda question: (question[0], honest.ask(question[1])),
            questions,
            lambda asked: stated if asked[0] == at else honest.read(asked[1]),
        )


@dataclass(frozen=True)
class Slow:
    """Production, asked a hundred times for one answer."""

    name: str = "slow"

    def prepare(self, workload: Workload) -> Prepared:
        honest = Production().prepare(workload)

        def ask(question: object) -> object:
            for _ in range(99):
                honest.ask(question)
            return honest.ask(question)

        return Prepared(ask, honest.questions, honest.read)


def _other_decision(answer: Answer) -> Answer:
    return replace(answer, decision="deny" if answer.decision == "allow" else "allow")


def _other_policy(answer: Answer) -> Answer | None:
    return replace(answer, determining=frozenset({"policy99"})) if answer.determining else None


def _other_erring_policy(answer: Answer) -> Answer | None:
    return replace(answer, erring=frozenset({("policy99", "type")})) if answer.erring else None


def _other_kind(answer: Answer) -> Answer | None:
    if not answer.erring:
        return None
    return replace(answer, erring=frozenset((policy, "tag-missing") for policy, _ in answer.erring))


LIES = (_other_decision, _other_policy, _other_erring_policy, _other_kind)


@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize("honest", [Cedarpy(), Naive(), Production()], ids=lambda each: each.name)
def test_a_contestant_that_answers_otherwise_is_not_raced(
    lie: Callable[[Answer], Answer | None], honest: Contestant
) -> None:
    with pytest.raises(Disagreement, match=r"abac: .* says .*, lying says .*, asked principal User::"):
        prepared_for(abac(1_000), [honest, Lying(lie)])


def test_what_a_contestant_does_not_tell_is_not_held_against_it() -> None:
    stated = Answer("deny", frozenset({"policy1"}), frozenset({("policy0", "type")}))
    assert Answer("deny").agrees(stated)
    assert stated.agrees(Answer("deny"))
    assert not Answer("allow").agrees(stated)


def test_contestants_that_agree_are_raced() -> None:
    prepared = prepared_for(direct_grants.direct(10), [Production(), Production(plain=True)])
    timings = race(prepared, 3)
    assert [len(each.rounds) for each in timings.values()] == [3, 3]
    found = ratio(timings, "production, dicts", "production")
    assert found.value > 1
    assert set(found.medians) == {"production", "production, dicts"}


def test_growth_is_read_off_the_quickest_turns() -> None:
    timings = {"large": Timing((9.0, 3.0, 90.0)), "small": Timing((1.0, 2.0, 1.5))}
    found = quickest(timings, "large", "small")
    assert (found.value, found.medians, found.rounds) == (3.0, {"large": 3.0, "small": 1.0}, 3)
    assert found.spread == ratio(timings, "large", "small").spread > 0


@pytest.mark.parametrize(
    ("direction", "values", "verdict", "stated", "attempts"),
    [
        ("at least", [50.0], "stretch", 50.0, 1),
        ("at least", [30.0], "kept", 30.0, 1),
        ("at least", [10.0, 20.0, 24.0], "missed", 24.0, ATTEMPTS),
        ("at least", [10.0, 26.0], "kept", 26.0, 2),
        ("at most", [50.0, 60.0, 25.0], "stretch", 25.0, 3),
        ("at most", [50.0, 26.0, 60.0], "missed", 26.0, ATTEMPTS),
    ],
)
def test_a_limit_is_missed_when_it_was_missed_every_time(
    direction: str, values: list[float], verdict: str, stated: float, attempts: int
) -> None:
    left = iter(values)
    limit = Limit(direction, 25, 45 if direction == "at least" else 25)
    row = measured(Figure("toy", "toys", "a toy", lambda quick: Measured(next(left), 0.0), limit), quick=True)
    assert (row.verdict, row.value, row.attempts) == (verdict, stated, attempts)
    assert row.good == (verdict != "missed")


def _bench(monkeypatch: pytest.MonkeyPatch, ours: Contestant, *options: str) -> Result:
    """`drt bench` whose table is one row: cedarpy by a contestant, at a small size."""
    measure = partial(speed.versus, tinytodo, 100, Cedarpy(), ours, None)
    figure = Figure("cedarpy ÷ ours", "authorizing", "one race", measure, at_least(5, 10_000), quick=True)
    monkeypatch.setattr(table, "every_item", lambda: [figure])
    return CliRunner().invoke(main, ["bench", "--quick", *options])


def test_a_fast_production_keeps_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    result = _bench(monkeypatch, Production())
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == "1 figures: 1 kept (0 stretched), 0 missed"


@pytest.mark.slow
def test_a_slow_production_misses_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    result = _bench(monkeypatch, Slow())
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1] == "1 figures: 0 kept (0 stretched), 1 missed: cedarpy ÷ ours"


@pytest.mark.parametrize("lie", [_other_decision, _other_policy])
def test_a_wrong_production_fails_the_benchmark_in_one_line(
    monkeypatch: pytest.MonkeyPatch, lie: Callable[[Answer], Answer | None]
) -> None:
    result = _bench(monkeypatch, Lying(lie))
    assert (result.exit_code, result.stdout) == (1, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith("drt: engines disagree, so the benchmark fails: tinytodo: cedarpy says ")


def test_the_json_holds_all_and_names_no_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    result = _bench(monkeypatch, Production(), "--json")
    data = json.loads(result.stdout)
    assert set(data["machine"]) == {"cores", "python", "platform"}
    assert set(data["contestants"]) >= {"production", "reference", "cedarpy"}
    (figure,) = data["figures"]
    assert set(figure["medians"]) == {"cedarpy", "production"}
    assert json.loads(json.dumps(Report.from_json(data).to_json())) == data


def test_no_figure_of_a_name() -> None:
    result = CliRunner().invoke(main, ["bench", "--only", "nonsense"])
    assert result.exit_code == 5
    assert result.stderr == "drt: there are no figures called 'nonsense'\n"


def test_a_file_that_is_no_report(tmp_path: Path) -> None:
    for text in ("[]", "{", '{"format": 1}', '{"format": 1, "date": 1}'):
        path = tmp_path / "saved.json"
        path.write_text(text, encoding="utf-8")
        result = CliRunner().invoke(main, ["bench", "--from", str(path)])
        assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)


@pytest.mark.parametrize(
    ("workload", "most"),
    [
        (direct_grants.direct(5_000), 2.0),
        (direct_grants.links(5_000), 3.0),
        (direct_grants.many(5_000), 15.0),
    ],
    ids=lambda each: getattr(each, "name", each),
)
def test_of_thousands_of_policies_few_are_evaluated(workload: Workload, most: float) -> None:
    asked = candidates(workload)
    assert sum(asked) / len(asked) <= most
