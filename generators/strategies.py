"""Hypothesis strategies of schemas, entities, policies, requests and scenarios: the face for property tests.

Each draws by the same plain function as every other source. The result of one strategy is the input of the
next: `entities(schema)`, `policy_sets(schema, entities)`, `requests(schema, entities)`; `scenarios(profile)`
draws all of it.

>>> from hypothesis import given, settings
>>> from hypothesis import strategies as st

>>> @settings(max_examples=3, database=None, deadline=None)
... @given(st.data(), schemas())
... def test_every_request_is_for_an_action_of_the_schema(data, schema):
...     store = data.draw(entities(schema))
...     policies = data.draw(policy_sets(schema, store))
...     request = data.draw(requests(schema, store))
...     assert policies
...     assert request.action in schema.actions_by_uid
>>> test_every_request_is_for_an_action_of_the_schema()

>>> @settings(max_examples=3, database=None, deadline=None)
... @given(scenarios())
... def test_a_scenario_is_written_as_text(drawn):
...     assert drawn.policies_text() and drawn.schema_text()
>>> test_a_scenario_is_written_as_text()

Whole cases, one strategy per target of a run, are in `drt.targets.strategies`.
"""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis.strategies import SearchStrategy

from generators.choice.hypothesis_source import drawn_by
from generators.choice.profiles import TYPED, Profile
from generators.choice.sources import Source
from generators.choice.swarm import NOTHING
from generators.draw.context import Context
from generators.draw.entities import Values, draw_entities
from generators.draw.policies import draw_policies, draw_witness
from generators.draw.schemas import draw_schema
from generators.draw.syntax import Policy, Uid
from generators.draw.world import Entity, Request, Schema
from generators.scenarios import Scenario, scenario


def scenarios(profile: Profile = TYPED) -> SearchStrategy[Scenario]:
    """Return a strategy of whole scenarios of a profile."""
    return drawn_by(lambda source: scenario(source, profile))


def schemas(profile: Profile = TYPED) -> SearchStrategy[Schema]:
    """Return a strategy of schemas with at least one request environment."""
    return drawn_by(lambda source: draw_schema(source, profile, NOTHING))


def entities(schema: Schema, profile: Profile = TYPED) -> SearchStrategy[tuple[Entity, ...]]:
    """Return a strategy of entities that fit a schema, in a hierarchy without cycles."""

    def draw(source: Source) -> tuple[Entity, ...]:
        values = Values(source, profile, schema, set())
        return tuple(draw_entities(source, schema, values, NOTHING).values())

    return drawn_by(draw)


def policy_sets(
    schema: Schema, entities: Iterable[Entity], profile: Profile = TYPED
) -> SearchStrategy[tuple[Policy, ...]]:
    """Return a strategy of policy sets over a schema and its entities."""
    known = tuple(entities)

    def draw(source: Source) -> tuple[Policy, ...]:
        return tuple(aimed.policy for aimed in draw_policies(_context(source, profile, schema, known)))

    return drawn_by(draw)


def requests(schema: Schema, entities: Iterable[Entity], profile: Profile = TYPED) -> SearchStrategy[Request]:
    """Return a strategy of single requests that fit a schema, about its entities."""
    known = tuple(entities)

    def draw(source: Source) -> Request:
        context = _context(source, profile, schema, known)
        return draw_witness(context, source.choice(schema.environments))

    return drawn_by(draw)


def _context(source: Source, profile: Profile, schema: Schema, entities: tuple[Entity, ...]) -> Context:
    """Return a context on entities that were drawn before; a type without any has one that does not exist."""
    values = Values(source, profile, schema, set())
    for entity_type in schema.entity_types:
        name = entity_type.name
        listed = [Uid(name, id_) for id_ in entity_type.enum]
        present = [entity.uid for entity in entities if entity.uid.type == name]
        values.uids[name] = listed or present or [Uid(name, "zz")]
    return Context(source, profile, schema, values, {entity.uid: entity for entity in entities}, NOTHING)
