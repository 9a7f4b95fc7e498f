"""The target `scopes`: hierarchies of two levels decide requests."""

from __future__ import annotations

import json
from dataclasses import replace

from drt.engines import build
from drt.engines.guard import Guarded
from drt.model.case import Case
from drt.model.engine import NotLoaded
from drt.model.outcome import Outcome
from drt.model.question import Authorize
from drt.targets.table import TARGETS
from generators.choice.sources import RecordingSource

CASES = 300
REFERENCE = Guarded(build("reference"))


def answers(case: Case) -> list[Outcome]:
    session = REFERENCE.load(case)
    assert not isinstance(session, NotLoaded), session
    return [session.ask(Authorize(request)) for request in case.requests]


def by_direct_parents(case: Case) -> Case:
    """Leave out what the groups belong to, as an engine does that looks at direct parents alone."""
    entities = json.loads(case.entities)
    groups = [parent for one in entities for parent in one["parents"]]
    kept = [{**one, "parents": [] if one["uid"] in groups else one["parents"]} for one in entities]
    return replace(case, entities=json.dumps(kept))


def test_every_kind_of_case_is_drawn() -> None:
    cases = [TARGETS["scopes"].draw(RecordingSource(seed)) for seed in range(CASES)]
    bare = [case for case in cases if case.entities == "[]"]
    stored = [case for case in cases if case.entities != "[]"]
    assert len(bare) > CASES / 2
    assert sum(answers(case) != answers(by_direct_parents(case)) for case in stored) > CASES / 100
