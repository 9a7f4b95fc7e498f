"""Kinds of errors and warnings: the recorded ones (spec 08 §8, §13), and what each warning looks at."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pytest

from production import PolicySet, Schema, SchemaError
from production.validation.validator import Validation
from tests.production.asking import literal
from tests.production.validation_schemas import STRICT_EXAMPLES, policy
from tests.shared_material import shared_folder

Record = dict[str, Any]


def records(name: str) -> Iterator[Record]:
    lines = (shared_folder("conformance", "extra", "warnings") / name).read_text("utf-8").splitlines()
    return map(json.loads, lines)


@cache
def schemas(folder: Path) -> Record:
    found: Record = json.loads((folder / "schemas.json").read_text("utf-8"))
    return found


def read_schema(document: Any) -> Schema:
    return (
        Schema.from_cedar(document) if isinstance(document, str) else Schema.from_json(json.dumps(document))
    )


def validated(record: Record, document: Any) -> Validation:
    policies = PolicySet.from_text(record["policies"]).link_all(
        (link["template"], link["id"], {slot: literal(text) for slot, text in link["values"].items()})
        for link in record.get("links", ())
    )
    mode: Literal["strict", "permissive"] = record.get("mode", "strict")
    return read_schema(document).validate(policies, mode, record.get("level"))


def expected_warnings(record: Record, invalid: set[str]) -> set[tuple[str, ...]]:
    """The recorded warnings that are compared; suggestions of the engine's are left out."""
    found: set[tuple[str, ...]] = set()
    for policy_id, kind, *texts in record["warnings"]:
        if kind == "no_applicable_action":
            found.add((policy_id, kind))
        elif kind != "impossible_policy" or policy_id not in invalid:
            found.add((policy_id, kind, *texts))
    return found


def check_errors(record: Record, found: Validation) -> None:
    """One recorded kind is all there is; of several, which engines guess differently, ours are some."""
    for policy_id, is_valid in found.verdicts.items():
        ours = {error.kind for error in found.errors if error.policy == policy_id}
        recorded = {kind for name, kind in record["errors"] if name == policy_id}
        assert is_valid is (not recorded), record["id"]
        assert ours == recorded if len(recorded) < 2 else ours and ours <= recorded, record["id"]


@pytest.mark.slow
@pytest.mark.shared
@pytest.mark.parametrize("name", ["text.jsonl", "hand.jsonl", "membership.jsonl", "generated.jsonl"])
def test_recorded_errors_and_warnings(name: str) -> None:
    folder = shared_folder("conformance", "extra", "warnings")
    for record in records(name):
        document = schemas(folder)[record["schema_ref"]]
        if record.get("schema") == "refused":
            with pytest.raises(SchemaError):
                read_schema(document)
            continue
        found = validated(record, document)
        invalid = {error.policy for error in found.errors}
        assert found.valid is record["valid"], record["id"]
        assert {(one.policy, one.kind, *one.texts) for one in found.warnings} == expected_warnings(
            record, invalid
        ), record["id"]
        check_errors(record, found)


def kinds(text: str) -> list[tuple[str, ...]]:
    found = STRICT_EXAMPLES.validate(PolicySet.from_text(text)).warnings
    return [(one.kind, *one.texts) for one in found]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ('principal.name == "user\u202e"', ("bidi_string", "user\u202e")),
        ('principal.name == "say_\u04bbello"', ("mixed_script_string", "say_\u04bbello")),
        ('principal == User::"\u2066"', ("bidi_identifier", "\u2066")),
        ('principal == User::"is\u200bAdmin"', ("confusable_identifier", "is\u200bAdmin", "\u200b")),
        ('principal == User::"say_\u04bbello"', ("mixed_script_identifier", "say_\u04bbello")),
        ('principal has "\u20ac"', ("confusable_identifier", "\u20ac", "\u20ac")),
        ('principal.name like "\u0430\\n"', ("mixed_script_string", "\u0430\\n")),
        ('false && principal.name == "a\ue000"', ("mixed_script_string", "a\ue000")),
    ],
)
def test_a_misleading_text_is_warned_of(condition: str, expected: tuple[str, ...]) -> None:
    found = STRICT_EXAMPLES.validate(policy(condition, 'principal, action == Action::"view", resource'))

    assert found.valid
    assert expected in [(one.kind, *one.texts) for one in found.warnings]


@pytest.mark.parametrize(
    "text",
    [
        '"\u6f22\u5b57\u304b\u306a"', '"\u6f22\u5b57\ud55c\uae00"', '"12 + 3"', '"\u30fc\u304b"', '"\u2019s"',
    ],
)  # fmt: skip
def test_texts_of_one_writing_system_pass(text: str) -> None:
    condition = f"principal.name == {text}"

    assert kinds(f'permit(principal, action == Action::"view", resource) when {{ {condition} }};') == []


def test_annotations_and_comments_are_not_looked_at() -> None:
    assert kinds('@id("\u202e") permit(principal, action, resource); // say_\u04bbello') == []


def test_a_text_is_warned_of_once() -> None:
    condition = 'principal.name == "\u202e" || principal.name == "\u202e"'

    assert kinds(f'permit(principal, action == Action::"view", resource) when {{ {condition} }};') == [
        ("bidi_string", "\u202e")
    ]


def test_all_errors_of_a_policy_are_reported() -> None:
    condition = 'principal.nope == 1 || principal.name < 2 || Zed::"z" == principal || ip("x").isIpv4()'
    found = STRICT_EXAMPLES.validate(policy(condition, 'principal, action == Action::"view", resource'))

    assert [(error.kind, error.expression) for error in found.errors] == [
        ("unrecognized_entity_type", 'Zed::"z"'),
        ("unsafe_attribute_access", "principal.nope"),
        ("unexpected_type", "principal.name"),
        ("function_argument", 'ip("x")'),
    ]


def test_an_incomplete_schema_validates_nothing() -> None:
    schema = Schema.from_cedar("external entity U; entity D; action a appliesTo {principal: D, resource: D};")
    policies = PolicySet.from_text(
        'permit(principal, action, resource) when { 1 + "\u202e" };'
        "permit(principal == ?principal, action, resource);"
    ).link("policy1", "link", {"?principal": literal('Zed::"z"')})
    found = schema.validate(policies)

    assert [(error.policy, error.kind) for error in found.errors] == [
        ("policy0", "incomplete_schema"),
        ("policy1", "incomplete_schema"),
    ]
    assert found.warnings == ()
    assert found.verdicts == {"policy0": False, "policy1": False, "link": True}
    assert schema.validate(PolicySet()).valid
