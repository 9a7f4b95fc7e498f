"""Claims about any policies with distinct ids, put to both authorizers.

Of the reference they are proved of `authorize` with the real `Policies`; of production, of `combine` and `Response`:
its loop by induction (`combining.py`), and what it returns on whatever the loop has filed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import z3

from drt.proofs import combining
from drt.proofs.collections import Member
from drt.proofs.policies import (
    ERRING,
    NO_BOOLEAN,
    SATISFIED,
    UNSATISFIED,
    Id,
    KindOf,
    Policy,
    Response,
    forbids,
    name,
    response,
    status,
)
from drt.proofs.theorem import Counterexample, Goal
from drt.proofs.witnesses import OneOfMany, confirmed

among = z3.Function("among", Policy, z3.BoolSort())
among_others = z3.Function("among_others", Policy, z3.BoolSort())
one, two, added = z3.Consts("one two added", Policy)
wanted = z3.Const("wanted", Id)


def permitted() -> Any:
    """Return the formula that some permit is satisfied."""
    return z3.Exists([one], z3.And(among(one), z3.Not(forbids(one)), status(one) == SATISFIED))


def forbidden() -> Any:
    """Return the formula that some forbid is satisfied."""
    return z3.Exists([one], z3.And(among(one), forbids(one), status(one) == SATISFIED))


def with_added(policy: Any) -> Any:
    """Return the formula that a policy is in the set with one more."""
    return z3.Or(among(policy), policy == added)


def without_erring(policy: Any) -> Any:
    """Return the formula that a policy is in the set and does not err."""
    return z3.And(among(policy), status(policy) != ERRING)


DISTINCT = z3.ForAll(
    [one, two],
    z3.Implies(
        z3.And(z3.Or(among(one), one == added), z3.Or(among(two), two == added), name(one) == name(two)),
        one == two,
    ),
)
"""Policies of a set have different ids."""

SLICE = z3.ForAll(
    [one],
    z3.And(
        z3.Implies(among_others(one), among(one)),
        z3.Implies(z3.And(among(one), z3.Not(among_others(one))), status(one) == UNSATISFIED),
    ),
)
"""The others are a part of the set that leaves out only policies that are not satisfied and do not err."""


def _sizes() -> tuple[Any, ...]:
    """At most none, one, two, three policies altogether, with different ids."""
    few = []
    for most in range(4):
        known = z3.Consts(" ".join(f"few{n}" for n in range(most)), Policy) if most else []
        within = z3.Or(*(one == each for each in known)) if known else z3.BoolVal(False)
        few.append(z3.And(z3.ForAll([one], z3.Implies(with_added(one), within)), DISTINCT))
    return tuple(few)


Claim = Callable[[Response, Callable[[Member], Response]], Any]


def goals(claim: Claim, *hypotheses: Any) -> Callable[[], Sequence[Goal]]:
    """Return the claim about the response to any policies with distinct ids, of both authorizers."""

    def goals() -> Sequence[Goal]:
        assumed = (DISTINCT, NO_BOOLEAN, *hypotheses)

        def decided(member: Member) -> Response:
            return response(member, *assumed)

        return (
            Goal("the reference's `authorize`", claim(decided(among), decided), assumed, _decode, _sizes()),
            *combining.loop_goals(_decode),
            Goal(
                "production's `combine`",
                claim(combining.response(among), combining.response),
                assumed,
                _decode,
                _sizes(),
            ),
        )

    return goals


def _decode(model: Any) -> Counterexample:
    return confirmed(_decoded(model))


def _decoded(model: Any) -> list[OneOfMany]:
    """Decode the policies of a model, and in which of the sets each is."""

    def true(term: Any) -> bool:
        return bool(z3.is_true(model.eval(term, model_completion=True)))

    return [
        OneOfMany(
            "forbid" if true(forbids(policy)) else "permit",
            str(model.eval(status(policy), model_completion=True)),  # type: ignore[arg-type]  # its three names
            KindOf(policy).plain(model),  # type: ignore[arg-type]  # a name of a kind
            in_set=true(among(policy)),
            in_others=true(among_others(policy)),
            added=true(policy == added),
        )
        for policy in model.get_universe(Policy) or []
    ]
