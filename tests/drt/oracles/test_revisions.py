"""The law of revisions catches operations on policy sets and stores that do something else."""

from __future__ import annotations

import ast
from dataclasses import replace

import pytest

from drt.assess.planted.copies import Copy, source_of
from drt.coverage.events import REVISIONS
from drt.engines import build
from drt.engines.guard import Guarded
from drt.targets.table import TARGETS
from generators.choice.sources import RecordingSource

TARGET = TARGETS["revisions"]
CASES = 60

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
    "an explanation leaves out errors": (
        "production.authorizer",
        "ERROR_KINDS[status - FIRST_ERROR] if status >= FIRST_ERROR else None",
        "None",
    ),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_planted_defect_breaks_the_law(defect: str) -> None:
    module, old, new = DEFECTS[defect]
    source = source_of(module)
    assert source.count(old) == 1
    planted = Copy("production", {module: ast.parse(source.replace(old, new))}).build()
    engines = [Guarded(build("reference")), Guarded(planted)]
    cases = (TARGET.draw(RecordingSource(random_seed)) for random_seed in range(CASES))
    assert any(TARGET.oracle(case, engines).divergences for case in cases)


def test_steps_are_done_and_refused() -> None:
    engines = [Guarded(build("reference")), Guarded(build("production"))]
    events: set[str] = set()
    for random_seed in range(60):
        checked = TARGET.oracle(TARGET.draw(RecordingSource(random_seed)), engines)
        assert checked.divergences == ()
        events.update(event for event in checked.events if event.startswith("revision "))
    assert events == set(REVISIONS)


def test_a_case_without_requests_is_revised_too() -> None:
    engines = [Guarded(build("reference")), Guarded(build("production"))]
    case = replace(TARGET.draw(RecordingSource(0)), requests=())
    assert TARGET.oracle(case, engines).divergences == ()
