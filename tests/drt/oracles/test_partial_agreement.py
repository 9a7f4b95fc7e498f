"""A store in which several entities are wrong: which of them an engine names is its own affair."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from drt.engines import build
from drt.engines.guard import Guarded
from drt.model.case import Case, PartialInput, Source, Store
from drt.model.divergence import Checked
from drt.model.engine import Engine
from drt.model.partial_outcome import PartialError
from drt.model.question import CaseQuestion, PartiallyAuthorize
from drt.oracles.partial_agreement import partial_responses_agree

REFERENCE = Guarded(build("reference"))
SCHEMA = "entity U; action x, y appliesTo { principal: U, resource: U };"
REQUEST = {"principal": {"type": "U"}, "action": {"type": "Action", "id": "x"}, "resource": {"type": "U"}}
WRONG_USER: Any = {"uid": {"type": "U", "id": "a"}, "attrs": {"undeclared": 1}, "parents": []}
WRONG_ACTION: Any = {
    "uid": {"type": "Action", "id": "x"},
    "attrs": {},
    "parents": [{"type": "Action", "id": "y"}],
}


@dataclass
class Other:
    """The reference, asked about the entities in reverse, or naming `action_ancestors` whatever is wrong."""

    reverses: bool
    name: str = "other"
    version: str = "1"

    def load(self, case: Case) -> Other:
        self.session: Any = REFERENCE.load(case)
        return self

    def ask(self, question: CaseQuestion[Any]) -> Any:
        if isinstance(question, PartiallyAuthorize) and self.reverses:
            text = json.dumps(json.loads(question.entities.text)[::-1])
            question = replace(question, entities=replace(question.entities, text=text))
        answer = self.session.ask(question)
        if isinstance(answer, PartialError) and not self.reverses:
            return replace(answer, kind="action_ancestors")
        return answer


def compared(other: Any, entities: list[Any]) -> Checked:
    partial = PartialInput(json.dumps(REQUEST), Store(json.dumps(entities), "untyped"))
    case = Case(Source("permit(principal, action, resource);"), schema=Source(SCHEMA), partials=(partial,))
    engines: list[Engine] = [REFERENCE, other]
    return partial_responses_agree(case, engines)


def test_engines_may_name_either_of_two_faults() -> None:
    checked = compared(Other(reverses=True), [WRONG_USER, WRONG_ACTION])

    assert not checked.divergences
    assert "a store with several faults" in checked.inconclusive


def test_one_fault_has_one_name() -> None:
    assert compared(Other(reverses=False), [WRONG_USER]).divergences


def test_an_engine_that_names_a_fault_that_is_not_there_is_found() -> None:
    assert compared(Other(reverses=False), [WRONG_USER, WRONG_ACTION]).divergences
