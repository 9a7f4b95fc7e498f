"""The Hypothesis strategies: each draws from what the one before drew, and shrinks to something small."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from generators import strategies
from generators.choice.profiles import PROFILES, TYPED
from generators.choice.sources import ReplaySource
from generators.draw.syntax import Uid
from generators.draw.trees import size
from generators.draw.world import Schema
from generators.scenarios import Scenario, scenario

relaxed = settings(max_examples=25, database=None, deadline=None, suppress_health_check=list(HealthCheck))


@relaxed
@given(st.data())
def test_parts_are_drawn_from_what_exists(data: st.DataObject) -> None:
    schema = data.draw(strategies.schemas())
    entities = data.draw(strategies.entities(schema))
    policies = data.draw(strategies.policy_sets(schema, entities))
    request = data.draw(strategies.requests(schema, entities))
    assert {entity.uid.type for entity in entities} <= set(schema.types)
    assert policies
    action = schema.actions_by_uid[request.action]
    assert request.principal.type in action.principals
    assert request.resource.type in action.resources
    for policy in policies:
        for constraint in (policy.principal, policy.resource):
            assert not isinstance(constraint.entity, Uid) or constraint.entity.type in schema.types


@pytest.mark.parametrize("profile", PROFILES)
def test_every_profile_has_a_strategy(profile: str) -> None:
    @settings(relaxed, max_examples=3, phases=[Phase.generate])
    @given(strategies.scenarios(PROFILES[profile]))
    def property_test(drawn: Scenario) -> None:
        assert drawn.profile.name == profile
        assert drawn.policies_text()

    property_test()


@pytest.mark.slow
def test_shrinking_goes_towards_the_simplest_scenario() -> None:
    """The scenario of all simplest choices, where shrinking ends, is small and leaves nothing out."""
    simplest = scenario(ReplaySource([]), TYPED)
    assert len(simplest.policies) == 1
    assert len(simplest.schema.entity_types) == 2
    assert [size(c.body) for policy in simplest.policies for c in policy.conditions] == [3]
    assert (simplest.left_out, simplest.intended_misfits, simplest.spelling) == ((), (), 0)
    quiet = settings(max_examples=5, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    assert find(strategies.scenarios(TYPED), lambda drawn: True, settings=quiet) == simplest


def test_finding_gives_up_where_there_is_nothing() -> None:
    """`find` reports absence, so that a search that finds something has drawn it."""
    quiet = settings(max_examples=20, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    with pytest.raises(NoSuchExample):
        find(strategies.scenarios(TYPED), lambda drawn: not drawn.policies, settings=quiet)


@relaxed
@given(strategies.schemas())
def test_schemas_have_environments(schema: Schema) -> None:
    assert schema.environments
