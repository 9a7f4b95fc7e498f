"""Laws of operators that an engine keeps by itself: equals for equals, complements, a total order (spec 02).

Owns expressions that must have the value of another, or its error. They catch what all engines have wrong
alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from drt.model.case import Case
from drt.model.engine import Engine, NotLoaded, Session
from drt.model.outcome import Evaluated
from drt.model.question import Evaluate
from drt.oracles.comparing import Comparison
from drt.oracles.law import Compares, law

_SAME = ("{{a: {0}}}.a", "if true then ({0}) else 1", "if false then 1 else ({0})", '{{b: [], a: {0}}}["a"]')
"""Ways to write an expression of any kind."""

_CONDITION = "({0}) && true"
_CONDITIONS = (
    "true && ({0})", "!!({0})", "({0}) || false", "false || ({0})", "if ({0}) then true else false",
    "!(if ({0}) then false else true)", "!(!({0}) || false)",
)  # fmt: skip
"""Ways to write an expression as a condition, with a type error if it is no Boolean."""

_ITSELF = "({0}) == ({0})"
_REFLEXIVE = (
    "[{0}].contains({0})", "[{0}].containsAll([{0}, {0}])", "[{0}, {0}].containsAny([{0}])",
    "[{0}, {0}] == [{0}]", "!(({0}) != ({0}))", "{{a: {0}}} == {{a: {0}}}",
)  # fmt: skip
"""What holds of any value."""

_ORDER = (
    ("({0}) < ({1})", "!(({1}) <= ({0}))"),
    ("({0}) <= ({1})", "({0}) < ({1}) || ({0}) == ({1})"),
    ("({0}) == ({1})", "({0}) <= ({1}) && ({1}) <= ({0})"),
    ("({1}) < ({0})", "!(({0}) < ({1}) || ({0}) == ({1}))"),
    ("({0}) > ({1})", "({1}) < ({0})"),
    ("({0}) >= ({1})", "({1}) <= ({0})"),
    ("({0}) != ({1})", "({0}) < ({1}) || ({1}) < ({0})"),
)
"""Comparisons of two values of one kind that say the same."""


@law(Compares.ITSELF)
def equals_may_replace_equals(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """An expression has the same value, or the same error, however it is written (spec 02 §3, §4)."""
    for engine, loaded in _loaded(case, engines, comparison):
        for number, expression in enumerate(case.expressions):
            request = case.requests[number % len(case.requests)]
            plain = ("{0}", _CONDITION, _ITSELF)
            for place, (first, others) in enumerate(
                zip(plain, (_SAME, _CONDITIONS, _REFLEXIVE), strict=True)
            ):
                forms = [first, others[(number + place + len(expression)) % len(others)]]
                variants = [
                    (
                        f"{engine.name}, {form.format('e')}",
                        loaded.ask(Evaluate(form.format(expression), request)),
                    )
                    for form in forms
                ]
                comparison.hold(f"expression {number}", variants)


@law(Compares.ITSELF)
def comparable_values_have_an_order(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """Of two comparable values one is less or both are equal, by every operator (spec 02 §4)."""
    for engine, loaded in _loaded(case, engines, comparison):
        request = case.requests[0]
        ordered = [
            (value.value, expression)
            for expression in case.expressions
            if isinstance(value := loaded.ask(Evaluate(expression, request)), Evaluated)
            and _kind(value.value)
        ]
        for (one, first), (other, second) in pairwise(sorted(ordered * 2)):  # each with itself too
            if _kind(one) != _kind(other):
                continue
            for number, (form, same) in enumerate(_ORDER):
                variants = [
                    (f"{engine.name}, {each}", loaded.ask(Evaluate(each.format(first, second), request)))
                    for each in (form, same)
                ]
                comparison.hold(f"order {number}", variants)


def _kind(canonical: str) -> str:
    """Name the kind of a value that has an order by its canonical text; nothing for one that has none."""
    if canonical.removeprefix("-").isdigit():
        return "long"
    return canonical.partition("(")[0] if canonical.startswith(("datetime(", "duration(")) else ""


def _loaded(case: Case, engines: Sequence[Engine], comparison: Comparison) -> list[tuple[Engine, Session]]:
    found = []
    for engine in engines:
        loaded = engine.load(case)
        if isinstance(loaded, NotLoaded) or not case.requests:
            comparison.skip("case not read")
        else:
            found.append((engine, loaded))
    return found
