"""Any collection of policies, as the reference's authorizer sees it.

Owns the policy of which nothing is known: its effect, and the outcome of its condition when the evaluator is asked
for the value of it under the very request and store of the question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import z3

from drt.proofs.collections import AnyCollection, Member
from drt.proofs.explore import explore
from drt.proofs.symbols import Truth, decided, refuse
from reference import authorizer
from reference.entities import EMPTY
from reference.errors import ErrorKind, EvaluationError
from reference.evaluator import Evaluator
from reference.policies import Policies
from reference.policies import Policy as RealPolicy
from reference.request import Request
from reference.syntax import Call, Expr, GetAttr, Lit, RecordOf, Slot, Unary
from reference.values import FALSE, TRUE, Bool, EntityUid, Long, Record, String

Policy = z3.DeclareSort("Policy")
Id = z3.DeclareSort("PolicyId")
Status, (SATISFIED, UNSATISFIED, ERRING) = z3.EnumSort("Status", ["satisfied", "unsatisfied", "erring"])
STATUS_WORDS = {"satisfied": SATISFIED, "not satisfied": UNSATISFIED, "erring": ERRING}
ERRORS: dict[ErrorKind, Expr] = {
    "type": Lit(Long(1)),
    "entity-missing": GetAttr(Lit(EntityUid("U", "nobody")), "a"),
    "attr-missing": GetAttr(RecordOf(()), "a"),
    "overflow": Unary("neg", Lit(Long(-(2**63)))),
    "extension": Call("decimal", (Lit(String("x")),)),
    "arity": Call("decimal", ()),
    "unlinked-slot": Slot("?principal"),
}
"""A condition for each kind of error that needs no store."""
Kind, KINDS = z3.EnumSort("Kind", list(ERRORS))
KIND_OF = dict(zip(ERRORS, KINDS, strict=True))

forbids = z3.Function("forbids", Policy, z3.BoolSort())
status = z3.Function("status", Policy, Status)
kind = z3.Function("kind", Policy, Kind)
unboolean = z3.Function("unboolean", Policy, z3.BoolSort())
name = z3.Function("id", Policy, Id)
one, two = z3.Consts("one two", Policy)

NO_BOOLEAN = z3.ForAll([one], z3.Implies(unboolean(one), kind(one) == KIND_OF["type"]))
"""A condition whose value is no boolean is a type error."""


class Word:
    """A word of the code, such as an effect, that can only be compared with words."""

    def __init__(self, words: dict[str, Any]) -> None:
        self.words = words

    def __eq__(self, word: object) -> Any:
        return Truth(self.words[word]) if isinstance(word, str) and word in self.words else False

    def __ne__(self, word: object) -> Any:
        return Truth(z3.Not(self.words[word])) if isinstance(word, str) and word in self.words else True

    __hash__ = None  # type: ignore[assignment]


class IdOf:
    """The id of a policy: a key, and equal to the same policy's alone."""

    def __init__(self, policy: Any) -> None:
        self.term_of_policy = policy

    def term_of(self) -> Any:
        return self.term_of_policy

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, IdOf) and self.term_of_policy.eq(other.term_of_policy))

    def __hash__(self) -> int:
        return hash("a key of one element; a second one is refused by its comparison")

    def plain(self, model: Any) -> str:
        return str(model.eval(name(self.term_of_policy), model_completion=True))


class KindOf:
    """The kind of a policy's error."""

    def __init__(self, policy: Any) -> None:
        self.policy = policy

    def plain(self, model: Any) -> str:
        return str(model.eval(kind(self.policy), model_completion=True))


@dataclass(frozen=True, slots=True)
class Condition:
    """The condition of a policy."""

    policy: Any


@dataclass(frozen=True, slots=True)
class OnePolicy:
    """A policy of which nothing is known."""

    id: IdOf
    effect: Word
    condition: Condition


def seen(policy: Any) -> OnePolicy:
    """Return what the code sees of a policy."""
    effect = Word({"forbid": forbids(policy), "permit": z3.Not(forbids(policy))})
    return OnePolicy(IdOf(policy), effect, Condition(policy))


REQUEST = Request(EntityUid("U", "a"), EntityUid("Action", "x"), EntityUid("R", "r"), Record({}))
STORE = EMPTY


class AnyEvaluator(Evaluator):
    """The evaluator, which gives anything for a condition of which nothing is known."""

    def value(self, x: Any) -> Any:
        if not isinstance(x, Condition):
            return super().value(x)
        if self.request is not REQUEST or self.entities is not STORE:
            refuse("a value under another request or store")
        if decided(status(x.policy) == ERRING):
            if decided(unboolean(x.policy)):
                return Long(1)
            raise EvaluationError(KindOf(x.policy))  # type: ignore[arg-type]  # a symbol
        return Bool(decided(status(x.policy) == SATISFIED))


class AnyPolicies(AnyCollection):
    """The members of `Policies` of which `member` is true."""

    def __init__(self, member: Member) -> None:
        super().__init__(Policy, member, seen)

    def plain(self, model: Any) -> Any:
        """Return the policies of a model, with real conditions."""
        known = [
            each for each in model.get_universe(Policy) or () if z3.is_true(model.eval(self.member(each)))
        ]
        return tuple(_real(each, model) for each in known)


def _real(policy: Any, model: Any) -> RealPolicy:
    came = str(model.eval(status(policy), model_completion=True))
    error = KindOf(policy).plain(model)
    condition = {"satisfied": Lit(TRUE), "unsatisfied": Lit(FALSE)}.get(came) or ERRORS[error]  # type: ignore[index]
    effect = "forbid" if z3.is_true(model.eval(forbids(policy), model_completion=True)) else "permit"
    return RealPolicy(IdOf(policy).plain(model), effect, condition)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Response:
    """What an authorizer says of a collection, over all its paths: a formula and predicates of ids and kinds."""

    allow: Any
    determining: Member
    error: Callable[[Any, Any], Any]
    kinds: Sequence[Any]

    def erring(self, wanted: Any) -> Any:
        """Return the formula that an id is among the errors, with whichever kind."""
        return z3.Or(*(self.error(wanted, each) for each in self.kinds))


def response(member: Member, *assumptions: Any) -> Response:
    """Run the reference's `authorize` on any policies with this membership."""

    def authorized(members: Any) -> Any:
        return authorizer.authorize(Policies(members), REQUEST, STORE)

    shipped, authorizer.Evaluator = authorizer.Evaluator, AnyEvaluator  # type: ignore[attr-defined]
    try:
        paths = explore(authorized, [AnyPolicies(member)], assuming=(NO_BOOLEAN, *assumptions))
    finally:
        authorizer.Evaluator = shipped  # type: ignore[attr-defined]

    def merged(part: Callable[[Any], Any]) -> Any:
        return z3.Or(*(z3.And(path.condition, part(path.value)) for path in paths))

    return Response(
        merged(lambda value: z3.BoolVal(value.decision == "allow")),
        lambda wanted: merged(lambda value: holds(value.determining, lambda found: name_of(found) == wanted)),
        lambda wanted, of: merged(
            lambda value: holds(
                value.errors, lambda found: z3.And(name_of(found[0]) == wanted, kind_of(found[1]) == of)
            )
        ),
        KINDS,
    )


def holds(found: Any, some: Callable[[Any], Any]) -> Any:
    """Return the formula that a collection holds some such element; a plain one must be empty."""
    if isinstance(found, AnyCollection):
        return found.holds(some)
    return z3.BoolVal(False) if not found else refuse("plain members")


def name_of(found: Any) -> Any:
    """Return the id of the policy that the code took for its id; anything else is refused."""
    return name(found.term_of()) if isinstance(found, IdOf) else refuse("another id")


def kind_of(found: Any) -> Any:
    """Return the kind of error that the code gave."""
    if isinstance(found, KindOf):
        return kind(found.policy)
    return KIND_OF[found] if found in KIND_OF else refuse(f"the error {found!r}")
