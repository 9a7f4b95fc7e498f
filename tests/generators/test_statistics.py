"""Floors under what the generators draw: a stream that has gone dull or one-sided fails here."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from functools import cache

import pytest

from generators.choice.swarm import FEATURES
from generators.draw.entities import ancestors
from generators.draw.literals import EXTREME_LONGS
from generators.draw.syntax import (
    COMPARISONS,
    Binary,
    Call,
    Has,
    Is,
    Like,
    Lit,
    Unary,
)
from generators.draw.trees import mentions_request, places
from generators.draw.world import EntityT, RecordT, SetT
from generators.language import FUNCTIONS, METHODS
from generators.scenarios import Scenario
from tests.generators.samples import drawn

SAMPLE = 300


def _expressions(samples: tuple[Scenario, ...]) -> Counter[str]:
    """How often each construct occurs in conditions."""
    seen: Counter[str] = Counter()
    for sample in samples:
        for policy in sample.policies:
            seen.update((f"principal {policy.principal.op}", f"resource {policy.resource.op}"))
            seen.update((f"action {policy.action.op}", policy.effect, f"{len(policy.conditions)} clauses"))
            for condition in policy.conditions:
                seen[condition.kind] += 1
                for _, node in places(condition.body):
                    seen[type(node).__name__] += 1
                    match node:
                        case Binary(op) | Unary(op):
                            seen[op] += 1
                        case Call(name):
                            seen[name] += 1
                        case Has(_, attrs):
                            seen["extended has"] += len(attrs) > 1
                        case Is(_, _, container):
                            seen["is in"] += container is not None
                        case Like(_, pattern):
                            seen["escaped star"] += any("*" in piece for piece in pattern if piece)
                            seen["wildcard"] += None in pattern
                        case Lit(int() as value) if not isinstance(value, bool):
                            seen["negative"] += value < 0
                            seen["extreme"] += value in EXTREME_LONGS
    return seen


EVERY_CONSTRUCT = (
    *COMPARISONS,
    *METHODS,
    *FUNCTIONS,
    *("&&", "||", "!", "neg", "+", "-", "*", "in"),
    *("If", "SetLit", "RecordLit", "GetAttr", "Has", "extended has", "Like", "wildcard", "escaped star"),
    *("Is", "is in", "when", "unless", "permit", "forbid", "negative", "extreme"),
    *(f"{variable} {op}" for variable in ("principal", "resource") for op in ("", "==", "in", "is", "is in")),
    *("action ", "action ==", "action in", "action in []"),
    *("0 clauses", "1 clauses", "2 clauses", "3 clauses"),
)


@pytest.mark.slow
@pytest.mark.parametrize("profile", ["typed", "untyped"])
def test_every_construct_is_drawn(profile: str) -> None:
    seen = _expressions(drawn(profile, 2 * SAMPLE))
    assert [construct for construct in EVERY_CONSTRUCT if not seen[construct]] == []


def test_every_kind_of_schema_is_drawn() -> None:
    seen: Counter[str] = Counter()
    for sample in drawn("typed", SAMPLE):
        schema = sample.schema
        seen["namespace"] += any("::" in name for name in schema.types)
        seen["no namespace"] += any("::" not in name for name in schema.types)
        seen["enumerated"] += any(entity_type.enum for entity_type in schema.entity_types)
        seen["tags"] += any(entity_type.tags is not None for entity_type in schema.entity_types)
        seen["several parents"] += any(len(entity_type.parents) > 1 for entity_type in schema.entity_types)
        seen["in itself"] += any(
            entity_type.name in entity_type.parents for entity_type in schema.entity_types
        )
        seen["common type"] += bool(schema.common_types)
        seen["group"] += any(action.parents for action in schema.actions)
        seen["applies to nothing"] += any(not action.principals for action in schema.actions)
        seen["several environments"] += len(schema.environments) > 1
        for entity_type in schema.entity_types:
            for attr in entity_type.shape.attrs:
                seen["optional"] += not attr.required
                seen[f"{type(attr.type).__name__} {getattr(attr.type, 'name', '')}".split("::")[0]] += 1
                seen["nested record"] += isinstance(attr.type, RecordT) and any(
                    isinstance(inner.type, RecordT) for inner in attr.type.attrs
                )
                seen["nested set"] += isinstance(attr.type, SetT) and isinstance(attr.type.element, SetT)
                seen["action attribute"] += isinstance(attr.type, EntityT) and attr.type.name.endswith(
                    "Action"
                )
    prims = [
        f"Prim {name}" for name in ("Long", "String", "Bool", "decimal", "ipaddr", "datetime", "duration")
    ]
    wanted = (*seen, *prims, "SetT ", "RecordT ")
    assert [kind for kind in wanted if not seen[kind]] == []


def test_hierarchies_are_deep_and_open() -> None:
    deep = several = 0
    for sample in drawn("typed", SAMPLE):
        entities = {entity.uid: entity for entity in sample.entities}
        deep += any(len(ancestors(uid, entities)) >= 3 for uid in entities)
        several += any(len(entity.parents) > 1 for entity in sample.entities)
    assert deep > 0.2 * SAMPLE
    assert several > 0.2 * SAMPLE


def test_the_typed_stream_breaks_nothing_but_references() -> None:
    assert {misfit for sample in drawn("typed", SAMPLE) for misfit in sample.intended_misfits} <= {
        "dangling-reference",
        "missing-entity",
    }


def test_the_untyped_stream_breaks_everything_by_name() -> None:
    misfits = {
        misfit.split(":")[0] for sample in drawn("untyped", SAMPLE) for misfit in sample.intended_misfits
    }
    assert misfits >= {
        "mistyped-value",
        "mistyped-record",
        "mistyped-expression",
        "mistyped-request",
        "unguarded-access",
        "unknown-attribute",
        "bad-extension-text",
        "broken-part",
        "dangling-reference",
        "missing-entity",
    }


def test_conditions_depend_on_the_request() -> None:
    bodies = [c.body for sample in drawn("typed", SAMPLE) for p in sample.policies for c in p.conditions]
    constant = sum(not mentions_request(body) for body in bodies)
    assert constant < 0.02 * len(bodies)


def test_no_set_is_decided_by_its_scopes_alone() -> None:
    for profile in ("typed", "untyped", "templates"):
        assert all(any(p.conditions for p in sample.policies) for sample in drawn(profile, SAMPLE))


def test_scenarios_are_distinct_and_of_the_wanted_size() -> None:
    samples = drawn("typed", SAMPLE)
    texts = {sample.policies_text() for sample in samples}
    assert len(texts) >= 0.98 * SAMPLE
    assert 2.5 <= sum(len(sample.policies) for sample in samples) / SAMPLE <= 3.5
    assert sum(len(sample.requests) for sample in samples) / SAMPLE >= 14
    assert all(len(set(sample.request_texts())) == len(sample.requests) <= 16 for sample in samples)


def test_half_of_the_cases_leave_a_part_of_the_language_out() -> None:
    masks = [sample.left_out for sample in drawn("typed", SAMPLE)]
    assert 0.4 * SAMPLE < sum(not mask for mask in masks) < 0.6 * SAMPLE
    assert {feature for mask in masks for feature in mask} == set(FEATURES)


@cache
def _answers(profile: str) -> Counter[str]:
    """Decisions by cedarpy, which is asked without the schema."""
    cedarpy = pytest.importorskip("cedarpy")
    seen: Counter[str] = Counter()
    for sample in drawn(profile, SAMPLE):
        if sample.template_links:
            policies = cedarpy.PolicySet.from_json_str(sample.policies_json(links=True))
        else:
            policies = cedarpy.PolicySet.from_str(sample.policies_text())
        requests = [json.loads(text) for text in replace(sample, spelling=0).request_texts()]
        decisions = set()
        for answer in cedarpy.is_authorized_batch(requests, policies, sample.entities_text()):
            determined = bool(answer.diagnostics.reasons)
            kind = "allow" if answer.allowed else "forbidden" if determined else "nothing applied"
            decisions.add(kind)
            seen.update(("all", kind))
            seen["erring"] += bool(answer.diagnostics.errors)
        seen["cases"] += 1
        seen["cases of several answers"] += len(decisions) > 1
    return seen


def _messages(profile: str) -> set[str]:
    """What cedarpy says of erring policies."""
    cedarpy = pytest.importorskip("cedarpy")
    found: set[str] = set()
    for sample in drawn(profile, SAMPLE):
        requests = [json.loads(text) for text in replace(sample, spelling=0).request_texts()]
        for answer in cedarpy.is_authorized_batch(requests, sample.policies_text(), sample.entities_text()):
            found.update(str(error) for error in answer.diagnostics.errors)
    return found


def _share(profile: str, kind: str) -> float:
    return _answers(profile)[kind] / _answers(profile)["all"]


def test_the_typed_stream_is_balanced() -> None:
    assert 0.30 <= _share("typed", "allow") <= 0.50
    assert _share("typed", "forbidden") >= 0.15
    assert _share("typed", "nothing applied") <= 0.30
    assert _share("typed", "erring") <= 0.10
    assert _answers("typed")["cases of several answers"] >= 0.8 * SAMPLE


ERRORS = {
    "type": "type error",
    "entity-missing": "does not exist",
    "attr-missing": "does not have the attribute",
    "tag-missing": "does not have the tag",
    "overflow": "integer overflow",
    "arity": "wrong number of arguments",
    "extension": "error while evaluating `",
}
"""Error kinds of spec 02 §3, and what cedarpy says of them."""


@pytest.mark.parametrize(
    ("profile", "kinds"),
    [("untyped", set(ERRORS)), ("extreme", {"entity-missing", "overflow", "extension"})],
)
def test_every_kind_of_error_is_raised(profile: str, kinds: set[str]) -> None:
    """The well-typed stream raises only what validation allows (spec 08 §7), the untyped one everything."""
    messages = _messages(profile)
    assert {kind for kind, words in ERRORS.items() if any(words in message for message in messages)} == kinds


@pytest.mark.parametrize("profile", ["untyped", "one-type-error"])
def test_the_error_streams_err(profile: str) -> None:
    assert 0.30 <= _share(profile, "erring") <= 0.60


@pytest.mark.parametrize("profile", ["dangling", "templates", "hostile-text"])
def test_the_other_streams_give_every_answer(profile: str) -> None:
    for kind in ("allow", "forbidden", "nothing applied"):
        assert _share(profile, kind) >= 0.10


@pytest.mark.parametrize("profile", ["typed", "dangling", "extreme", "templates", "hostile-text", "implied"])
def test_the_typed_streams_validate(profile: str) -> None:
    cedarpy = pytest.importorskip("cedarpy")
    samples = drawn(profile, SAMPLE)
    valid = sum(
        cedarpy.validate_policies(sample.policies_text(), sample.schema_text()).validation_passed
        for sample in samples
    )
    assert valid >= 0.99 * len(samples)


@pytest.mark.parametrize(
    ("profile", "least"), [("one-type-error", 0.95), ("untyped", 0.5), ("near-miss-schema", 0.1)]
)
def test_what_is_broken_on_purpose_is_mostly_invalid(profile: str, least: float) -> None:
    cedarpy = pytest.importorskip("cedarpy")
    samples = drawn(profile, SAMPLE)
    invalid = sum(
        not cedarpy.validate_policies(sample.policies_text(), sample.schema_text()).validation_passed
        for sample in samples
    )
    assert invalid >= least * len(samples)
