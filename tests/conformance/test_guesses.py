"""After an error both engines go on with the types that the Rust engine 4.14.1 goes on with (spec 08 §13)."""

from __future__ import annotations

import pytest

from drt.engines import build
from drt.model.case import Case, Source
from drt.model.engine import NotLoaded
from drt.model.outcome import Validated
from drt.model.question import Validate

SCHEMA = Source("""
    entity A; entity B { a: A, o?: A, c: {} };
    action x appliesTo { principal: B, resource: A, context: {} };
""")
BOTH, ELSE_ALONE = "incompatible_types", "unexpected_type"
"""The errors of `if … then true else 0` where both branches are reached, and where the condition is False."""


@pytest.mark.parametrize("engine", ["reference", "production"])
@pytest.mark.parametrize(
    ("condition", "kinds"),
    [
        ("[] && false", {"empty_set", BOTH}),
        ("[] || true", {"empty_set", BOTH}),
        ("principal.nope && false", {"unsafe_attribute_access", BOTH}),
        ("principal.nope || (true || 1)", {"unsafe_attribute_access", BOTH}),
        ("principal.nope && true && false", {"unsafe_attribute_access", ELSE_ALONE}),
        ("principal.o in principal", {"unsafe_optional_attribute_access", BOTH}),
        ("principal in [principal.o]", {"unsafe_optional_attribute_access", BOTH}),
        ("principal.o is A in principal", {"unsafe_optional_attribute_access", BOTH}),
        ("principal.a in principal", {ELSE_ALONE}),
    ],
)
def test_the_kinds_are_those_of_the_rust_engine(condition: str, kinds: set[str], engine: str) -> None:
    policy = f"permit(principal, action, resource) when {{ if {condition} then true else 0 }};"
    session = build(engine).load(Case(Source(policy), "[]", SCHEMA))
    assert not isinstance(session, NotLoaded)
    verdict = session.ask(Validate("strict"))
    assert isinstance(verdict, Validated)
    assert {kind for _, kind in verdict.errors or ()} == kinds
