"""Engines with exactly one known fault each, to see whether the harness would notice.

Each is the reference with one of its rules changed, and only while that engine answers. They can be asked from
the command line too: `drt run --engine reference --engine ./tests/drt/faulty_engines.py:SwappedLess`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from drt.engines.base import BaseSession, answer_by_method
from drt.engines.reference_engine import LoadedReference, ReferenceEngine
from drt.model.case import Case, Request
from drt.model.outcome import Authorized, Outcome
from reference import authorizer, evaluator, policies
from reference.authorizer import Verdict
from reference.entities import Entities
from reference.syntax import And, Star
from reference.values import TRUE, Bool, EntityUid, Long

Patches = dict[tuple[Any, str], Any]


class FaultyLoaded(BaseSession):
    """A loaded case of a faulty engine."""

    def __init__(self, engine: Faulty, inner: LoadedReference) -> None:
        self.engine = engine
        self.inner = inner

    def authorize(self, request: Request) -> Outcome:
        with self.engine.fault():
            return self.engine.response(self.inner.authorize(request))

    def evaluate(self, expression: str, request: Request) -> Outcome:
        with self.engine.fault():
            return self.inner.evaluate(expression, request)

    def validate(self, mode: Any = "strict", level: int | None = None) -> Outcome:
        return self.inner.validate(mode, level)


class Faulty:
    """The reference with the rules of `patches` in place of its own."""

    patches: Patches = {}
    version = "faulty"

    def __init__(self) -> None:
        self.sound = ReferenceEngine()

    @property
    def name(self) -> str:
        return type(self).__name__

    @contextmanager
    def fault(self) -> Iterator[None]:
        with ExitStack() as stack:
            for (owner, attribute), rule in self.patches.items():
                stack.enter_context(patch.object(owner, attribute, rule))
            yield

    def response(self, answer: Outcome) -> Outcome:
        return answer

    def load(self, case: Case) -> Any:
        with self.fault():
            loaded = self.sound.load(case)
        return FaultyLoaded(self, loaded) if isinstance(loaded, LoadedReference) else loaded

    ask = answer_by_method

    def __getattr__(self, question: str) -> Any:
        return getattr(self.sound, question)


class AlwaysAllow(Faulty):
    """Allows every request."""

    def response(self, answer: Outcome) -> Outcome:
        match answer:
            case Authorized(_, determining, erring):
                return Authorized("allow", determining, erring)
            case _:
                return answer


def _decide(rule: Callable[[Any, Any], Verdict], erring_permits: bool = False) -> Callable[..., Verdict]:
    def decide(policy_set: Any, outcome_of: Callable[[Any], Any]) -> Verdict:
        counted = ("satisfied", "erring") if erring_permits else ("satisfied",)
        forbids = policy_set.where(lambda p: p.effect == "forbid" and outcome_of(p).status == "satisfied")
        permits = policy_set.where(lambda p: p.effect == "permit" and outcome_of(p).status in counted)
        return rule(forbids, permits)

    return decide


class NoForbidsMeansAllow(Faulty):
    """The founding article's bug: allows unless something forbids."""

    patches = {
        (authorizer, "decide"): _decide(
            lambda forbids, permits: (
                Verdict("allow", permits.ids()) if forbids.is_empty() else Verdict("deny", forbids.ids())
            )
        )
    }


class PermitBeatsForbid(Faulty):
    """One satisfied permit allows, even if a forbid is satisfied."""

    patches = {
        (authorizer, "decide"): _decide(
            lambda forbids, permits: (
                Verdict("deny", forbids.ids()) if permits.is_empty() else Verdict("allow", permits.ids())
            )
        )
    }


class ErringPermitCounts(Faulty):
    """A permit that errs counts as satisfied."""

    patches = {
        (authorizer, "decide"): _decide(
            lambda forbids, permits: (
                Verdict("allow", permits.ids())
                if forbids.is_empty() and not permits.is_empty()
                else Verdict("deny", forbids.ids())
            ),
            erring_permits=True,
        )
    }


def _binary(fault: Callable[[str, Any, Any], Any]) -> Patches:
    """The operators with one rule changed; `fault` gives None where it leaves them alone."""
    sound = evaluator.binary

    def binary(op: Any, left: Any, right: Any, entities: Entities) -> Any:
        found = fault(op, left, right)
        return sound(op, left, right, entities) if found is None else found

    return {(evaluator, "binary"): binary}


class SwappedLess(Faulty):
    """`<` on numbers asks the other way round."""

    patches = _binary(
        lambda op, left, right: (
            Bool(right.value < left.value)
            if op == "<" and isinstance(left, Long) and isinstance(right, Long)
            else None
        )
    )


def _wrapped(number: int, kind: str = "overflow") -> int:
    return (number + 2**63) % 2**64 - 2**63


class OverflowWraps(Faulty):
    """Arithmetic goes round at 64 bits."""

    patches = {(evaluator, "checked"): _wrapped}


def _parents_only(self: Entities, uid: EntityUid) -> frozenset[EntityUid]:
    entity = self.find(uid)
    return entity.parents if entity is not None else frozenset()


class OneAncestorLevel(Faulty):
    """`in` sees parents, but not their parents."""

    patches = {(Entities, "ancestors"): _parents_only}


def _first_parents(self: Entities, uid: EntityUid) -> frozenset[EntityUid]:
    found: set[EntityUid] = set()
    entity = self.find(uid)
    while entity is not None and entity.parents:
        parent = min(entity.parents, key=lambda one: (one.type, one.id))
        if parent in found:
            break
        found.add(parent)
        entity = self.find(parent)
    return frozenset(found)


class ForgetsSecondParent(Faulty):
    """Of several parents only one is kept."""

    patches = {(Entities, "ancestors"): _first_parents}


class OneEqualsTrue(Faulty):
    """`1 == true`, as in Python."""

    patches = _binary(
        lambda op, left, right: (
            TRUE
            if op == "==" and {type(left), type(right)} == {Long, Bool} and left.value == right.value
            else None
        )
    )


def _greedy(text: str, pattern: tuple[Star | str, ...]) -> bool:
    """The first place where what follows a star fits is taken for good."""
    position = 0
    for place, element in enumerate(pattern):
        if isinstance(element, Star):
            following = pattern[place + 1 : place + 2]
            if not following:
                return True
            if isinstance(following[0], str):
                found = text.find(following[0], position)
                if found < 0:
                    return False
                position = found
        elif text[position : position + 1] == element:
            position += 1
        else:
            return False
    return position == len(text)


class GreedyStar(Faulty):
    """A star of a pattern never takes back what it left."""

    patches = {(evaluator, "matches"): _greedy}


class Raises(Faulty):
    """`contains` breaks."""

    patches = _binary(lambda op, left, right: dict[str, object]()["gone"] if op == "contains" else None)


def _never(text: str, pattern: object) -> bool:
    while True:
        pass


class Hangs(Faulty):
    """`like` never ends."""

    patches = {(evaluator, "matches"): _never}


def _has_attr(value: Any, attr: str, entities: Entities) -> Bool:
    return Bool(attr in evaluator.attributes(value, entities.attrs))


class HasOnMissingErrs(Faulty):
    """`has` on an entity that is not in the store is an error."""

    patches = {(evaluator, "has_attr"): _has_attr}


_sound_value = evaluator.Evaluator.value


def _eager_value(self: evaluator.Evaluator, x: Any) -> Any:
    if not isinstance(x, And):
        return _sound_value(self, x)
    left, right = evaluator.truth(self.value(x.left)), evaluator.truth(self.value(x.right))
    return Bool(left and right)


class AndIsEager(Faulty):
    """`&&` evaluates its right operand even if the left one is false."""

    patches = {(evaluator.Evaluator, "value"): _eager_value}


class UnlessIsWhen(Faulty):
    """`unless` is taken for `when`."""

    patches = {(policies, "clause_condition"): lambda clause: clause.body}


FAULTY: dict[str, type[Faulty]] = {
    engine.__name__: engine
    for engine in (
        AlwaysAllow,
        NoForbidsMeansAllow,
        PermitBeatsForbid,
        ErringPermitCounts,
        SwappedLess,
        OverflowWraps,
        OneAncestorLevel,
        ForgetsSecondParent,
        OneEqualsTrue,
        GreedyStar,
        Raises,
        Hangs,
        HasOnMissingErrs,
        AndIsEager,
        UnlessIsWhen,
    )
}
