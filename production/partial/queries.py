"""Permission queries over a store (spec 09 §8): which resources, which principals, which actions.

Law (queries): the answer is that of asking for each candidate by itself. Residual policies are run one after
another, permits first, over the candidates that their scope or their first guard leaves, whose attributes are
kept in columns; or over those few to which a forbid may still matter.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..language.policies import Scope
from ..language.uids import Uid
from ..serving.rules import Rule, rules_of
from .candidates import BulkRunner, Candidates
from .outcome import Residuals, decide
from .postings import Side


def allowed(residuals: Residuals, side: Side, candidates: Candidates, runner: BulkRunner) -> frozenset[Uid]:
    """Return the candidates for which the residual policies allow the request."""
    decision, _ = decide(residuals.plan, residuals.by_id)
    if decision is not None:
        return frozenset(candidates.every.uids) if decision == "allow" else frozenset()
    rules = rules_of(residuals.runnable())
    found: set[Uid] = set()
    for rule in _by_effort(rules, is_permit=True):
        found.update(runner.satisfied(rule, candidates, candidates.fitting(_scope(rule, side))))
    for rule in _by_effort(rules, is_permit=False):
        if not found:
            break
        fitting = candidates.fitting(_scope(rule, side))
        found.difference_update(runner.satisfied(rule, candidates, fitting, found))
    return frozenset(found)


def _scope(rule: Rule, side: Side) -> Scope:
    return rule.policy.principal if side == "principal" else rule.policy.resource


def _by_effort(rules: Iterable[Rule], *, is_permit: bool) -> list[Rule]:
    """Return the rules of an effect, those first that take the most candidates for the least work."""
    chosen = [rule for rule in rules if rule.is_permit is is_permit]
    return sorted(chosen, key=lambda rule: len(rule.policy.code.instructions))
