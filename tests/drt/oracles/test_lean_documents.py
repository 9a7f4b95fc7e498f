"""An engine may leave every empty member of a canonical document out, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from drt.engines.answers import read_outcome
from drt.engines.guard import Guarded
from drt.engines.outside import OutsideEngine
from drt.engines.production_engine import ProductionEngine
from drt.model.case import Case
from drt.model.divergence import Divergence
from drt.model.engine import Engine, NotLoaded, Session
from drt.model.outcome import Accepted, Answered
from drt.model.partial_outcome import PartiallyAuthorized
from drt.model.question import QUESTIONS, Question
from drt.oracles.comparing import difference
from drt.targets.table import TARGETS
from generators.choice.sources import RecordingSource

Json = Any
Change = Callable[[Json], Json]

CASES = 6
UID = '{"type": "U", "id": "u"}'

ABSENT: tuple[Json, ...] = ({}, [], None)


def pruned(document: Json, *names: str) -> Json:
    """Leave out the members of those names that are empty."""
    return {name: item for name, item in document.items() if name not in names or item not in ABSENT}


def lean_policy(policy: Json) -> Json:
    made = pruned(policy, "conditions", "annotations")
    made["action"] = pruned(policy["action"], "entities")
    if "conditions" in made:
        made["conditions"] = [without_empty_patterns(each) for each in made["conditions"]]
    return made


def without_empty_patterns(value: Json) -> Json:
    match value:
        case {"like": {"left": left, "pattern": []}}:
            return {"like": {"left": without_empty_patterns(left)}}
        case dict():
            return {name: without_empty_patterns(item) for name, item in value.items()}
        case list():
            return [without_empty_patterns(item) for item in value]
    return value


def lean_policies(document: Json) -> Json:
    parts = {
        part: {name: lean_policy(each) for name, each in document[part].items()}
        for part in ("staticPolicies", "templates")
    }
    return pruned(document | parts, "staticPolicies", "templates", "templateLinks")


def lean_entities(document: Json) -> Json:
    return [pruned(entity, "attrs", "parents", "tags") for entity in reversed(document)]


def lean_type(written: Json) -> Json:
    match written:
        case {"type": "Record", "attributes": members}:
            return pruned(
                written | {"attributes": {name: lean_type(each) for name, each in members.items()}},
                "attributes",
            )
        case {"type": "Set", "element": element}:
            return written | {"element": lean_type(element)}
        case {"type": dict() as kind}:
            return written | {"type": lean_type(kind)}
    return written


def lean_schema(document: Json) -> Json:
    """Leave out what is empty of a schema in canonical form; a record without attributes is no shape."""
    types, actions = {}, {}
    for name, declared in document["entityTypes"].items():
        shaped = declared | {
            part: lean_type(declared[part]) for part in ("shape", "tags") if declared.get(part)
        }
        shape = {} if shaped.get("shape") == {"type": "Record"} else shaped.get("shape", {})
        types[name] = pruned(shaped | {"shape": shape}, "memberOf", "shape", "tags")
    for uid, action in document["actions"].items():
        actions[uid] = pruned(action, "memberOf", "appliesTo")
        if applies := action.get("appliesTo"):
            actions[uid]["appliesTo"] = {**applies, "context": lean_type(applies["context"])}
    return pruned({"entityTypes": types, "actions": actions}, "entityTypes", "actions")


def lean_linked(document: Json) -> Json:
    """Leave out what is empty of a schema in Cedar's own format."""
    return {
        namespace: pruned(
            {
                part: {
                    name: pruned(each, "memberOf", "memberOfTypes", "tags") for name, each in items.items()
                }
                for part, items in declared.items()
            },
            "entityTypes",
            "actions",
            "commonTypes",
        )
        for namespace, declared in document.items()
    }


def lean_step(step: Json) -> Json:
    return step | {"policies": lean_policies(step["policies"]), "entities": lean_entities(step["entities"])}


LEAN: dict[str, Change] = {
    "read_policies": lean_policies,
    "read_entities": lean_entities,
    "read_expression": without_empty_patterns,
    "read_schema": lean_schema,
    "link_schemas": lean_linked,
    "revise": lambda steps: [lean_step(step) for step in steps],
    "partially_authorize": lean_policy,
}


def changed(text: str, change: Change) -> str:
    return json.dumps(change(json.loads(text)), indent=1) if text else text


class Writing:
    """The production engine, whose documents are changed before they are answered."""

    name = "writing"
    version = "1"

    def __init__(self, changes: dict[str, Change]) -> None:
        self.changes = changes
        self.sound = ProductionEngine()
        self.written = 0

    def variants(self) -> tuple[()]:
        return ()

    def load(self, case: Case) -> Session | NotLoaded:
        loaded = self.sound.load(case)
        return loaded if isinstance(loaded, NotLoaded) else Loaded(self, loaded)

    def ask(self, question: Question[Any]) -> Any:
        return self.answered(question, self.sound)

    def answered(self, question: Question[Any], target: Any) -> Any:
        outcome = target.ask(question)
        change = self.changes.get(question.name)
        if change is None:
            return outcome
        match outcome:
            case Accepted(canonical):
                made: Any = replace(outcome, canonical=changed(canonical, change))
            case Answered(answers):
                made = Answered(changed(answers, change))
            case PartiallyAuthorized(residuals=residuals):
                made = replace(
                    outcome, residuals=tuple((name, changed(text, change)) for name, text in residuals)
                )
            case _:
                return outcome
        self.written += made != outcome
        return made


class Loaded:
    """A case that is loaded."""

    def __init__(self, engine: Writing, session: Session) -> None:
        self.engine = engine
        self.session = session

    def ask(self, question: Question[Any]) -> Any:
        return self.engine.answered(question, self.session)


DRAWN = (
    "policies-json", "trees-json", "trees", "print-policies", "entities", "valid-entities", "valid-schemas",
    "valid-translations", "schema-rules", "store-rules", "valid-linking", "revisions",
    "partial-responses", "partial-residuals", "law-links",
)  # fmt: skip


def divergences(target: str, engine: Engine, cases: int = CASES) -> list[Divergence]:
    engines = [Guarded(engine), Guarded(ProductionEngine())]
    drawn = (TARGETS[target].draw(RecordingSource(seed)) for seed in range(cases))
    return [one for case in drawn for one in TARGETS[target].oracle(case, engines).divergences]


@pytest.mark.parametrize("target", DRAWN)
def test_empty_members_may_be_left_out(target: str) -> None:
    lean = Writing(LEAN)
    assert divergences(target, OutsideEngine(lean)) == []
    assert lean.written > 0


def turned(document: Json) -> Json:
    """Turn the links around, and the sets whose elements are values."""
    match document:
        case {"Set": list() as elements} if all(each.keys() == {"Value"} for each in elements):
            return {"Set": elements[::-1]}
        case {"templateLinks": list() as links}:
            return {part: turned(item) for part, item in document.items()} | {"templateLinks": links[::-1]}
        case dict():
            return {name: turned(item) for name, item in document.items()}
        case list():
            return [turned(item) for item in document]
    return document


@pytest.mark.parametrize("target", ["trees", "trees-json", "policies-json", "print-policies", "law-links"])
def test_links_and_set_values_have_no_order(target: str) -> None:
    engine = Writing({"read_policies": turned, "read_expression": turned})
    assert divergences(target, OutsideEngine(engine), 30) == []
    assert engine.written > 0


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ('{"Set":[{"Value":1},{"Value":2}]}', '{"Set":[{"Value":2},{"Value":1}]}', None),
        ('{"Set":[{"Value":1},{"Value":2}]}', '{"Set":[{"Value":2},{"Value":3}]}', "document"),
        ('{"Set":[{"Var":"action"},{"Value":2}]}', '{"Set":[{"Value":2},{"Var":"action"}]}', "document"),
        ('[{"kind":"when"},{"kind":"unless"}]', '[{"kind":"unless"},{"kind":"when"}]', "document"),
        ("no JSON", "none either", "document"),
        ("[" * 5_000, "[" * 5_001, "document"),
    ],
)
def test_what_is_evaluated_keeps_its_order(one: str, other: str, found: str | None) -> None:
    assert difference(Accepted(one), Accepted(other)) == found


def without_conditions(document: Json) -> Json:
    for policy in document["staticPolicies"].values():
        policy["conditions"] = []
    return document


def without_members(*names: str) -> Change:
    """Make a change that loses members of all entities, whatever they hold."""
    return lambda document: [
        {name: item for name, item in entity.items() if name not in names} for entity in document
    ]


def without_templates(document: Json) -> Json:
    return {part: item for part, item in document.items() if part == "staticPolicies"}


def without_groups(document: Json) -> Json:
    for declared in (*document["entityTypes"].values(), *document["actions"].values()):
        declared.pop("memberOf", None)
    return document


@pytest.mark.parametrize(
    ("ask", "change", "target"),
    [
        ("read_policies", without_conditions, "trees"),
        ("read_policies", without_conditions, "trees-json"),
        ("read_policies", without_templates, "policies-json"),
        ("read_entities", without_members("parents"), "entities"),
        ("read_entities", without_members("attrs"), "entities"),
        ("read_entities", without_members("tags"), "entities"),
        ("read_schema", without_groups, "valid-schemas"),
    ],
)
def test_a_member_that_holds_something_is_not_left_out(ask: str, change: Change, target: str) -> None:
    assert divergences(target, OutsideEngine(Writing({ask: change})), 40)


@pytest.mark.parametrize(
    ("ask", "document", "complete"),
    [
        ("read_policies", "{}", {"staticPolicies": {}, "templates": {}, "templateLinks": []}),
        ("read_policies", '{"templateLinks": null}', {"staticPolicies": {}, "templates": {}, "templateLinks": []}),
        ("read_entities", f'[{{"uid": {UID}}}]', [{"uid": json.loads(UID), "attrs": {}, "parents": []}]),
        ("read_schema", "{}", {"entityTypes": {}, "actions": {}}),
        ("read_schema", '{"N": {}}', {"entityTypes": {}, "actions": {}}),
        ("read_schema", '{"actions": {"Action::\\"a\\"": {}}}', {
            "entityTypes": {}, "actions": {'Action::"a"': {"appliesTo": None, "memberOf": []}},
        }),
        ("link_schemas", '{"N": {"entityTypes": {"U": {"shape": {"type": "Record"}}}}}', {"N": {
            "entityTypes": {"U": {"shape": {"type": "Record", "attributes": {}}}}, "actions": {},
        }}),
        ("read_expression", '{"like": {"left": {"Set": []}}}', {"like": {"left": {"Set": []}, "pattern": []}}),
    ],
)  # fmt: skip
def test_what_is_absent_is_empty(ask: str, document: str, complete: Json) -> None:
    read = read_outcome(QUESTIONS[ask], {"outcome": "Accepted", "canonical": document})
    assert isinstance(read, Accepted)
    assert json.loads(read.canonical) == complete


@pytest.mark.parametrize("document", ["[]", "3", '{"staticPolicies": []}', '{"templates": {"p": 1}}'])
def test_what_is_no_policy_set_breaks_no_law(document: str) -> None:
    """It is a divergence, or a question that cannot be put."""
    engine = OutsideEngine(Writing({"read_policies": lambda _: json.loads(document)}))
    assert divergences("print-policies", engine)
    assert divergences("law-links", engine) == []
