"""The decision of a partial response (spec 09 §6): right for every completion, and given wherever there is one.

Owns the reference's table for any number of policies, and both engines' responses to all small sets of residuals.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from types import SimpleNamespace
from typing import Any

import z3

from drt.proofs.defects import Defect
from drt.proofs.explore import explore
from drt.proofs.theorem import Counterexample, Goal, Theorem
from drt.proofs.tried import tried
from production.partial.outcome import Residuals, decide
from production.partial.terms import ERROR, PRINCIPAL
from production.policy_set import PolicySet
from reference.partial.residuals import Failing, Known, Open
from reference.partial.response import PartialResponse, ResidualPolicy
from reference.policies import Anything, Body
from reference.schema.types import BOOL
from reference.syntax import Var
from reference.values import FALSE, TRUE

SETS = tuple(product(("true", "residual"), ("permit", "forbid")))
some = {each: z3.Bool(f"some {each[0]} {each[1]}") for each in SETS}
"""Whether there is a policy of a class and effect."""


class _Sets:
    """A response of any policies: of a set of ids only its emptiness is known."""

    def __init__(self, truths: Sequence[Any]) -> None:
        self.truths = dict(zip(SETS, truths, strict=True))

    def ids(self, residual_class: str, effect: str) -> Any:
        """Return the truth of a set of ids."""
        return self.truths[residual_class, effect]


def _table() -> Sequence[Goal]:
    """Compare every path of the reference's decision with the completions that there may be."""
    read: Any = PartialResponse.decision.fget  # type: ignore[attr-defined]  # a property
    permitted, forbidden = z3.Bools("permitted forbidden")
    possible = z3.And(*(_may(effect, end) for effect, end in (("permit", permitted), ("forbid", forbidden))))
    allowed = z3.And(permitted, z3.Not(forbidden))
    always = {
        "allow": z3.ForAll([permitted, forbidden], z3.Implies(possible, allowed)),
        "deny": z3.ForAll([permitted, forbidden], z3.Implies(possible, z3.Not(allowed))),
    }
    goals = []
    for path in explore(lambda *truths: read(_Sets(truths)), [some[each] for each in SETS]):
        claim = always.get(path.value, z3.And(*(z3.Not(each) for each in always.values())))
        goals.append(
            Goal(f"the path to {path.value}", z3.Implies(path.condition, claim), (), _shown(path.value))
        )
    return goals


def _may(effect: str, end: Any) -> Any:
    """Return the formula that in a completion some policy of the effect is satisfied exactly if `end`."""
    sure, open_ = some["true", effect], some["residual", effect]
    return z3.And(z3.Implies(sure, end), z3.Implies(end, z3.Or(sure, open_)))


def _shown(decision: Any) -> Any:
    def decode(model: Any) -> Counterexample:
        held = [" ".join(each) for each in SETS if z3.is_true(model.eval(some[each], model_completion=True))]
        return Counterexample(
            f"policies of the classes {', '.join(held) or 'none'}: decided {decision}", True
        )

    return decode


CLASSES = ("true", "false", "error", "residual")
OURS: dict[str, Any] = {
    "true": Known(TRUE, BOOL), "false": Known(FALSE, BOOL), "error": Failing(BOOL), "residual": Open(Var("principal"), BOOL),
}  # fmt: skip
THEIRS: dict[str, Any] = {"true": True, "false": False, "error": ERROR, "residual": PRINCIPAL}
KINDS = tuple(product(("permit", "forbid"), CLASSES))
MOST = 4
TEXTS = {
    effect: PolicySet.from_text(f"{effect}(principal, action, resource);").statics["policy0"]
    for effect in ("permit", "forbid")
}


def _responses() -> Sequence[Goal]:
    sets = (each for size in range(MOST + 1) for each in product(KINDS, repeat=size))
    return (
        tried(
            f"all sets of up to {MOST} residual policies", (wrong for each in sets for wrong in _wrong(each))
        ),
    )


def _wrong(kinds: Sequence[tuple[str, str]]) -> Iterator[str]:
    named = {f"p{place}": each for place, each in enumerate(kinds)}
    decision, reason = _right(named)
    shown = ", ".join(" ".join(each) for each in kinds) or "no policies"
    for engine, found in (("the reference", _reference(named)), ("production", _production(named))):
        if found[:2] != (decision, reason):
            yield f"[{shown}]: {engine} decides {found[0]} because of {found[1]}, not {decision} because of {reason}"
        for (effect, each), ids in zip(KINDS, found[2], strict=True):
            if ids != frozenset(name for name, kind in named.items() if kind == (effect, each)):
                yield f"[{shown}]: {engine} gives {sorted(ids)} as the policies of class {each} {effect}"


def _right(named: dict[str, tuple[str, str]]) -> tuple[str | None, frozenset[str] | None]:
    """Return the decision that all completions have, and its reason, by trying all of them."""
    open_ = [name for name, (_, each) in named.items() if each == "residual"]
    sure = {name for name, (_, each) in named.items() if each == "true"}
    decisions = set()
    for ends in product((True, False), repeat=len(open_)):
        effects = {
            named[name][0] for name in sure | {name for name, end in zip(open_, ends, strict=True) if end}
        }
        decisions.add("allow" if effects == {"permit"} else "deny")
    if len(decisions) > 1:
        return None, None
    [decision] = decisions
    decides = "permit" if decision == "allow" else "forbid"
    return decision, frozenset(name for name in sure if named[name][0] == decides)


Found = tuple[str | None, frozenset[str] | None, list[frozenset[str]]]


def _reference(named: dict[str, tuple[Any, str]]) -> Found:
    policies = {
        name: ResidualPolicy(Body(effect, (), Anything(), Anything(), Anything(), ()), OURS[each])
        for name, (effect, each) in named.items()
    }
    response = PartialResponse(policies, None, None, None)  # type: ignore[arg-type]  # nothing is evaluated
    ids = [response.ids(each, effect) for effect, each in KINDS]  # type: ignore[arg-type]  # their names
    return response.decision, response.reason, ids


def _production(named: dict[str, tuple[str, str]]) -> Found:
    plan: Any = SimpleNamespace(policies={name: TEXTS[effect] for name, (effect, _) in named.items()})
    residuals = {name: THEIRS[each] for name, (_, each) in named.items() if each != "false"}
    ids = [Residuals(plan, residuals).of_class(each, effect) for effect, each in KINDS]  # type: ignore[arg-type]  # their names
    return (*decide(plan, residuals), ids)


RESPONSE, OUTCOME = "reference.partial.response", "production.partial.outcome"
THEOREMS = (
    Theorem(
        "A partial decision is given exactly where every completion has it",
        "The reference's table decides allow or deny exactly if all completions do, for any number of policies.",
        "Lean TPE: partial decision final; spec 09 §6",
        "U",
        _table,
        (
            Defect("open forbids are forgotten", RESPONSE, '        if self.ids("residual", "forbid"):\n            return None\n', ""),
            Defect("no permit is needed", RESPONSE, '        if not self.ids("true", "permit"):\n            return None\n', ""),
            Defect("open permits are forgotten", RESPONSE, 'if not self.ids("true", "permit") and not self.ids("residual", "permit"):', 'if not self.ids("true", "permit"):'),
        ),
        functions=(f"{RESPONSE}.PartialResponse.decision",),
    ),
    Theorem(
        "Partial responses are right",
        f"To every set of up to {MOST} residual policies, both engines give the decision that all completions have, its reason, and"
        " each policy's class.",
        "Lean TPE: satisfied forbids determine, permits determine an allow; spec 09 §6",
        "B",
        _responses,
        (
            Defect("open forbids are forgotten", OUTCOME, 'if is_open["forbid"] or not true["permit"]:', 'if not true["permit"]:'),
            Defect("errors count as open", OUTCOME, "        elif residual is not ERROR:\n", "        else:\n"),
            Defect("an allow is because of forbids", RESPONSE, 'return self.ids("true", "permit")\n            case "deny"', 'return self.ids("true", "forbid")\n            case "deny"'),
        ),
        "sets of residual policies are tried; the reference's table is proved for any number",
        (
            "reference.partial.response.PartialResponse.decision", "reference.partial.response.PartialResponse.reason",
            "reference.partial.response.PartialResponse.ids", "reference.partial.response.ResidualPolicy.residual_class",
            "production.partial.outcome.decide", "production.partial.outcome.class_of", "production.partial.outcome.Residuals.of_class",
        ),
    ),
)  # fmt: skip
