"""What somebody might have written in the authorizer by mistake; each must break a theorem about it."""

from __future__ import annotations

from drt.proofs.defects import Defect

MODULE = "reference.authorizer"

ALLOWS_UNLESS_FORBIDDEN = Defect(
    "the article's bug: no forbid means allow",
    MODULE,
    "if forbids.is_empty() and not permits.is_empty():",
    "if forbids.is_empty():",
)
PERMIT_WINS = Defect(
    "a permit beats every forbid",
    MODULE,
    "if forbids.is_empty() and not permits.is_empty():",
    "if not permits.is_empty():",
)
ERRING_PERMITS = Defect(
    "an erring permit counts",
    MODULE,
    'permits = policies.where(lambda p: p.effect == "permit" and outcome_of(p).status == "satisfied")',
    'permits = policies.where(lambda p: p.effect == "permit" and outcome_of(p).status != "not satisfied")',
)
ERRING_FORBIDS = Defect(
    "an erring forbid counts",
    MODULE,
    'forbids = policies.where(lambda p: p.effect == "forbid" and outcome_of(p).status == "satisfied")',
    'forbids = policies.where(lambda p: p.effect == "forbid" and outcome_of(p).status != "not satisfied")',
)
PERMITS_FOR_REASONS = Defect(
    "a deny is explained by permits",
    MODULE,
    'return Verdict("deny", forbids.ids())',
    'return Verdict("deny", permits.ids())',
)
ERRORS_FORGOTTEN = Defect(
    "errors of policies are forgotten where something is satisfied",
    MODULE,
    "for policy_id, found in outcomes.items() if found.error is not None}",
    "for policy_id, found in outcomes.items() if found.error is not None and not verdict.determining}",
)
SATISFIED_ERR = Defect(
    "every satisfied policy is called erring",
    MODULE,
    "if found.error is not None}",
    'if found.status != "not satisfied"}',
)
IDLE_FORBIDS = Defect(
    "a forbid that is not satisfied counts",
    MODULE,
    'forbids = policies.where(lambda p: p.effect == "forbid" and outcome_of(p).status == "satisfied")',
    'forbids = policies.where(lambda p: p.effect == "forbid" and outcome_of(p).status != "erring")',
)
EARLY_END = Defect(
    "an erring policy ends it all",
    MODULE,
    "    if forbids.is_empty() and not permits.is_empty():",
    '    erring = policies.where(lambda p: outcome_of(p).status == "erring")\n'
    '    if not erring.is_empty():\n        return Verdict("deny", erring.ids())\n'
    "    if forbids.is_empty() and not permits.is_empty():",
)
ALWAYS_DENIES = Defect(
    "nothing is ever allowed",
    MODULE,
    'return Verdict("allow", permits.ids())',
    'return Verdict("deny", permits.ids())',
)
NO_REASONS = Defect(
    "a forbid hides in the shadow of a permit",
    MODULE,
    'return Verdict("deny", forbids.ids())',
    'return Verdict("deny", forbids.ids() if permits.is_empty() else permits.ids())',
)
ERROR_RENAMED = Defect(
    "every error is a type error",
    MODULE,
    'return Outcome("erring", error.kind)',
    'return Outcome("erring", "type")',
)
