"""The targets of partial evaluation (spec 09): the same draw under one law each."""

from __future__ import annotations

import json
from dataclasses import replace

from drt.model.case import Case, PartialInput, Request, Store
from drt.model.case import Source as Text
from drt.model.divergence import Oracle
from drt.oracles import partial_agreement, partial_laws, residual_policies
from drt.targets import cases
from drt.targets.target import Target
from generators.choice.profiles import IMPLIED, TYPED
from generators.choice.sources import Source
from generators.draw.decided_tests import with_decided_tests, with_kept_value
from generators.draw.lookups import lookup_policies
from generators.draw.membership_tests import draw_member, with_attribute, with_member_test, with_values
from generators.faults.partial_flaws import constructed, flawed_entities, flawed_request
from generators.faults.partial_inputs import constructed_entities, partial_entities, partial_request
from generators.scenarios import Scenario, scenario
from generators.texts import partial_world

PARTIALS_A_CASE = 3
DECIDED = 0.25
"""The share of policies with a condition that types decide, but for its errors."""

KEPT = 0.15
"""The share of policies whose residual holds an extension value."""

MEMBER = 0.2
"""The share of cases in which a policy tests a set of entities, or an action, that an attribute holds."""

CONSTRUCTED = 0.1
"""The share of partial inputs whose entities are made by constructors, actions among them."""

ALL_KNOWN = 0.15
"""The share of partial inputs whose entities are all known, read from the concrete document."""

MORE_POLICIES = 0.3
"""The share of cases for filters that also have policies of all kinds."""

SMALL = 0.6
"""The share of cases under one small schema, whose policies test unknown parts in every way."""

FLAWED = 0.05
"""The share of partial inputs of such a case that break one rule."""

MORE_FLAWED = 0.45
"""The same where engines are compared, which refuse them alike."""

CROWD = 0.15
"""The share of such cases for queries with a crowd of candidates."""

ERRING = replace(
    TYPED, name="erring", missing_entity=0.3, dangling_reference=0.3, extreme_constants=0.3, evident_error=1.0
)
"""Policies that validate and often err: entities are missing, sums overflow."""

LOOKING = replace(
    ERRING, name="looking", policies=(1, 2), requests=2, expressions=0, entities_each=(1, 5), swarm=0.0
)
"""Cases for filters: many rows, some of which refer to entities without one."""

_PROFILES = tuple(
    replace(profile, policies=(1, 4), requests=3, expressions=0, templates=0.15)
    for profile in (TYPED, ERRING, ERRING, IMPLIED)
)


def partial_inputs(source: Source) -> Case:
    """Draw policies, concrete requests and entities, and partial inputs made of these."""
    return _small_inputs(source, FLAWED) if source.boolean(SMALL) else _drawn_inputs(source)


def flawed_inputs(source: Source) -> Case:
    """Draw the same, more of the partial inputs with a flaw."""
    return _small_inputs(source, MORE_FLAWED) if source.boolean(SMALL) else _drawn_inputs(source)


def queried(source: Source) -> Case:
    """Draw policies, requests and entities for permission queries, and partial inputs."""
    if not source.boolean(SMALL):
        return partial_inputs(source)
    users, requests = (partial_world.MANY, 1) if source.boolean(CROWD) else (source.integer(2, 6), 2)
    policies = partial_world.policies(source, source.integer(2, 5), lookups=0.6)
    case = _small(source, policies, users, requests)
    if "Action" in case.entities:
        case = replace(case, policies=Text(f"{policies}\n{partial_world.of_actions(source)}"))
    return replace(case, partials=())


def _small(source: Source, policies: str, users: int, requests: int) -> Case:
    texts = (json.dumps(partial_world.request(source)) for _ in range(requests))
    schema = Text(partial_world.SCHEMA)
    return Case(
        Text(policies), partial_world.document(source, users), schema, requests=tuple(map(Request, texts))
    )


def _small_inputs(source: Source, flawed: float) -> Case:
    """Draw a case under the small schema, some of whose partial inputs break one rule."""
    case = _small(source, partial_world.policies(source, source.integer(2, 6)), 4, 2)
    if source.boolean(flawed / 10):
        case = replace(case, schema=Text(partial_world.SCHEMA + partial_world.EXTERNAL))
    return replace(case, partials=tuple(_small_partial(source, case, flawed) for _ in range(PARTIALS_A_CASE)))


def _small_partial(source: Source, case: Case, flawed: float) -> PartialInput:
    whole = source.choice(case.requests).text
    request = partial_request(source, whole)
    actions = frozenset(("Action",))
    if not source.boolean(flawed):
        text = partial_entities(source, case.entities, actions, partial_world.GROUPS)
        return PartialInput(request, Store(text, "partial"))
    match source.integer(0, 4):
        case 0 | 1:
            return PartialInput(flawed_request(source, json.loads(whole)), Store("[]", "partial"))
        case 2:
            return PartialInput(request, Store(constructed(source), "parts"))
        case _:
            found = json.loads(case.entities)
            kept = [one for one in found if source.boolean()] or found
            return PartialInput(request, Store(flawed_entities(source, kept), "partial"))


def _drawn_inputs(source: Source) -> Case:
    """Draw policies with a schema, concrete requests and entities, and partial inputs made of these."""
    drawn = scenario(source, source.choice(_PROFILES))
    policies = (with_kept_value(source, policy, KEPT) for policy in drawn.policies)
    decided = tuple(with_decided_tests(source, drawn.schema, policy, DECIDED) for policy in policies)
    drawn = _with_member(source, replace(drawn, policies=decided))
    case = replace(cases.authorization(drawn), schema=Text(drawn.schema_text()))
    if not case.requests:
        return case
    return replace(case, partials=tuple(_partial(source, drawn, case) for _ in range(PARTIALS_A_CASE)))


def _with_member(source: Source, drawn: Scenario) -> Scenario:
    """Let one policy test a set of entities, or an action, that an attribute holds."""
    member = draw_member(source, drawn.schema, drawn.entities) if source.boolean(MEMBER) else None
    if member is None:
        return drawn
    policies = list(drawn.policies)
    place = source.integer(0, len(policies) - 1)
    policies[place] = with_member_test(source, policies[place], member)
    return replace(
        drawn,
        schema=with_attribute(drawn.schema, member),
        policies=tuple(policies),
        entities=with_values(source, drawn.entities, member),
    )


def _partial(source: Source, drawn: Scenario, case: Case) -> PartialInput:
    request = partial_request(source, source.choice(case.requests).text)
    if source.boolean(ALL_KNOWN):
        return PartialInput(request, Store(case.entities, "typed"))
    if source.boolean(CONSTRUCTED):
        groups = drawn.schema.action_ancestors.items()
        above = {(uid.type, uid.id): [(one.type, one.id) for one in found] for uid, found in groups}
        return PartialInput(request, Store(constructed_entities(source, case.entities, above), "parts"))
    action_types = frozenset(action.uid.type for action in drawn.schema.actions)
    return PartialInput(request, Store(partial_entities(source, case.entities, action_types), "partial"))


def filter_inputs(source: Source) -> Case:
    """Draw policies with a schema, requests and entities; most policies look things up from the resource."""
    drawn = scenario(source, LOOKING)
    found = lookup_policies(source, drawn.schema, drawn.entities, drawn.requests)
    if source.boolean(MORE_POLICIES):
        found = (*found, *drawn.policies)
    if found:
        drawn = replace(drawn, policies=found, template_links=())
    return replace(cases.authorization(drawn), schema=Text(drawn.schema_text()))


def _target(
    name: str, law: Oracle, sentence: str, weight: int = 1, draw: cases.Draw = partial_inputs
) -> Target:
    return Target(f"partial-{name}", sentence, draw, law, weight)


PARTIAL_TARGETS = (
    _target(
        "responses",
        partial_agreement.partial_responses_agree,
        "Engines give partial inputs the same residuals, classes, decisions, and errors by stage and class.",
        weight=16,
        draw=flawed_inputs,
    ),
    _target(
        "queries",
        partial_agreement.queries_agree,
        "Engines give permission queries the same answers.",
        weight=8,
        draw=queried,
    ),
    _target(
        "batched",
        partial_agreement.batched_runs_agree,
        "Engines give batched requests the same decisions, with the same loads.",
        weight=8,
    ),
    _target(
        "reauthorize",
        partial_laws.reauthorizing_is_authorizing,
        "Residual policies respond to a completion as the policies do.",
        weight=6,
    ),
    _target(
        "residuals",
        residual_policies.residuals_are_policies,
        "Residual policies, read again from JSON and text, respond to a completion as the policies do.",
        weight=6,
    ),
    _target(
        "classes",
        partial_laws.decisions_follow_from_classes,
        "Classes follow from the residuals, the decision and its reason from the classes.",
        weight=2,
    ),
    _target(
        "brute-force",
        partial_laws.queries_are_brute_force,
        "A query returns what authorizing each candidate permits.",
        weight=4,
        draw=queried,
    ),
    _target(
        "in-memory",
        partial_laws.batched_is_in_memory,
        "A batched request is decided as in memory, within as many rounds as the level of the policies.",
        weight=4,
    ),
    _target(
        "monotone",
        partial_laws.more_known_keeps_decisions,
        "More known data never loses or changes a decision.",
        weight=3,
    ),
    Target(
        "filter",
        "A database filter selects the rows that a query of resources returns, in SQLite.",
        filter_inputs,
        partial_laws.filters_are_queries,
    ),
)
