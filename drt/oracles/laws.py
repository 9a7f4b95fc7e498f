"""Laws of authorization that one engine must keep all by itself (spec 04 §3, §5, 11 §1).

They catch what both engines get wrong alike. Each law puts variants of a case to each engine; the variants
are made of the engine's own policy JSON, and compared with the case as the engine reads it from that same
JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from drt.model.case import Case
from drt.model.engine import Engine
from drt.model.outcome import Authorized
from drt.oracles.comparing import Comparison
from drt.oracles.law import Compares, law
from drt.oracles.variants import Subject, subjects

Wanted = Callable[[Authorized], bool]

VARIANTS_A_CASE = 4
"""A law whose variant depends on the response is tried on so many requests of a case."""


@law(Compares.ITSELF)
def policy_order_is_irrelevant(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """The same policies in another order give the same response (A6)."""
    for subject in subjects(case, engines, comparison):
        subject.compare_all("policies reversed", subject.policies.reversed())


@law(Compares.ITSELF)
def adding_a_forbid_never_allows(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """More forbids leave a deny a deny, determined and erring at least as before (A8, A10, A11)."""
    for subject in subjects(case, engines, comparison):
        subject.compare_all("forbids added", subject.policies.with_copies("forbid"), _still("deny"))


@law(Compares.ITSELF)
def adding_a_permit_never_denies(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """More permits leave an allow an allow, determined and erring at least as before (A7, A10, A11)."""
    for subject in subjects(case, engines, comparison):
        subject.compare_all("permits added", subject.policies.with_copies("permit"), _still("allow"))


class _still:
    """The second response has at least the errors of the first, and keeps its decision if that is the one."""

    def __init__(self, decision: str) -> None:
        self.decision = decision

    def __call__(self, before: Authorized, after: Authorized) -> bool:
        if not set(before.erring) <= set(after.erring):
            return False
        if before.decision == self.decision and after.decision != self.decision:
            return False
        return before.decision != after.decision or set(before.determining) <= set(after.determining)


@law(Compares.ITSELF)
def removing_an_erring_policy_changes_no_decision(
    case: Case, engines: Sequence[Engine], comparison: Comparison
) -> None:
    """Without its erring policies a set decides as with them, for the same reasons (spec 04 §3)."""
    for subject in subjects(case, engines, comparison):
        for index, response in _some(subject, lambda response: bool(response.erring)):
            erring = {policy for policy, _ in response.erring}
            rest = subject.policies.without(erring)
            subject.compare_one("erring policies removed", rest, index, _same_reasons_without_errors)


def _same_reasons_without_errors(before: Authorized, after: Authorized) -> bool:
    return (before.decision, before.determining, ()) == (after.decision, after.determining, after.erring)


@law(Compares.ITSELF)
def removing_an_idle_policy_changes_nothing(
    case: Case, engines: Sequence[Engine], comparison: Comparison
) -> None:
    """Only determining and erring policies matter to a response (P1, spec 04 §5.3)."""
    for subject in subjects(case, engines, comparison):
        for index, response in _some(subject, lambda _: True):
            busy = {*response.determining, *(policy for policy, _ in response.erring)}
            idle = subject.policies.ids() - busy
            if idle:
                subject.compare_one("idle policies removed", subject.policies.without(idle), index)


def _some(subject: Subject, wanted: Wanted) -> Iterator[tuple[int, Authorized]]:
    """Select the first few responses of a subject that a law applies to."""
    found = [(index, response) for index, response in subject.responses() if wanted(response)]
    yield from found[:VARIANTS_A_CASE]


@law(Compares.ITSELF)
def responses_are_composed(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """A response follows from each policy's status alone by the algorithm of spec 04 §3 (A1 to A5, A9)."""
    for subject in subjects(case, engines, comparison):
        effects = subject.policies.effects()
        alone = {
            policy: dict(subject.responses_to(subject.policies.without(effects.keys() - {policy})))
            for policy in effects
        }
        for index, response in subject.responses():
            statuses = {policy: answers.get(index) for policy, answers in alone.items()}
            if all(status is not None for status in statuses.values()):
                found = {policy: status for policy, status in statuses.items() if status is not None}
                subject.hold("composed of single policies", index, response, composed(effects, found))


def composed(effects: dict[str, str], alone: dict[str, Authorized]) -> Authorized:
    """Compose the response that follows from what each policy does when it is alone."""
    satisfied = {policy for policy, response in alone.items() if policy in response.determining}
    forbids = {policy for policy in satisfied if effects[policy] == "forbid"}
    permits = satisfied - forbids
    erring = sorted(pair for response in alone.values() for pair in response.erring)
    if permits and not forbids:
        return Authorized("allow", tuple(sorted(permits)), tuple(erring))
    return Authorized("deny", tuple(sorted(forbids)), tuple(erring))


@law(Compares.ITSELF)
def responses_are_well_formed(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """Determining policies exist, have the decision's effect, do not err; an allow has one (spec 04 §5)."""
    for subject in subjects(case, engines, comparison):
        effects = subject.policies.effects()
        for index, response in subject.responses():
            subject.hold("well-formed", index, response, _nearest_well_formed(effects, response))


def _nearest_well_formed(effects: dict[str, str], response: Authorized) -> Authorized:
    """Give the response itself if it keeps the invariants."""
    erring = tuple(pair for pair in response.erring if pair[0] in effects)
    effect = "permit" if response.decision == "allow" else "forbid"
    wrong = {policy for policy, _ in erring} | {policy for policy in effects if effects[policy] != effect}
    determining = tuple(
        policy for policy in response.determining if policy in effects and policy not in wrong
    )
    decision = response.decision if determining else "deny"
    return Authorized(decision, determining, erring)


@law(Compares.ITSELF)
def linking_equals_writing(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """A link does what the static policy of that id does that has the values in place of the slots (J9)."""
    for subject in subjects(case, engines, comparison):
        if subject.policies.links:
            subject.compare_all("links written out", subject.policies.written_out())


@law(Compares.ITSELF)
def renaming_changes_nothing(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """Entity ids and policy ids are mere names: renamed everywhere, they give the response renamed."""
    for subject in subjects(case, engines, comparison):
        subject.compare_renamed()


@law(Compares.ITSELF)
def repeated_elements_change_nothing(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """Sets and lists of uids with every element twice are the same sets (E6)."""
    for subject in subjects(case, engines, comparison):
        subject.compare_repeated()
