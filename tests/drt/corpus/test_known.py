"""What is declared of the Rust engine fails no run, asked as an arbiter or compared like any other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from drt.engines.declared import Asked
from drt.model.case import Case, Source
from drt.model.divergence import Checked, Divergence, Kind
from drt.model.outcome import Accepted, Rejected, Validated
from drt.report.terminal.progress import Quiet
from drt.run.arbiter import DECLARED, opinion
from drt.run.coordinator import start
from drt.run.options import DEFAULT_ENGINES, RunOptions
from tests.drt.declared_targets import CASES, in_text

CORPUS = Path(__file__).resolve().parents[3] / "corpus"


def drawn(target: str, folder: Path, engines: Sequence[str], arbiter: str | None) -> dict[str, Any]:
    """The footer of a run that draws the case of one target."""
    (folder / "corpus").mkdir(exist_ok=True)
    options = RunOptions(
        (target,), tuple(engines), 1, str(folder / "corpus"), str(folder / "log"), cases=1,
        arbiter=arbiter, arbiter_rate=1.0, targets_from="tests.drt.declared_targets:TARGETS",
    )  # fmt: skip
    return start(options, Quiet()).to_json()


@pytest.mark.slow
@pytest.mark.parametrize("target", CASES)
def test_an_arbiter_that_differs_as_declared_finds_nothing(target: str, tmp_path: Path) -> None:
    footer = drawn(target, tmp_path, DEFAULT_ENGINES, "cedarpy")

    assert footer["findings"] == []
    assert footer["events"].get(DECLARED + CASES[target][0]) == 1


@pytest.mark.parametrize("target", ["unknown", "unknown-in-a-policy", "unknown-in-json", "no-function"])
def test_an_engine_that_differs_as_declared_finds_nothing(target: str, tmp_path: Path) -> None:
    footer = drawn(target, tmp_path, ("production", "cedarpy"), None)

    assert footer["findings"] == []
    assert footer["events"].get(f"declared: {CASES[target][0]}") == 1
    assert footer["exit_code"] in (0, 5), "clean, or nothing else to compare"


def test_what_nobody_declares_is_found() -> None:
    """The defects: an arbiter excused on other texts, and an engine excused that is not the recorded one."""
    answers = (("production", Rejected("policies")), ("cedarpy", Accepted("{}")))
    checked = Checked(
        comparisons=1, divergences=(Divergence("readers_agree", "rejection", "policies", answers),)
    )
    declared = in_text('unknown("a")')

    assert opinion(checked, Asked("cedarpy", "4.14"), declared, Counter()) is None
    assert opinion(checked, Asked("cedarpy", "4.14"), in_text("context.unknown"), Counter()) is not None
    assert opinion(checked, Asked("another", "4.14"), declared, Counter()) is not None


CASE_WITH_A_SCHEMA = Case(Source("permit(principal, action, resource);"), schema=Source("entity A;"))
NO_ACTION = "for policy `policy0`, unable to find an applicable action given the policy scope constraints"


def opinion_on_a_verdict(version: str, detail: str) -> Checked | None:
    answers = (
        ("production", Validated(True, (("policy0", True),))),
        ("cedarpy", Validated(False, (("policy0", False),), detail=detail)),
    )
    divergence = Divergence("validators_agree", "verdict", "validation", answers)
    checked = Checked(comparisons=1, divergences=(divergence,))
    return opinion(checked, Asked("cedarpy", version), CASE_WITH_A_SCHEMA, Counter())


def test_an_old_version_is_excused_by_its_words_and_a_new_one_is_not() -> None:
    assert opinion_on_a_verdict("4.12.2", NO_ACTION) is None
    assert opinion_on_a_verdict("4.12.2", "unexpected type: expected Bool but saw Long") is not None
    assert opinion_on_a_verdict("4.13.0", NO_ACTION) is not None
    assert opinion_on_a_verdict("", NO_ACTION) is not None


@pytest.mark.parametrize(("kind", "found"), [("document", False), ("decision", True)])
def test_only_divergences_of_its_kinds_are_excused(kind: Kind, found: bool) -> None:
    case = Case(
        Source("permit(principal, action, resource) when { context has a.b };"), schema=Source("entity A;")
    )
    answers = (("production", Accepted("{}")), ("cedarpy", Accepted("[]")))
    checked = Checked(comparisons=1, divergences=(Divergence("any", kind, "policies", answers),))

    assert (opinion(checked, Asked("cedarpy", "4.12"), case, Counter()) is not None) is found
