"""Engines whose validator lets something pass, each by exactly one changed rule.

Each is the reference with one rule of validation changed, and only while that engine loads or validates. They can
be asked from the command line too: `--engine ./tests/drt/faulty_validators.py:AccessUnguarded`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from drt.assess.planted.faulty_engines import Faulty, FaultyLoaded
from drt.engines.reference_engine import LoadedReference
from drt.model.case import Case
from drt.model.outcome import Outcome
from reference.schema.types import BOOL, FALSE, LONG, TRUE
from reference.validation import control, entities, has_rules, operators, policies, requests, typechecker
from reference.validation.calls import RESULTS
from reference.validation.capabilities import Capabilities
from reference.validation.judgement import Judgement, Sort, Typed


class CarelessLoaded(FaultyLoaded):
    def validate(self, mode: Any = "strict", level: int | None = None) -> Outcome:
        with self.engine.fault():
            return self.inner.validate(mode, level)


class Careless(Faulty):
    """The reference with the rules of `patches` in place of its own, in validation."""

    def load(self, case: Case) -> Any:
        with self.fault():
            loaded = self.sound.load(case)
        return CarelessLoaded(self, loaded) if isinstance(loaded, LoadedReference) else loaded

    def read_entities(self, *asked: Any) -> Any:
        with self.fault():
            return self.sound.read_entities(*asked)


def _always(result: Any) -> Callable[..., Any]:
    return lambda *_, **__: result


_sound_get_attr, _sound_get_tag = typechecker.get_attr_type, has_rules.get_tag_type
_sound_binary, _sound_unary = typechecker.binary_type, typechecker.unary_type
_sound_environments = policies.environments
_sound_levels_above = policies.levels_above


class AccessUnguarded(Careless):
    """An optional attribute may be read without `has`."""

    patches = {
        (typechecker, "get_attr_type"): lambda expr, operand, attr, _, check: _sound_get_attr(
            expr, operand, attr, True, check
        )
    }


class TagUnguarded(Careless):
    """A tag may be read without `hasTag`."""

    patches = {
        (has_rules, "get_tag_type"): lambda expr, operand, tag, _, check: _sound_get_tag(
            expr, operand, tag, True, check
        )
    }


class EitherGrantsAll(Careless):
    """After `||` and `if`, what either side has tested counts as tested."""

    patches = {(Capabilities, "__and__"): Capabilities.__or__}


class HasIsTrue(Careless):
    """`has` is typed True, so that the other branch is not checked."""

    patches = {(typechecker, "has_attr_type"): _always(TRUE)}


class LikeTakesAnything(Careless):
    patches = {(typechecker, "TEXT"): Sort("anything", _always(True))}


def _binary(operators_freed: tuple[str, ...], result: Any) -> Callable[..., Any]:
    def binary_type(expr: Any, *rest: Any) -> Any:
        return result if expr.op in operators_freed else _sound_binary(expr, *rest)

    return binary_type


class OrderTakesAnything(Careless):
    patches = {(typechecker, "binary_type"): _binary(("<", "<=", ">", ">="), BOOL)}


class ArithmeticTakesAnything(Careless):
    patches = {(typechecker, "binary_type"): _binary(("+", "-", "*"), LONG)}


class ContainsTakesAnything(Careless):
    patches = {(typechecker, "binary_type"): _binary(("contains", "containsAll", "containsAny"), BOOL)}


class IsIsFalse(Careless):
    """`is` is taken for false, so that nothing behind it is checked."""

    patches = {(typechecker, "is_type"): _always(FALSE)}


class InIsFalse(Careless):
    """`in` is taken for false."""

    patches = {(operators, "membership"): _always(FALSE)}


class EqualIsFalse(Careless):
    """`==` is taken for false."""

    patches = {(operators, "equality"): _always(FALSE)}


class NotKeepsTruth(Careless):
    """`!` leaves true and false as they are."""

    patches = {
        (typechecker, "unary_type"): lambda expr, operand, check: (
            operand.type
            if expr.op == "!" and operand.type in (TRUE, FALSE)
            else _sound_unary(expr, operand, check)
        )
    }


class CallsUnchecked(Careless):
    """The arguments of an extension function are not type-checked."""

    patches = {(typechecker, "call_type"): lambda expr, *_: RESULTS[expr.function]}


def _then_only(expr: Any, known: Any, check: Any) -> Any:
    condition = control.boolean(expr.condition, known, check)
    then = check.judge(expr.then, known | condition.grants)
    return Judgement(Typed(expr, then.type, (condition.typed, then.typed)))


class OnlyThenChecked(Careless):
    """Of `if`, the other branch is not looked at."""

    patches = {(typechecker, "conditional"): _then_only}


def _first_environment(*asked: Any) -> Iterator[Any]:
    return islice(_sound_environments(*asked), 1)


class FirstEnvironmentOnly(Careless):
    """A policy is checked for one kind of request."""

    patches = {(policies, "environments"): _first_environment}


class LevelTooGenerous(Careless):
    """A policy may dereference one step more than its level allows."""

    patches = {(policies, "levels_above"): lambda limit, *asked: _sound_levels_above(limit + 1, *asked)}


class EntitiesUnchecked(Careless):
    """Entities need not conform."""

    patches = {(entities, "entity_problem"): _always(None)}


class RequestsUnchecked(Careless):
    """Requests need not conform."""

    patches = {(requests, "request_problem"): _always(None)}


UNSOUND: dict[str, type[Careless]] = {
    engine.__name__: engine
    for engine in (
        AccessUnguarded,
        TagUnguarded,
        EitherGrantsAll,
        HasIsTrue,
        LikeTakesAnything,
        OrderTakesAnything,
        ArithmeticTakesAnything,
        ContainsTakesAnything,
        IsIsFalse,
        InIsFalse,
        EqualIsFalse,
        NotKeepsTruth,
        CallsUnchecked,
        OnlyThenChecked,
        FirstEnvironmentOnly,
    )
}
"""Validators that pass policies that then err as no valid policy may."""

UNLIKE: dict[str, tuple[type[Careless], str]] = {
    "LevelTooGenerous": (LevelTooGenerous, "valid-levels"),
    "EntitiesUnchecked": (EntitiesUnchecked, "valid-entities"),
    "RequestsUnchecked": (RequestsUnchecked, "valid-requests"),
}
"""Further faults, with the target that shows them beside a sound engine."""
