"""Long and deep schemas: read in full or refused with one message, without recursion."""

from __future__ import annotations

import sys

import pytest

from production import PolicySet, Schema, SchemaError
from production.schema import model
from production.schema.model import Reach

LONG = 20_000
DEEP = 100_000


@pytest.mark.parametrize(
    "text",
    [
        f"entity A tags {'Set<' * DEEP}Long{'>' * DEEP};",
        f"entity A {'{a: ' * DEEP}Long{'}' * DEEP};",
        f"entity A {'{a: ' * DEEP}",
        f"entity A tags {'Set<' * 1_000}Long{'>' * 1_000};",
        "type T0 = Long;" + "".join(f"type T{n} = Set<T{n - 1}>;" for n in range(1, 2_000)),
    ],
)
def test_types_nested_too_deep_are_refused(text: str) -> None:
    with pytest.raises(SchemaError, match="deeper than 1,000 levels"):
        Schema.from_cedar(text)


def test_a_thousand_levels_are_a_type() -> None:
    schema = Schema.from_cedar(f"entity A tags {'Set<' * 999}Long{'>' * 999};")

    assert schema.to_canonical().count('"Set"') == 999


@pytest.mark.parametrize("levels", [128, DEEP])
def test_json_nested_too_deep_is_refused(levels: int) -> None:
    with pytest.raises(SchemaError, match="deeper than 127 levels"):
        Schema.from_json('{"a":' * levels)


def test_json_nested_127_levels_deep_is_read() -> None:
    levels = 127 - 5
    tags = '{"type":"Set","element":' * levels + '{"type":"Long"}' + "}" * levels

    Schema.from_json(f'{{"":{{"entityTypes":{{"A":{{"tags":{tags}}}}},"actions":{{}}}}}}')


def test_exponential_abbreviations_are_refused() -> None:
    text = "type T0 = Long;" + "".join(f"type T{n} = {{x: T{n - 1}, y: T{n - 1}}};" for n in range(1, 100))

    with pytest.raises(SchemaError, match="larger than 1,000,000 parts"):
        Schema.from_cedar(text)


@pytest.mark.parametrize("backwards", [False, True])
def test_long_chains_of_common_types_cost_no_recursion(backwards: bool) -> None:
    chain = [f"type T{n} = T{n - 1};" for n in range(1, LONG)]
    chain = chain[::-1] if backwards else chain
    schema = Schema.from_cedar(f"entity A {{a: T{LONG - 1}}};" + "".join(chain) + "type T0 = Long;")

    assert '"a":{"required":true,"type":{"type":"Long"}}' in schema.to_canonical()


def test_a_long_cycle_of_common_types_is_refused() -> None:
    with pytest.raises(SchemaError, match="defined by itself"):
        Schema.from_cedar("".join(f"type T{n} = T{(n + 1) % LONG};" for n in range(LONG)))


def test_long_hierarchies_cost_no_recursion_and_no_closure() -> None:
    text = "".join(f"entity E{n} in [E{n + 1}]; action a{n} in [a{n + 1}];" for n in range(LONG))
    text += f"entity E{LONG}; action a{LONG} appliesTo {{principal: E{LONG}, resource: E0}};"
    text += "action b in [a0] appliesTo {principal: E0, resource: E0};"
    schema = Schema.from_cedar(text)
    policies = PolicySet.from_text(
        f'permit(principal in E{LONG}::"x", action in Action::"a{LONG}", resource in E5::"y");'
    )

    assert schema.validate(policies).valid
    assert len(schema.read_entities("[]")) == LONG + 2


def test_the_interpreter_is_left_as_it_was() -> None:
    before = sys.getrecursionlimit()
    Schema.from_cedar(f"entity A tags {'Set<' * 999}Long{'>' * 999};").to_cedar()

    assert sys.getrecursionlimit() == before


def test_reach_is_the_same_whatever_it_remembers(monkeypatch: pytest.MonkeyPatch) -> None:
    edges = {n: [n * 2 % 17, (n + 5) % 17] if n % 3 else [] for n in range(17)}
    expected = [Reach(edges).of(n) for n in range(17)]
    remembering = Reach(edges)

    assert [remembering.of(n) for n in (*range(17), *range(17))] == expected * 2
    monkeypatch.setattr(model, "REMEMBERED", 5)
    forgetful = Reach(edges)
    assert [forgetful.of(n) for n in (*range(17), *range(17))] == expected * 2
