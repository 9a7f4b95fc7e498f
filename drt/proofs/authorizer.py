"""Theorems about both authorizers, for any number of policies with distinct ids."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import z3

from drt.proofs.any_policies import (
    SLICE,
    added,
    among,
    among_others,
    forbidden,
    goals,
    one,
    permitted,
    wanted,
    with_added,
    without_erring,
)
from drt.proofs.authorizer_defects import (
    ALLOWS_UNLESS_FORBIDDEN,
    ALWAYS_DENIES,
    EARLY_END,
    ERRING_FORBIDS,
    ERRING_PERMITS,
    ERROR_RENAMED,
    ERRORS_FORGOTTEN,
    IDLE_FORBIDS,
    MODULE,
    NO_REASONS,
    PERMIT_WINS,
    PERMITS_FOR_REASONS,
    SATISFIED_ERR,
)
from drt.proofs.defects import Defect
from drt.proofs.policies import (
    ERRING,
    KINDS,
    SATISFIED,
    Response,
    forbids,
    kind,
    name,
    status,
)
from drt.proofs.theorem import Theorem
from drt.proofs.witnesses import search


def _same(first: Response, second: Response) -> Any:
    return z3.And(
        first.allow == second.allow,
        first.determining(wanted) == second.determining(wanted),
        *(first.error(wanted, each) == second.error(wanted, each) for each in first.kinds),
    )


def _determines(effect: Any) -> Any:
    return z3.Exists([one], z3.And(among(one), effect, status(one) == SATISFIED, name(one) == wanted))


def _exact_errors(response: Response) -> Any:
    """State that the errors are those of the erring policies, each of its own kind in the reference."""
    erring = z3.Exists([one], z3.And(among(one), status(one) == ERRING, name(one) == wanted))
    if response.kinds is not KINDS:
        return response.erring(wanted) == erring

    def of_kind(each: Any) -> Any:
        return z3.Exists(
            [one], z3.And(among(one), status(one) == ERRING, name(one) == wanted, kind(one) == each)
        )

    return z3.And(*(response.error(wanted, each) == of_kind(each) for each in KINDS))


_ABOUT_SETS = (
    Theorem(
        "Nothing is allowed by default",
        "Without a satisfied permit the decision is deny.",
        "Lean Authorization: default deny; paper: default deny",
        "U",
        goals(lambda response, _: z3.Implies(z3.Not(permitted()), z3.Not(response.allow))),
        (ALLOWS_UNLESS_FORBIDDEN, ERRING_PERMITS),
    ),
    Theorem(
        "Allowed only if explicitly permitted",
        "If the decision is allow, some permit is satisfied.",
        "article: explicit permit; paper: explicit allow",
        "U",
        goals(lambda response, _: z3.Implies(response.allow, permitted())),
        (ALLOWS_UNLESS_FORBIDDEN, ERRING_PERMITS),
    ),
    Theorem(
        "Forbid overrides permit",
        "If some forbid is satisfied, the decision is deny.",
        "article: forbid trumps permit; paper: forbid trumps permit",
        "U",
        goals(lambda response, _: z3.Implies(forbidden(), z3.Not(response.allow))),
        (PERMIT_WINS,),
    ),
    Theorem(
        "Allow exactly if permitted and not forbidden",
        "The decision is allow if and only if some permit is satisfied and no forbid is.",
        "Lean Authorization: allow iff",
        "U",
        goals(lambda response, _: response.allow == z3.And(permitted(), z3.Not(forbidden()))),
        (ALWAYS_DENIES, IDLE_FORBIDS, ERRING_FORBIDS),
    ),
    Theorem(
        "Deny exactly if forbidden or not permitted",
        "The decision is deny if and only if some forbid is satisfied or no permit is.",
        "Lean Authorization: deny iff",
        "U",
        goals(lambda response, _: z3.Not(response.allow) == z3.Or(forbidden(), z3.Not(permitted()))),
        (PERMIT_WINS, EARLY_END),
    ),
    Theorem(
        "The empty set denies",
        "Without policies the decision is deny, with no reasons and no errors.",
        "Lean Authorization: default deny",
        "U",
        goals(
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
        goals(
            lambda response, decided: z3.And(
                response.allow == (without := decided(without_erring)).allow,
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
        goals(
            lambda response, decided: z3.And(
                _same(response, decided(among_others)),
                response.allow == z3.And(permitted(), z3.Not(forbidden())),
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
        goals(
            lambda response, decided: z3.Implies(
                z3.And(z3.Not(forbids(added)), response.allow), decided(with_added).allow
            )
        ),
        (EARLY_END,),
    ),
    Theorem(
        "Another forbid keeps a deny",
        "Adding a forbid never turns deny into allow.",
        "Lean Authorization: unchanged deny",
        "U",
        goals(
            lambda response, decided: z3.Implies(
                z3.And(forbids(added), z3.Not(response.allow)), z3.Not(decided(with_added).allow)
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
        goals(
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
        goals(
            lambda response, decided: z3.Implies(
                z3.And(response.allow == (more := decided(with_added)).allow, response.determining(wanted)),
                more.determining(wanted),
            )
        ),
        (NO_REASONS,),
    ),
    Theorem(
        "Errors are exact",
        "The erring policies are exactly those whose evaluation fails, each with the kind of its error.",
        "Lean Authorization: erroring policies",
        "U",
        goals(lambda response, _: _exact_errors(response)),
        (ERRORS_FORGOTTEN, SATISFIED_ERR, ERROR_RENAMED),
    ),
    Theorem(
        "Errors stay",
        "Adding a policy never takes an error away.",
        "Lean Authorization: erroring monotone",
        "U",
        goals(
            lambda response, decided: z3.Implies(response.erring(wanted), decided(with_added).erring(wanted))
        ),
        (
            Defect(
                "errors count only while nothing is decided",
                MODULE,
                "for policy_id, found in outcomes.items() if found.error is not None}",
                "for policy_id, found in outcomes.items() if found.error is not None and not verdict.determining}",
            ),
        ),
    ),
    Theorem(
        "No policy both decides and errs",
        "Determining and erring policies are disjoint, since ids are distinct.",
        "Lean Authorization: disjoint",
        "U",
        goals(
            lambda response, _: z3.Not(z3.And(response.determining(wanted), response.erring(wanted))),
        ),
        (SATISFIED_ERR, EARLY_END),
    ),
    Theorem(
        "A sound slice gets the same response",
        "Leaving out policies that are neither satisfied nor err changes nothing: hence any index that finds"
        " all others is sound.",
        "Lean PolicySlice; paper: sound slicing",
        "U",
        goals(lambda response, decided: _same(response, decided(among_others)), SLICE),
        (IDLE_FORBIDS,),
    ),
)

FUNCTIONS = (
    "reference.authorizer.authorize",
    "reference.authorizer.respond",
    "reference.authorizer.decide",
    "reference.authorizer.outcome",
    "reference.policies.Policies.where",
    "reference.policies.Policies.is_empty",
    "reference.policies.Policies.ids",
    "production.response.combine",
    "production.response.Response.__init__",
)
THEOREMS = tuple(replace(one, functions=FUNCTIONS, search=search) for one in _ABOUT_SETS)
