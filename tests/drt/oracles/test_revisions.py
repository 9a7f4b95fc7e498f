"""The law of revisions catches operations on policy sets and stores that do something else."""

from __future__ import annotations

import ast
from dataclasses import replace
from itertools import islice

import pytest

from drt.assess.planted.copies import Copy, source_of
from drt.coverage.events import REVISIONS
from drt.diagnosis import localise
from drt.diagnosis.judgement import judge
from drt.diagnosis.revisions import in_revision
from drt.engines import build
from drt.engines.guard import Guarded
from drt.model.case import Source
from drt.model.divergence import Divergence
from drt.model.outcome import Authorized, Crashed
from drt.oracles.revisions import revised_sets_answer_as_new_ones
from drt.targets.table import TARGETS
from generators.choice.sources import RecordingSource

TARGET, LAW = TARGETS["revisions"], revised_sets_answer_as_new_ones
CASES = 400
FINDINGS = 6
"""Of one defect, of which some show by another rule."""

DEFECTS = {
    "a link is added under a used id": (
        "production.policy_set",
        "        if self._has(new_id):\n",
        "        if new_id in self._links:\n",
    ),
    "a template in use is removed": (
        "production.policy_set",
        "            if link.template_id == template_id:\n",
        "            if False:\n",
    ),
    "a failing change leaves something behind": (
        "production.policy_set",
        "        made = self._copy()\n        for mine, theirs",
        "        made = self\n        for mine, theirs",
    ),
    "the last content of an id wins in a merge": (
        "production.policy_set",
        "                elif not same_policy(known, policy):\n"
        '                    raise PolicySetError(f"the id {policy_id!r} stands for two policies")',
        "                else:\n                    mine[policy_id] = policy",
    ),
    "renaming forgets the template of a link": (
        "production.policy_set",
        "replace(link, template_id=names.get(link.template_id, link.template_id))",
        "link",
    ),
    "policies with other constants are the same": (
        "production.language.nodes",
        "            return node.value.__class__, node.value\n",
        "            return node.value.__class__\n",
    ),
    "a policy in the place of another one leaves it in the plans": (
        "production.serving.plan_changes",
        "for name, policy in root.statics.items() if statics.get(name) is not policy}\n    gone",
        "for name, policy in root.statics.items() if name not in statics}\n    gone",
    ),
    "a merge with renaming is refused": (
        "production.policy_set",
        "renamed._statics = {names.get(name, name): policy for name, policy in other._statics.items()}",
        "renamed._statics = other._statics",
    ),
    "a removed entity stays a parent": (
        "production.entities",
        "            uid: further if gone.isdisjoint(further) else further - gone\n",
        "            uid: further\n",
    ),
    "a changed entity keeps the closure": (
        "production.entities",
        "None if moved else self._above",
        "self._above",
    ),
    "a merge compares effects alone": (
        "production.policy_set",
        "                elif not same_policy(known, policy):\n",
        "                elif known.effect != policy.effect:\n",
    ),
    "a new name is one that the other set uses": (
        "production.policy_set",
        "                    or other._has(fresh)\n",
        "",
    ),
    "a changed entity loses its tags": (
        "production.entities",
        "            if entity._tags:\n                tags[uid] = entity._tags\n",
        "",
    ),
    "a merge takes links to other entities for the same": (
        "production.policy_set",
        "            elif (linked.template_id, linked.values) != (link.template_id, link.values):\n",
        "            elif linked.template_id != link.template_id:\n",
    ),
    "a link changes the set that it is made of": (
        "production.policy_set",
        "        made = self._copy()\n        for link in iterable_of",
        "        made = self\n        for link in iterable_of",
    ),
    "an entity put in twice keeps its first parents": (
        "production.entities",
        "            attributes[uid] = entity._attributes\n            parents[uid] = entity.parents\n",
        "            is_first = attributes.get(uid) is self._attributes.get(uid)\n"
        "            attributes[uid] = dict(entity._attributes)\n"
        "            parents[uid] = entity.parents if is_first else entity.parents | parents[uid]\n",
    ),
    "an explanation calls erring policies satisfied": (
        "production.authorizer",
        "status == TRUE, error",
        "status >= TRUE, error",
    ),
    "a merge adds a policy under the id of a link": (
        "production.policy_set",
        "                if known is None:\n                    made._check_unused(policy_id)\n",
        "                if known is None:\n",
    ),
    "removed policies that the index holds still count": (
        "production.serving.plan_changes",
        "kept + always, indexes, self._removed)",
        "kept + always, indexes, frozenset())",
    ),
    "an explanation leaves out errors": (
        "production.authorizer",
        "ERROR_KINDS[status - FIRST_ERROR] if status >= FIRST_ERROR else None",
        "None",
    ),
}


RULES = {
    "a link is added under a used id": ("revision by linking", "spec 04 §1.1"),
    "a template in use is removed": ("revision by removing a template", "spec 04 §1.2"),
    "the last content of an id wins in a merge": ("revision by merging", "spec 04 §1.2"),
    "a removed entity stays a parent": ("the revised store: entities, attributes and closure", "spec 05 §5"),
    "a changed entity keeps the closure": (
        "the revised store: entities, attributes and closure",
        "spec 05 §5",
    ),
    "an explanation leaves out errors": (
        "the explanation of a response: the status of each policy",
        "spec 04 §2",
    ),
}
"""The rule of the language guide that a finding names, by its defect, for one defect of each kind."""


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_planted_defect_breaks_the_law_and_its_finding_names_the_rule(defect: str) -> None:
    module, old, new = DEFECTS[defect]
    source = source_of(module)
    assert source.count(old) == 1
    planted = Copy("production", {module: ast.parse(source.replace(old, new))}).build()
    engines = [Guarded(build("reference")), Guarded(planted)]
    cases = (TARGET.draw(RecordingSource(random_seed)) for random_seed in range(CASES))
    findings = ((case, found[0]) for case in cases if (found := TARGET.oracle(case, engines).divergences))
    named = set()
    for case, found in islice(findings, FINDINGS if defect in RULES else 1):
        located = localise(case, engines, found)
        judgement = judge(found, LAW.sentence, located, {}, None)
        assert (judgement.wrong, judgement.by) == (("production",), "law")
        assert located is not None
        assert judgement.quote
        named.add((located.rule, located.source))
    assert named
    assert defect not in RULES or RULES[defect] in named


def test_steps_are_done_and_refused() -> None:
    engines = [Guarded(build("reference")), Guarded(build("production"))]
    events: set[str] = set()
    for random_seed in range(60):
        checked = TARGET.oracle(TARGET.draw(RecordingSource(random_seed)), engines)
        assert checked.divergences == ()
        events.update(event for event in checked.events if event.startswith("revision "))
    assert events == set(REVISIONS)


def test_engines_that_differ_on_a_newly_made_set_part_at_a_step_of_the_authorizer() -> None:
    same = Authorized("allow", ("policy0",))
    answers = (
        ("reference, newly made", Authorized("deny")),
        ("production, revised", same),
        ("production, explained", same),
    )
    found = Divergence(LAW.name, "decision", "step 13, link, request 0", answers, request=0)
    located = in_revision(found)
    assert located.rule.startswith("the decision: ")
    assert located.source == "spec 04 §3"
    assert judge(found, LAW.sentence, located, {}, None).wrong == ()


def test_an_engine_that_breaks_on_the_way_is_located_too() -> None:
    broken = (("production", Crashed("KeyError", ("m:f",))),)
    located = in_revision(Divergence(LAW.name, "crash", "revision", broken))
    assert (located.rule, located.source) == ("the revision of a policy set and a store", "spec 04 §1.2")


def test_a_case_without_requests_is_revised_too() -> None:
    engines = [Guarded(build("reference")), Guarded(build("production"))]
    case = replace(TARGET.draw(RecordingSource(0)), requests=())
    assert TARGET.oracle(case, engines).divergences == ()


def test_a_document_that_is_too_deep_to_be_read_cannot_be_merged() -> None:
    """The set itself was read from text, which has no such limit (spec 06 §1.1)."""
    deep = (
        f"permit(principal, action, resource) when {{ {'if context.b then ' * 62}true{' else true' * 62} }};"
    )
    engines = [Guarded(build("reference")), Guarded(build("production"))]
    events: set[str] = set()
    for random_seed in range(40):
        case = TARGET.draw(RecordingSource(random_seed))
        case = replace(case, policies=Source(f"permit(principal, action, resource);\n{deep}"), links=())
        checked = TARGET.oracle(case, engines)
        assert checked.divergences == ()
        events.update(checked.events)
    assert {"revision merge: refused", "revision merge-renaming: refused"} <= events
