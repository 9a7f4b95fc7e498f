"""Production's `combine`, for any number of statuses: its loop by induction, and what it returns after any of them.

Owns the state of the loop: the ids in each list as a predicate, the errors as a relation of ids and kinds.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import z3

from drt.proofs.collections import AnyCollection, Member
from drt.proofs.explore import explore
from drt.proofs.folds import Fold, fold
from drt.proofs.policies import ERRING, SATISFIED, Id, Response, forbids, name, one, status
from drt.proofs.rewriting import Anything
from drt.proofs.symbols import refuse
from drt.proofs.theorem import Counterexample, Goal
from production.errors import ERROR_KINDS, FALSE, FIRST_ERROR, TRUE, ArgumentError
from production.response import Response as ProductionResponse

MODULE = "production.response"
CARRIED = ("errors", "forbids", "permits")
Kind, KIND_TERMS = z3.EnumSort("ProductionKind", [f"p-{each}" for each in ERROR_KINDS])
KIND_OF = dict(zip(ERROR_KINDS, KIND_TERMS, strict=True))
kind = z3.Function("production_kind", Id, Kind)
"""The kind of a policy's error, by its id."""
wanted, added = z3.Consts("filed_wanted filed_added", Id)


class Known(Anything):
    """An id of which nothing is known."""

    def __init__(self, term: Any) -> None:
        self.term = term

    def plain(self, model: Any) -> str:
        """Return the name that it has in a model."""
        return str(model.eval(self.term, model_completion=True))

    def __eq__(self, other: object) -> Any:
        refuse("a comparison of ids")

    __hash__ = None


class Ids(AnyCollection):
    """A list of ids of which `member` is true."""

    def __init__(self, member: Member) -> None:
        super().__init__(Id, member, Known, list)

    def append(self, policy: Any) -> None:
        """File an id."""
        before, term = self.member, _term(policy)
        self.member = lambda id_: z3.Or(id_ == term, before(id_))


class Errors(AnyCollection):
    """A mapping from the ids of which `member` is true to the kinds of their errors."""

    def __init__(self, member: Member) -> None:
        super().__init__(Id, member, lambda id_: (Known(id_), KindOf(id_)), dict)
        self.written: list[tuple[Any, Any]] = []

    def __setitem__(self, policy: Any, error: Any) -> None:
        before, term = self.member, _term(policy)
        self.member = lambda id_: z3.Or(id_ == term, before(id_))
        self.written.append((term, KIND_OF[error]))


class KindOf(Anything):
    """The kind of error of a policy."""

    def __init__(self, policy: Any) -> None:
        self.policy = policy

    def plain(self, model: Any) -> str:
        """Return the name that it has in a model."""
        return str(model.eval(kind(self.policy), model_completion=True))[2:]


def _term(policy: Any) -> Any:
    return policy.term if isinstance(policy, Known) else refuse("an id that is not the policy's own")


def loop_goals(decode: Callable[[Any], Counterexample]) -> list[Goal]:
    """Prove that the loop starts with nothing, and that each turn files the policy exactly where it belongs."""
    parts = fold(MODULE, "combine")
    if parts.carried != CARRIED:
        refuse(f"the state {parts.carried}")
    start = parts.before()
    empty = all(not each for each in start) and len({id(each) for each in start}) == len(start)
    kinds = tuple(type(each) for each in start) == (dict, list, list)
    statuses = (FALSE, TRUE, *range(FIRST_ERROR, FIRST_ERROR + len(ERROR_KINDS)))
    turns = [_turn(parts, *each) for each in product((True, False), statuses)]
    return [
        Goal("the loop starts with nothing", z3.BoolVal(empty and kinds), (), decode),
        Goal("no response has another decision", z3.BoolVal(not _other_decisions()), (), _other_decision),
        Goal("each turn files the policy where it belongs", z3.And(*turns), (), decode),
    ]


def _other_decision(_: Any) -> Counterexample:
    return Counterexample(f"a response has the decision {_other_decisions()[0]!r}", True)


def _other_decisions() -> list[Any]:
    """Return the values beside the two decisions that make a response all the same."""

    class Word(str):
        """A text of another class."""

    def makes(decision: Any) -> bool:
        try:
            ProductionResponse(decision)
        except ArgumentError:
            return False
        return True

    return [each for each in ("Allow", "", None, True, 1, Word("allow")) if makes(each)]


def _turn(parts: Fold, is_permit: bool, came: int) -> Any:
    """Return the formula that a turn on any state does what the policy's effect and status ask for, and no more."""
    before = [z3.Function(f"before_{each}", Id, z3.BoolSort()) for each in CARRIED]

    def turn() -> Any:
        states = (Errors(before[0]), Ids(before[1]), Ids(before[2]))
        return parts.turn(*states, (Known(added), is_permit, came))

    right = [came not in (TRUE, FALSE), came == TRUE and not is_permit, came == TRUE and is_permit]
    claims = []
    for path in explore(turn):
        if path.value is None:
            return z3.BoolVal(False)
        files = zip(path.value, before, right, strict=True)
        filed = [
            state.member(wanted) == z3.Or(held(wanted), z3.And(z3.BoolVal(should), wanted == added))
            for state, held, should in files
        ]
        error = [
            z3.And(id_ == added, found == KIND_TERMS[came - FIRST_ERROR])
            for id_, found in path.value[0].written
        ]
        claims.append(z3.Implies(path.condition, z3.And(*filed, *error)))
    return z3.And(*claims)


FILED = tuple(z3.Function(f"filed_{each}", Id, z3.BoolSort()) for each in CARRIED)


def response(member: Member) -> Response:
    """Run the rest of `combine` on anything that the loop may have filed; then on what it files of these policies."""
    parts = fold(MODULE, "combine")
    errors, forbidding, permitting = FILED
    states = (Errors(errors), Ids(forbidding), Ids(permitting))
    paths = explore(lambda *states: _parts(parts.after(*states)), states)

    def among(some: Any) -> Any:
        return z3.Exists([one], z3.And(member(one), some, name(one) == z3.Var(0, Id)))

    satisfied = status(one) == SATISFIED
    filed = (
        (errors, among(status(one) == ERRING)),
        (forbidding, among(z3.And(satisfied, forbids(one)))),
        (permitting, among(z3.And(satisfied, z3.Not(forbids(one))))),
    )

    def merged(part: Callable[[Any], Any]) -> Any:
        whole = z3.Or(*(z3.And(path.condition, part(path.value)) for path in paths))
        return z3.substitute_funs(whole, *filed)

    return Response(
        merged(lambda value: z3.BoolVal(value[0] == "allow")),
        lambda id_: merged(lambda value: _holds(value[1], id_)),
        lambda id_, of: z3.And(merged(lambda value: _holds(value[2], id_)), kind(id_) == of),
        KIND_TERMS,
    )


def _parts(response: Any) -> tuple[Any, Any, Any]:
    errors = response.errors
    return response.decision, response.determining, errors if isinstance(errors, Anything) else dict(errors)


def _holds(found: Any, id_: Any) -> Any:
    if isinstance(found, AnyCollection):
        return found.member(id_)
    return z3.BoolVal(False) if not found else refuse("plain members")
