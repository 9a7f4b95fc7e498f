"""Questions about schemas and policies (spec 13 §1–§3): the recorded answers, and the rules of the chapter."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest

from drt.engines.production_engine import ProductionEngine
from drt.model.case import Inquiry, Source
from drt.model.outcome import Answered, Rejected, Unlinkable
from production import PolicyError, PolicySet, Schema, Uid
from tests.production.asking import literal
from tests.shared_material import shared_folder

SCHEMA = Schema.from_cedar("""
    entity Org; entity Group in [Group, Org]; entity User in [Group] {name: String};
    entity Doc; entity Color enum ["red", "blue"];
    action all; action view in [all] appliesTo {
        principal: [User, Group], resource: Doc, context: {mfa: Bool}
    };
    action edit in [view] appliesTo {principal: User, resource: Doc};
    action paint appliesTo {principal: User, resource: Color};
""")
VIEW, EDIT, PAINT, ALL = (Uid("Action", name) for name in ("view", "edit", "paint", "all"))


def live(text: str, schema: Schema = SCHEMA) -> set[tuple[str, ...]]:
    """The environments of the only policy, slots included, as plain tuples."""
    policies = PolicySet.from_text(text)
    (policy,) = (*policies.statics.values(), *policies.templates.values())
    return {
        tuple(
            part
            for part in (one.principal, one.action.id, one.resource, one.principal_slot, one.resource_slot)
            if part is not None
        )
        for one in schema.live_environments(policy)
    }


def when(condition: str) -> set[tuple[str, ...]]:
    return live(f"permit(principal, action, resource) when {{ {condition} }};")


EVERYWHERE = {
    ("User", "view", "Doc"),
    ("Group", "view", "Doc"),
    ("User", "edit", "Doc"),
    ("User", "paint", "Color"),
}


def test_what_a_schema_declares() -> None:
    assert SCHEMA.entity_types == {"Org", "Group", "User", "Doc", "Color"}
    assert SCHEMA.actions == {VIEW, EDIT, PAINT, ALL}
    assert SCHEMA.action_groups == {ALL, VIEW}
    assert SCHEMA.principals == {"User", "Group"}
    assert SCHEMA.resources == {"Doc", "Color"}
    assert SCHEMA.is_complete


def test_what_fits_together() -> None:
    assert SCHEMA.principals_for_action(VIEW) == {"User", "Group"}
    assert SCHEMA.resources_for_action(ALL) == frozenset()
    assert SCHEMA.principals_for_action(Uid("Action", "nope")) is None
    assert SCHEMA.actions_for_types("User", "Doc") == {VIEW, EDIT}
    assert SCHEMA.actions_for_types("User", "Nope") == frozenset()
    assert {
        (one.principal, one.action.id, one.resource) for one in SCHEMA.request_environments()
    } == EVERYWHERE


def test_hierarchies() -> None:
    assert SCHEMA.ancestors("User") == {"Group", "Org"}
    assert SCHEMA.ancestors("Group") == {"Group", "Org"}
    assert SCHEMA.ancestors("Nope") is None
    assert {entity.uid: entity.parents for entity in SCHEMA.action_entities()} == {
        ALL: frozenset(), VIEW: {ALL}, EDIT: {VIEW, ALL}, PAINT: frozenset(),
    }  # fmt: skip


def test_what_is_external() -> None:
    schema = Schema.from_cedar("""
        external entity P; entity D in [P]; external action g in [top]; action top; action a in [g];
    """)

    assert (schema.external_entity_types, schema.defined_entity_types) == ({"P"}, {"D"})
    assert {uid.id for uid in schema.external_actions} == {"g"}
    assert {uid.id for uid in schema.defined_actions} == {"a", "top"}
    assert {entity.uid.id: len(entity.parents) for entity in schema.action_entities()} == {"a": 2, "top": 0}
    assert not schema.is_complete
    assert live("permit(principal, action, resource);", schema) == set()


def test_constraints_and_conditions() -> None:
    policies = PolicySet.from_text(
        '@a("b") permit(principal is User in ?principal, action in [Action::"x", Action::"x"], resource)'
        " when { true };"
    ).link("policy0", "link", {"?principal": Uid("Group", "g")})
    link = policies.links["link"]

    assert link.policy().principal.entity == Uid("Group", "g")
    assert link.policy().annotations == {"a": "b"}
    assert link.policy().action.entities == (Uid("Action", "x"), Uid("Action", "x"))
    assert link.template.has_conditions
    assert not link.template.is_static
    assert link.policy().is_static
    assert (link.template_id, link.values) == ("policy0", {"?principal": Uid("Group", "g")})


@pytest.mark.parametrize(
    ("condition", "counts"),
    [
        ('principal == User::"a" || User::"a" == User::"b"', {"a": 2, "b": 1}),
        ('false && [{x: User::"a"}].contains(User::"b")', {"a": 1, "b": 1}),
        ('User::"a" has x.y.z', {"a": 1}),
        ('User::"a" is User in User::"b"', {"a": 2, "b": 1}),
        ('context.name == "User::\\"a\\""', {}),
        ("principal is User", {}),
    ],
)
def test_entity_literals(condition: str, counts: dict[str, int]) -> None:
    policies = PolicySet.from_text(f"permit(principal, action, resource) when {{ {condition} }};")
    (policy,) = policies.statics.values()

    assert {uid.id: count for uid, count in policy.entity_literals().items()} == counts


def test_the_values_of_a_link_are_no_literals() -> None:
    policies = PolicySet.from_text('permit(principal == ?principal, action == Action::"v", resource);').link(
        "policy0", "link", {"?principal": Uid("User", "u")}
    )

    assert policies.links["link"].entity_literals() == {Uid("Action", "v"): 1}


def test_nested_tests_of_types_do_not_explode() -> None:
    nested = "(" * 200 + 'User::"a"' + ' is User in User::"b")' * 200
    (policy,) = PolicySet.from_text(
        f"permit(principal, action, resource) when {{ {nested} }};"
    ).statics.values()

    assert policy.entity_literals()[Uid("User", "a")] == 2**200


def test_literals_are_replaced_at_once() -> None:
    policies = PolicySet.from_text(
        '@id("User::\\"a\\"") permit(principal == User::"a", action in [Action::"v"], resource in User::"b")'
        ' when { principal is User in User::"b" && context.x == "User::\\"a\\"" };'
    )
    a, b = Uid("User", "a"), Uid("User", "b")
    swapped = policies.replacing({a: b, b: a})

    assert swapped.to_text() == policies.to_text().replace('User::"a",', 'User::"?",').replace(
        'User::"b"', 'User::"a"'
    ).replace('User::"?"', 'User::"b"')
    assert swapped.replacing({a: b, b: a}).to_json() == policies.to_json()
    assert policies.replacing({Uid("User", "c"): a}).statics["policy0"] is policies.statics["policy0"]


def test_an_action_scope_holds_actions_only() -> None:
    policies = PolicySet.from_text('permit(principal, action == Action::"v", resource);')

    with pytest.raises(PolicyError):
        policies.replacing({Uid("Action", "v"): Uid("User", "a")})


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("true", EVERYWHERE),
        ("false", set()),
        ("context.mfa", {("User", "view", "Doc"), ("Group", "view", "Doc")}),
        ('principal.name == "a"', EVERYWHERE - {("Group", "view", "Doc")}),
        ("principal is Nope", set()),
        ('principal == Nope::"x"', set()),
        ('principal is Group || principal == Nope::"x"', {("Group", "view", "Doc")}),
        ('resource == Color::"green"', {("User", "paint", "Color")}),
        ('action == Action::"edit"', {("User", "edit", "Doc")}),
    ],
)
def test_live_environments(condition: str, expected: set[tuple[str, ...]]) -> None:
    assert when(condition) == expected


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ('principal, action in Action::"view", resource', EVERYWHERE - {("User", "paint", "Color")}),
        ('principal, action, resource == Color::"green"', {("User", "paint", "Color")}),
        ('principal == Nope::"x", action, resource', set()),
        ("principal, action in [], resource", set()),
        ("principal is Group, action in [], resource", set()),
        ('principal == ?principal, action == Action::"edit", resource', {("User", "edit", "Doc", "User")}),
        (
            'principal in ?principal, action == Action::"edit", resource in ?resource',
            {("User", "edit", "Doc", above, "Doc") for above in ("User", "Group", "Org")},
        ),
    ],
)
def test_live_environments_of_scopes(scope: str, expected: set[tuple[str, ...]]) -> None:
    assert live(f"permit({scope});") == expected


@pytest.mark.parametrize("condition", ["true", "context.mfa", "false", 'principal.name == "a"', "1 == 2"])
def test_law_no_live_environment_means_an_impossible_policy(condition: str) -> None:
    policies = PolicySet.from_text(f"permit(principal, action, resource) when {{ {condition} }};")
    found = SCHEMA.validate(policies)
    impossible = any(warning.kind == "impossible_policy" for warning in found.warnings)

    assert not found.valid or impossible is (not when(condition))


def _uid_json(text: str) -> str:
    uid = literal(text)
    return json.dumps({"type": uid.type, "id": uid.id})


def _source(document: object) -> Source:
    return Source(document) if isinstance(document, str) else Source(json.dumps(document), "json")


def _agree(ours: object, recorded: object, key: str = "") -> bool:
    """Whether recorded answers are among ours; multisets of literals have no order."""
    if isinstance(recorded, dict):
        return isinstance(ours, dict) and all(
            name in ours and _agree(ours[name], value, name) for name, value in recorded.items()
        )
    if key in ("entity_literals", "substituted_literals") and isinstance(recorded, list):
        return ours == sorted(recorded)
    return ours == recorded


@pytest.mark.shared
def test_recorded_answers() -> None:
    lines: Iterable[str] = (shared_folder("questions") / "questions.jsonl").read_text("utf-8").splitlines()
    for record in map(json.loads, lines):
        schemas = record.get("link_schemas", [record["schema"]] if "schema" in record else [])
        inquiry = Inquiry(
            tuple(map(_source, schemas)),
            Source(record["policies"]) if "policies" in record else None,
            tuple(
                (
                    link["template"],
                    link["id"],
                    tuple((slot, _uid_json(uid)) for slot, uid in link["values"].items()),
                )
                for link in record.get("links", ())
            ),
            tuple(record.get("extra_types", ())),
            tuple(record.get("extra_actions", ())),
            tuple(record.get("substitute", {}).items()),
        )
        answer = ProductionEngine().answer(inquiry)
        recorded = record["answers"]
        if recorded.get("refused"):
            assert isinstance(answer, Rejected), record["id"]
        elif "link_error" in recorded:
            assert answer == Unlinkable(recorded["link_error"]), record["id"]
        else:
            assert isinstance(answer, Answered), record["id"]
            assert _agree(json.loads(answer.answers), recorded), record["id"]
