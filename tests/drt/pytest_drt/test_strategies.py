"""Strategies from a schema: what they draw conforms, and the pages' examples hold and can fail."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drt.model.errors import InputProblem
from drt.pytest_drt.strategies import policies_for, requests_for, stores_for
from production import Schema

PAGE = Path(__file__).resolve().parents[3] / "docs" / "property-tests.md"
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)

SCHEMA = """
namespace N {
  type Address = { street: String, number?: Long };
  entity Group;
  entity User in [Group] { home: Address, ip: ipaddr, friends: Set<User> } tags String;
  entity Colour enum ["red", "green"];
  action all;
  action view, edit in [all] appliesTo { principal: User, resource: [Group, Colour], context: { at: datetime, n: Long } };
}
"""
MANY = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@MANY
@given(st.data(), stores_for(SCHEMA))
def test_stores_and_requests_conform(data: Any, store: Any) -> None:
    schema = Schema.from_text(SCHEMA)
    assert schema.read_entities(store.to_json()).to_json() == store.to_json()
    request = data.draw(requests_for(SCHEMA, entities=store))
    schema.check_request(request)
    present = {entity.uid for entity in store}
    of_type = {uid for uid in present if uid.type == request.resource.type}
    assert request.resource in of_type or not of_type


@MANY
@given(policies_for(SCHEMA))
def test_policies_are_valid(policies: Any) -> None:
    assert Schema.from_text(SCHEMA).validate(policies).valid


def test_constants_of_the_policies_are_drawn() -> None:
    seen: set[int] = set()

    @settings(max_examples=200, deadline=None, database=None, derandomize=True)
    @given(requests_for(SCHEMA, policies="permit(principal, action, resource) when { context.n >= 87654 };"))
    def draw(request: Any) -> None:
        seen.add(request.context["n"])

    draw()
    assert {87653, 87654, 87655} <= seen


@pytest.mark.parametrize("schema", ["entity User", "entity User;"])
def test_a_schema_of_no_use_is_refused(schema: str) -> None:
    with pytest.raises(InputProblem, match="the schema "):
        requests_for(schema)


def example(code: str) -> Any:
    """Run a page's example and give its test, without a database of earlier failures."""
    names: dict[str, Any] = {}
    exec(code, names)
    [test] = [value for name, value in names.items() if name.startswith("test_")]
    return settings(max_examples=300, deadline=None, database=None, suppress_health_check=list(HealthCheck))(
        test
    )


@pytest.mark.parametrize("code", EXAMPLES, ids=range(len(EXAMPLES)))
def test_the_examples_hold(code: str) -> None:
    example(code)()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "before", "after"),
    [
        (0, "resource.owner == principal", "principal == principal"),
        (1, "context.amount <= 1000", "context.amount <= 1001"),
        (2, 'principal in resource.readers };\n"""', 'principal == principal };\n"""'),
    ],
)
def test_the_examples_fail_where_the_policies_are_wrong(number: int, before: str, after: str) -> None:
    code = EXAMPLES[number]
    assert before in code
    with pytest.raises(AssertionError):
        example(code.replace(before, after))()
