"""Theorems about the authorizer, proved of `reference.authorizer.decide` for any number of policies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import z3

from drt.proofs.authorizer_defects import (
    ALLOWS_UNLESS_FORBIDDEN,
    ALWAYS_DENIES,
    EARLY_END,
    ERRING_FORBIDS,
    ERRING_PERMITS,
    ERRORS_FORGOTTEN,
    IDLE_FORBIDS,
    MODULE,
    NO_REASONS,
    PERMIT_WINS,
    PERMITS_FOR_REASONS,
    SATISFIED_ERR,
)
from drt.proofs.code import Code, Defect
from drt.proofs.policies import (
    ERRING,
    SATISFIED,
    UNSATISFIED,
    Id,
    Member,
    Policy,
    Response,
    forbids,
    name,
    response,
    status,
)
from drt.proofs.theorem import Counterexample, Goal, Theorem
from drt.proofs.witnesses import OneOfMany, confirmed

among = z3.Function("among", Policy, z3.BoolSort())
among_others = z3.Function("among_others", Policy, z3.BoolSort())
one, two, added = z3.Consts("one two added", Policy)
wanted = z3.Const("wanted", Id)


def _permitted() -> Any:
    return z3.Exists([one], z3.And(among(one), z3.Not(forbids(one)), status(one) == SATISFIED))


def _forbidden() -> Any:
    return z3.Exists([one], z3.And(among(one), forbids(one), status(one) == SATISFIED))


def _with_added(policy: Any) -> Any:
    return z3.Or(among(policy), policy == added)


def _without_erring(policy: Any) -> Any:
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
        few.append(z3.And(z3.ForAll([one], z3.Implies(_with_added(one), within)), DISTINCT))
    return tuple(few)


Claim = Callable[[Response, Callable[[Member], Response]], Any]


def _goals(claim: Claim, *hypotheses: Any) -> Callable[[Code], Sequence[Goal]]:
    """One obligation about the response to any set, and to what the claim makes of it."""

    def goals(code: Code) -> Sequence[Goal]:
        decide = code.module(MODULE).decide

        def decided(member: Member) -> Response:
            return response(decide, member)

        def decode(model: Any) -> Counterexample:
            return confirmed(code, _decoded(model))

        goal = Goal("decide", claim(decided(among), decided), hypotheses, decode, _sizes())
        return (goal,)

    return goals


def _decoded(model: Any) -> list[OneOfMany]:
    """Decode the policies of a model, and in which of the sets each is."""

    def true(term: Any) -> bool:
        return bool(z3.is_true(model.eval(term, model_completion=True)))

    found = []
    for policy in model.get_universe(Policy) or []:
        effect = "forbid" if true(forbids(policy)) else "permit"
        found.append(
            OneOfMany(
                effect,
                str(model.eval(status(policy), model_completion=True)),
                in_set=true(among(policy)),
                in_others=true(among_others(policy)),
                added=true(policy == added),
            )
        )
    return found


def _same(first: Response, second: Response) -> Any:
    return z3.And(
        first.allow == second.allow,
        first.determining(wanted) == second.determining(wanted),
        first.erring(wanted) == second.erring(wanted),
    )


def _determines(effect: Any) -> Any:
    return z3.Exists([one], z3.And(among(one), effect, status(one) == SATISFIED, name(one) == wanted))


THEOREMS = (
    Theorem(
        "Nothing is allowed by default",
        "Without a satisfied permit the decision is deny.",
        "Lean Authorization: default deny; paper: default deny",
        "U",
        _goals(lambda response, _: z3.Implies(z3.Not(_permitted()), z3.Not(response.allow))),
        (ALLOWS_UNLESS_FORBIDDEN, ERRING_PERMITS),
    ),
    Theorem(
        "Allowed only if explicitly permitted",
        "If the decision is allow, some permit is satisfied.",
        "article: explicit permit; paper: explicit allow",
        "U",
        _goals(lambda response, _: z3.Implies(response.allow, _permitted())),
        (ALLOWS_UNLESS_FORBIDDEN, ERRING_PERMITS),
    ),
    Theorem(
        "Forbid overrides permit",
        "If some forbid is satisfied, the decision is deny.",
        "article: forbid trumps permit; paper: forbid trumps permit",
        "U",
        _goals(lambda response, _: z3.Implies(_forbidden(), z3.Not(response.allow))),
        (PERMIT_WINS,),
    ),
    Theorem(
        "Allow exactly if permitted and not forbidden",
        "The decision is allow if and only if some permit is satisfied and no forbid is.",
        "Lean Authorization: allow iff",
        "U",
        _goals(lambda response, _: response.allow == z3.And(_permitted(), z3.Not(_forbidden()))),
        (ALWAYS_DENIES, IDLE_FORBIDS, ERRING_FORBIDS),
    ),
    Theorem(
        "Deny exactly if forbidden or not permitted",
        "The decision is deny if and only if some forbid is satisfied or no permit is.",
        "Lean Authorization: deny iff",
        "U",
        _goals(lambda response, _: z3.Not(response.allow) == z3.Or(_forbidden(), z3.Not(_permitted()))),
        (PERMIT_WINS, EARLY_END),
    ),
    Theorem(
        "The empty set denies",
        "Without policies the decision is deny, with no reasons and no errors.",
        "Lean Authorization: default deny",
        "U",
        _goals(
            lambda response, _: z3.Implies(
                z3.Not(z3.Exists([one], among(one))),
                z3.Not(z3.Or(response.allow, response.determining(wanted), response.erring(wanted))),
            )
        ),
        (ALLOWS_UNLESS_FORBIDDEN,),
    ),
    Theorem(
        "Errors never grant",
        "The decision and its reasons are the same without the erring policies.",
        "Lean Authorization (added): skip on error",
        "U",
        _goals(
            lambda response, decided: z3.And(
                response.allow == (without := decided(_without_erring)).allow,
                response.determining(wanted) == without.determining(wanted),
            )
        ),
        (ERRING_PERMITS, ERRING_FORBIDS, EARLY_END),
    ),
    Theorem(
        "Any collection with the same members gets the same response",
        "What is decided follows from which policies there are, not from how they are listed.",
        "Lean Authorization: order and dup independent (set form)",
        "U",
        _goals(
            lambda response, decided: z3.And(
                _same(response, decided(among_others)),
                response.allow == z3.And(_permitted(), z3.Not(_forbidden())),
            ),
            z3.ForAll([one], among(one) == among_others(one)),
        ),
        (
            Defect(
                "a permit beats every forbid, as in the set form",
                MODULE,
                "if forbids.is_empty() and not permits.is_empty():",
                "if not permits.is_empty():",
            ),
        ),
    ),
    Theorem(
        "Another permit keeps an allow",
        "Adding a permit never turns allow into deny.",
        "Lean Authorization: unchanged allow",
        "U",
        _goals(
            lambda response, decided: z3.Implies(
                z3.And(z3.Not(forbids(added)), response.allow), decided(_with_added).allow
            )
        ),
        (EARLY_END,),
    ),
    Theorem(
        "Another forbid keeps a deny",
        "Adding a forbid never turns deny into allow.",
        "Lean Authorization: unchanged deny",
        "U",
        _goals(
            lambda response, decided: z3.Implies(
                z3.And(forbids(added), z3.Not(response.allow)), z3.Not(decided(_with_added).allow)
            )
        ),
        (
            Defect(
                "a decision needs a forbid to be undone",
                MODULE,
                "if forbids.is_empty() and not permits.is_empty():",
                "if not forbids.is_empty() and not permits.is_empty():",
            ),
        ),
    ),
    Theorem(
        "Reasons are exact",
        "The determining policies are exactly the satisfied ones whose effect is the decision's.",
        "Lean Authorization: determining policies",
        "U",
        _goals(
            lambda response, _: (
                response.determining(wanted)
                == z3.If(response.allow, _determines(z3.Not(forbids(one))), _determines(forbids(one)))
            )
        ),
        (PERMITS_FOR_REASONS, NO_REASONS, ERRING_FORBIDS),
    ),
    Theorem(
        "Reasons stay",
        "Adding a policy that leaves the decision as it is leaves every reason.",
        "Lean Authorization: determining monotone",
        "U",
        _goals(
            lambda response, decided: z3.Implies(
                z3.And(response.allow == (more := decided(_with_added)).allow, response.determining(wanted)),
                more.determining(wanted),
            )
        ),
        (NO_REASONS,),
    ),
    Theorem(
        "Errors are exact",
        "The erring policies are exactly those whose evaluation fails.",
        "Lean Authorization: erroring policies",
        "U",
        _goals(
            lambda response, _: (
                response.erring(wanted)
                == z3.Exists([one], z3.And(among(one), status(one) == ERRING, name(one) == wanted))
            )
        ),
        (ERRORS_FORGOTTEN, SATISFIED_ERR),
    ),
    Theorem(
        "Errors stay",
        "Adding a policy never takes an error away.",
        "Lean Authorization: erroring monotone",
        "U",
        _goals(
            lambda response, decided: z3.Implies(response.erring(wanted), decided(_with_added).erring(wanted))
        ),
        (
            Defect(
                "errors count only while nothing is permitted",
                MODULE,
                'erring = policies.where(lambda p: outcome_of(p).status == "erring")',
                'erring = policies.where(lambda p: permits.is_empty() and outcome_of(p).status == "erring")',
            ),
        ),
    ),
    Theorem(
        "No policy both decides and errs",
        "Determining and erring policies are disjoint, since ids are distinct.",
        "Lean Authorization: disjoint",
        "U",
        _goals(
            lambda response, _: z3.Not(z3.And(response.determining(wanted), response.erring(wanted))),
            DISTINCT,
        ),
        (SATISFIED_ERR, EARLY_END),
    ),
    Theorem(
        "A sound slice gets the same response",
        "Leaving out policies that are neither satisfied nor err changes nothing: hence any index that finds"
        " all others is sound.",
        "Lean PolicySlice; paper: sound slicing",
        "U",
        _goals(lambda response, decided: _same(response, decided(among_others)), SLICE),
        (IDLE_FORBIDS,),
    ),
)
