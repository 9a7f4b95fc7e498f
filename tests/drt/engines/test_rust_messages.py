from __future__ import annotations

import json
from typing import cast

import pytest

from drt.engines.rust_messages import error_kind, validation_error_kind
from tests.shared_material import shared_folder


@pytest.mark.shared
def test_every_recorded_message_is_classified_as_its_record_says() -> None:
    records = shared_folder("conformance", "extra", "eval", "eval.jsonl").read_text("utf-8").splitlines()
    failing = [record for record in map(json.loads, records) if "error" in record]

    assert len({record["error_kind"] for record in failing}) == 7
    for record in failing:
        assert error_kind(record["error"]) == record["error_kind"], record["id"]


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ('`A::"` does not have the tag `x"` does not have the attribute `a`', "attr-missing"),
        ('`A::"\\"` does not have the tag "` does not have the attribute `a`', "attr-missing"),
        ("record does not have the attribute `type error: `", "attr-missing"),
        ("recursion limit reached", "recursion-limit"),
        ("integer overflow while attempting to negate the value `x`", "overflow"),
        ("something new", None),
    ],
)
def test_quoted_names_do_not_decide(message: str, kind: str | None) -> None:
    assert error_kind(message) == cast(object, kind)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("the types Long and String are not compatible", "incompatible_types"),
        ("attribute `empty set literals are forbidden in policies` not found", "unsafe_attribute_access"),
        ('entity `A::"unexpected type: "` is of an enumerated entity type, but `x`', "invalid_enum_entity"),
        ("unable to guarantee safety of access to tag `x` on entity type `A`", "unsafe_tag_access"),
        ("something new", None),
    ],
)
def test_a_validation_message_has_the_kind_that_it_begins_with(message: str, kind: str | None) -> None:
    assert validation_error_kind(message) == cast(object, kind)
