"""Hypothesis strategies from the schema of an application, for property tests of its policies.

    from drt.pytest_drt.strategies import requests_for, stores_for

    @given(stores_for(SCHEMA), requests_for(SCHEMA))
    def test_nobody_reads_drafts(entities, request):
        response = Authorizer(POLICIES, entities).authorize(request)
        assert not (response.allowed and ...)

They give the production engine's objects, which conform to the schema. Constants of the policies, if named,
are drawn often, so that conditions on them are met.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from hypothesis.strategies import SearchStrategy

from drt.engines import build
from drt.engines.production_objects import (
    Entities,
    PolicySet,
    Request,
    new_entities,
    new_policies,
    new_request,
)
from drt.model.case import Format
from drt.model.case import Source as Text
from drt.model.errors import InputProblem
from drt.model.outcome import Accepted, Rejected
from drt.model.question import ReadSchema
from drt.model.uid_text import plain_uid
from generators.choice.hypothesis_source import drawn_by
from generators.choice.profiles import TYPED, Profile
from generators.choice.sources import Source
from generators.choice.swarm import NOTHING
from generators.draw.context import Context
from generators.draw.entities import Values, draw_entities
from generators.draw.given_schemas import given_schema
from generators.draw.policies import draw_policies, draw_witness
from generators.draw.syntax import Uid, Value
from generators.draw.world import Entity, Prim, Schema, Type
from generators.printing.data_json import entities_text, request_texts
from generators.printing.policy_text import print_policies

FITTING: Profile = replace(TYPED, dangling_reference=0.0, missing_entity=0.0)

STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
NUMBER = re.compile(r"(?<![\w\".])-?\d+(?![\w\"])")
CONSTANT_SHARE = 0.5
"""How often a string or number is one of the policies' own."""


class _OwnValues(Values):
    """Values that often are constants of the policies under test."""

    def __init__(self, source: Source, schema: Schema, constants: Mapping[str, Sequence[Value]]) -> None:
        super().__init__(source, FITTING, schema, set())
        self.own = constants

    def value(self, type_: Type) -> Value:
        """Draw a value of the type."""
        if isinstance(type_, Prim) and self.own.get(type_.name) and self.source.boolean(CONSTANT_SHARE):
            return self.source.choice(self.own[type_.name])
        return super().value(type_)


def requests_for(
    schema: str, *, entities: Entities | None = None, policies: str = "", syntax: Format = "cedar"
) -> SearchStrategy[Request]:
    """Return a strategy of requests that the schema accepts.

    Principals and resources are `entities`, where there are any of a type, else entities that do not exist.
    `policies` is Cedar text whose constants are drawn often. Raises `InputProblem` for a schema that cannot
    be read or that no request fits.
    """
    world = _world(schema, syntax)
    if not world.environments:
        raise InputProblem("the schema has no action that applies to anything: no request fits it")
    known = () if entities is None else _uids(entities)

    def draw(source: Source, values: Values) -> Request:
        context = Context(source, FITTING, world, values, {}, NOTHING)
        drawn = draw_witness(context, source.choice(world.environments))
        [text] = request_texts((drawn,), FITTING.explicit_escapes)
        return new_request(text, schema, syntax)

    return drawn_by(lambda source: draw(source, _values(source, world, policies, known)))


def stores_for(schema: str, *, policies: str = "", syntax: Format = "cedar") -> SearchStrategy[Entities]:
    """Return a strategy of entity stores that conform to the schema, in hierarchies without cycles.

    Raises `InputProblem` for a schema that cannot be read.
    """
    world = _world(schema, syntax)

    def draw(source: Source) -> Entities:
        values = _OwnValues(source, world, _constants(policies))
        drawn = tuple(draw_entities(source, world, values, NOTHING).values())
        return new_entities(entities_text(drawn, FITTING.explicit_escapes), schema, syntax)

    return drawn_by(draw)


def policies_for(schema: str, *, syntax: Format = "cedar") -> SearchStrategy[PolicySet]:
    """Return a strategy of policy sets over the schema, most of which validate.

    Raises `InputProblem` for a schema that cannot be read or that no request fits.
    """
    world = _world(schema, syntax)
    if not world.environments:
        raise InputProblem("the schema has no action that applies to anything: no policy fits it")

    def draw(source: Source) -> PolicySet:
        values = Values(source, FITTING, world, set())
        entities: dict[Uid, Entity] = draw_entities(source, world, values, NOTHING)
        context = Context(source, FITTING, world, values, entities, NOTHING)
        return new_policies(print_policies(tuple(aimed.policy for aimed in draw_policies(context))))

    return drawn_by(draw)


@lru_cache(maxsize=32)
def _world(schema: str, syntax: Format) -> Schema:
    read: Any = build("production").ask(ReadSchema(Text(schema, syntax)))
    if isinstance(read, Accepted):
        return given_schema(read.canonical)
    detail = read.detail if isinstance(read, Rejected) else str(read)
    raise InputProblem(f"the schema cannot be read: {detail}")


def _values(source: Source, schema: Schema, policies: str, known: Sequence[Uid]) -> Values:
    """Draw the uids of each type: those that are known, else a few."""
    values = _OwnValues(source, schema, _constants(policies))
    values.draw_uids()
    for name in schema.types:
        present = [uid for uid in known if uid.type == name]
        values.uids[name] = present or values.uids[name] or [Uid(name, "a")]
    return values


@lru_cache(maxsize=32)
def _constants(policies: str) -> Mapping[str, Sequence[Value]]:
    """Collect the strings and numbers of a policy text, and the numbers beside them."""
    strings = dict.fromkeys(_unescaped(found) for found in STRING.findall(policies))
    without = STRING.sub('""', policies)
    numbers = dict.fromkeys(near for found in NUMBER.findall(without) for near in _near(int(found)))
    return {"String": tuple(strings), "Long": tuple(numbers)}


def _unescaped(text: str) -> str:
    try:
        return str(json.loads(f'"{text}"'))
    except ValueError:
        return text


def _near(number: int) -> tuple[int, ...]:
    return tuple(near for near in (number, number - 1, number + 1) if -(2**63) <= near < 2**63)


def _uids(entities: Entities) -> tuple[Uid, ...]:
    uids = [plain_uid(entity["uid"]) for entity in json.loads(entities.to_json())]
    return tuple(Uid(uid["type"], uid["id"]) for uid in uids if uid is not None)
