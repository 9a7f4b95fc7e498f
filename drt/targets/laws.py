"""Targets for the laws of authorization (spec 11), each on untyped policies with templates and links."""

from __future__ import annotations

from drt.model.divergence import Oracle
from drt.oracles import laws
from drt.targets import cases
from drt.targets.target import Target


def _law(name: str, oracle: Oracle, sentence: str) -> Target:
    """Return a target for a law of authorization."""
    return Target(name, sentence, cases.authorize(cases.UNTYPED_RBAC), oracle)


LAW_TARGETS = (
    _law(
        "law-policy-order",
        laws.policy_order_is_irrelevant,
        "The order of policies is irrelevant.",
    ),
    _law(
        "law-more-forbids",
        laws.adding_a_forbid_never_allows,
        "Adding a forbid never turns deny into allow.",
    ),
    _law(
        "law-more-permits",
        laws.adding_a_permit_never_denies,
        "Adding a permit never turns allow into deny.",
    ),
    _law(
        "law-erring-policies",
        laws.removing_an_erring_policy_changes_no_decision,
        "Removing the erring policies changes no decision.",
    ),
    _law(
        "law-idle-policies",
        laws.removing_an_idle_policy_changes_nothing,
        "Removing the policies that neither determine nor err changes nothing.",
    ),
    _law(
        "law-composition",
        laws.responses_are_composed,
        "A response follows from what each policy does alone.",
    ),
    _law(
        "law-invariants",
        laws.responses_are_well_formed,
        "Determining policies have the effect of the decision and do not err.",
    ),
    _law(
        "law-links",
        laws.linking_equals_writing,
        "A template link does what the policy does that is written out.",
    ),
    _law(
        "law-renaming",
        laws.renaming_changes_nothing,
        "Renaming entity and policy ids consistently changes nothing.",
    ),
    _law(
        "law-repetition",
        laws.repeated_elements_change_nothing,
        "Repeating the elements of sets changes nothing.",
    ),
)
