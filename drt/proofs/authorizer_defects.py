"""What somebody might have written in the authorizer by mistake; each must break a theorem about it."""

from __future__ import annotations

from drt.proofs.code import Defect

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
    'return Verdict("deny", forbids.ids(), erring.ids())',
    'return Verdict("deny", permits.ids(), erring.ids())',
)
ERRORS_FORGOTTEN = Defect(
    "errors of permits are forgotten",
    MODULE,
    'erring = policies.where(lambda p: outcome_of(p).status == "erring")',
    'erring = policies.where(lambda p: p.effect == "forbid" and outcome_of(p).status == "erring")',
)
SATISFIED_ERR = Defect(
    "every satisfied policy is called erring",
    MODULE,
    'erring = policies.where(lambda p: outcome_of(p).status == "erring")',
    'erring = policies.where(lambda p: outcome_of(p).status != "not satisfied")',
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
    '    if not erring.is_empty():\n        return Verdict("deny", erring.ids(), erring.ids())\n'
    "    if forbids.is_empty() and not permits.is_empty():",
)
ALWAYS_DENIES = Defect(
    "nothing is ever allowed",
    MODULE,
    'return Verdict("allow", permits.ids(), erring.ids())',
    'return Verdict("deny", permits.ids(), erring.ids())',
)
NO_REASONS = Defect(
    "a forbid hides in the shadow of a permit",
    MODULE,
    'return Verdict("deny", forbids.ids(), erring.ids())',
    'return Verdict("deny", forbids.ids() if permits.is_empty() else permits.ids(), erring.ids())',
)
