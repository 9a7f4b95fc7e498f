"""Checks of the harness itself, and the defects that are planted in it to see whether they notice.

Owns the checks: comparison, normalisation, reduction, records and signatures do what a run relies on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from drt.assess.fates import HarnessFate
from drt.assess.planted.historic import Patch, read_patches
from drt.diagnosis.signature import signature
from drt.model.case import Case, Request, Source
from drt.model.case_directory import read_case, write_case
from drt.model.divergence import Divergence, Kind
from drt.model.divergence_json import DivergenceRecord
from drt.model.outcome import (
    Accepted,
    Authorized,
    Crashed,
    Evaluated,
    ExceededBudget,
    Failed,
    Outcome,
    Rejected,
    Unsupported,
    Validated,
)
from drt.model.question import Authorize, Evaluate
from drt.model.saved_case import SavedCase
from drt.oracles.agreement import engines_agree
from drt.oracles.comparing import Comparison
from drt.reduce import reduce_case

TABLE = Path(__file__).parent / "planted" / "harness.toml"

Planting = Callable[[Patch], AbstractContextManager[None]]
"""Run a block with a patch in the live functions of its module."""

_SEEN = Authorized("allow", ("a",), (("b", "type"),))
_ONE_ERROR = Validated(False, (("a", False),), (("a", "unexpected_type"),), ())
_IMPOSSIBLE = (("a", "impossible_policy"),)
_DIFFERENT: tuple[tuple[Outcome, Outcome, Kind | None], ...] = (
    (_SEEN, _SEEN, None),
    (_SEEN, replace(_SEEN, decision="deny"), "decision"),
    (_SEEN, replace(_SEEN, determining=("c",)), "determining"),
    (_SEEN, replace(_SEEN, erring=()), "erring"),
    (_SEEN, replace(_SEEN, erring=(("b", "overflow"),)), "error-kind"),
    (_SEEN, Rejected("request"), "rejection"),
    (Rejected("policies"), Rejected("schema"), "rejection"),
    (Rejected("policies", "in words"), Rejected("policies", "in others"), None),
    (Evaluated("1"), Evaluated("2"), "value"),
    (Evaluated("1"), Failed("type"), "value"),
    (Failed("type"), Failed("overflow"), "error-kind"),
    (Accepted("{}"), Accepted("[]"), "document"),
    (Accepted("{}"), Accepted(), None),
    (Accepted("{}"), Unsupported("canonical"), None),
    (Accepted(), Crashed("KeyError"), "crash"),
    (Crashed("KeyError"), Crashed("KeyError"), "crash"),
    (Accepted(), ExceededBudget("time"), "budget"),
    (ExceededBudget("time"), ExceededBudget("time"), None),
    (Validated(True), Validated(False), "verdict"),
    (Validated(False, (("a", False),)), Validated(False, (("b", False),)), "verdict"),
    (_ONE_ERROR, replace(_ONE_ERROR, errors=(("a", "empty_set"),)), "validation-errors"),
    (_ONE_ERROR, replace(_ONE_ERROR, warnings=_IMPOSSIBLE), None),
    (Validated(True, (("a", True),), (), ()), Validated(True, (("a", True),), (), _IMPOSSIBLE), "warnings"),
)


@dataclass(frozen=True, slots=True)
class _Engine:
    """An engine, and the session of all its cases, that gives recorded answers."""

    name: str = "recorded"
    version: str = "1"
    answers: tuple[tuple[object, Outcome], ...] = ()

    def load(self, _: Case) -> Any:
        return self

    def variants(self) -> tuple[Any, ...]:
        return ()

    def ask(self, question: object) -> Any:
        return dict(self.answers).get(question, _SEEN)


_ENGINES: tuple[Any, ...] = (_Engine("one"), _Engine("two"), _Engine("three"))


def _compared(*answers: Outcome) -> Kind | None:
    comparison = Comparison("check", _ENGINES[: len(answers)])
    comparison.compare("question", answers)
    return next((found.kind for found in comparison.divergences), None)


def every_difference_is_named() -> bool:
    """Name the difference of two answers as the table does, in either order."""
    return all(_compared(a, b) == kind == _compared(b, a) for a, b, kind in _DIFFERENT)


def every_engine_is_compared() -> bool:
    """Compare the last of three engines with the first."""
    return (
        _compared(_SEEN, _SEEN, Authorized("deny")) == "decision" and _compared(_SEEN, _SEEN, _SEEN) is None
    )


def every_question_is_compared() -> bool:
    """Find a difference in any request or expression, and report its place."""
    requests = (Request("{}"), Request("[]"))
    case = Case(Source(""), requests=requests, expressions=("1", "2"))
    erring = replace(_SEEN, erring=())
    places = {
        Authorize(requests[0]): (0, None), Authorize(requests[1]): (1, None),
        Evaluate("1", requests[1]): (1, 0), Evaluate("2", requests[0]): (0, 1),
    }  # fmt: skip
    for asked, place in places.items():
        found = engines_agree(case, (_ENGINES[0], _Engine("two", answers=((asked, erring),)))).divergences
        if [(one.request, one.expression) for one in found] != [place]:
            return False
    return not engines_agree(case, _ENGINES).divergences


def every_variant_is_held_to_a_law() -> bool:
    """Find a law broken by any of its variants."""
    comparison = Comparison("check", _ENGINES)
    answers = (_SEEN, _SEEN, Authorized("deny"))
    comparison.hold("question", [(f"variant {number}", one) for number, one in enumerate(answers)])
    return [found.kind for found in comparison.divergences] == ["law"]


def reductions_end_at_the_simplest() -> bool:
    """Reduce a case to the simplest one that is still interesting."""
    policies = 'permit(principal, action, resource) when { context.name == "long" && 75 < 7 };'
    policies += "forbid(principal, action, resource);"
    case = Case(Source(policies), '[{"uid": 1}]', requests=(Request("{}"), Request("[1]"), Request("[2]")))

    def is_interesting(one: Case) -> bool:
        return bool(re.search("[0-9]", one.policies.text)) and bool(one.requests)

    reduced = reduce_case(case, is_interesting, 10.0)
    return (reduced.policies.text.strip(), len(reduced.requests), is_interesting(reduced)) == ("0", 1, True)


def cases_are_read_as_they_were_written() -> bool:
    """Save a case and read the same."""
    schema = Source("entity A;")
    requests = (Request("[1]", validate=False), Request("[]"))
    case = Case(Source("permit"), "[]", schema, requests, fragments=(Source("{}", "json"),))
    saved = SavedCase(case, name="check")
    with TemporaryDirectory() as folder:
        write_case(Path(folder), saved)
        return read_case(Path(folder)).case == saved.case


def divergences_are_read_as_they_were_recorded() -> bool:
    """Log a divergence and read the same."""
    for one, other, kind in _DIFFERENT:
        found = Divergence("law", kind or "law", "question", (("one", one), ("two", other)), 1, 2)
        record = DivergenceRecord.of(found)
        answers = type(record.answers).from_json(
            msgspec.json.decode(msgspec.json.encode(record.answers.to_json()))
        )
        if replace(record.divergence, answers=answers.named) != found:
            return False
    return True


def crashes_are_told_apart() -> bool:
    """Give crashes at two places two signatures, whatever their words."""

    def named(where: str, detail: str) -> str:
        answers = (("one", Accepted()), ("two", Crashed("KeyError", (where,), detail)))
        return signature(Divergence("engines_agree", "crash", "loading", answers), Case(Source("")))

    return named("module.a", "x") == named("module.a", "y") != named("module.b", "x")


CHECKS: tuple[Callable[[], bool], ...] = (
    every_difference_is_named,
    every_engine_is_compared,
    every_question_is_compared,
    every_variant_is_held_to_a_law,
    reductions_end_at_the_simplest,
    cases_are_read_as_they_were_written,
    divergences_are_read_as_they_were_recorded,
    crashes_are_told_apart,
)


def failing() -> str:
    """Return the name of the first check that fails or raises, nothing if the harness is sound."""
    for check in CHECKS:
        try:
            kept = check()
        except Exception:  # a defect may raise anything, which a run reports too
            kept = False
        if not kept:
            return check.__name__
    return ""


def harness_fates(patches: Iterable[Patch], planting: Planting) -> Iterator[HarnessFate]:
    """Plant each defect in the running harness, and yield it with the check that notices it."""
    for patch in patches:
        with planting(patch):
            check = failing()
        yield HarnessFate(patch.id, patch.control, check)


def harness_patches() -> list[Patch]:
    """Return the defects of the harness's table."""
    return read_patches(TABLE)
