"""Schemas in fragments: they link to what was split, or miss it by the one rule that is named."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator

import pytest

from drt.targets import cases
from generators.choice.profiles import TYPED
from generators.choice.sources import RecordingSource, ReplaySource
from generators.draw.fragments import fragments_of
from generators.draw.world import Schema
from generators.faults.link_errors import MISSES, left_external, unlinkable
from generators.printing.schemas import schema_json
from tests.generators.samples import drawn

SAMPLE = 200
BUILT_IN = frozenset(("String", "Long", "Bool", "Boolean"))


def link_error(schemas: Iterable[Schema]) -> str | None:
    """The first error of linking by spec 13 §5, read as rules over whole sets; None where there is none."""
    parts = list(schemas)
    return next(_offences(parts), None)


def _offences(parts: list[Schema]) -> Iterator[str]:
    yield from _types_apart(parts)
    yield from _actions_apart(parts)
    yield from _ancestors_gained(parts)
    yield from _no_schema(parts)


def _types_apart(parts: list[Schema]) -> Iterator[str]:
    for name in sorted({name for part in parts for name in part.types}):
        defined = [part for part in parts if name in part.types and not part.types[name].external]
        declared = [part for part in parts if name in part.types and part.types[name].external]
        if len(defined) > 1:
            yield "DuplicateEntityType"
        if defined and declared and defined[0].types[name].enum:
            yield "ExternalIsEnum"
        elif defined and any(not part.ancestors[name] <= defined[0].ancestors[name] for part in declared):
            yield "DefinedEntityAncestorsChanged"


def _actions_apart(parts: list[Schema]) -> Iterator[str]:
    for uid in sorted({uid for part in parts for uid in part.actions_by_uid}):
        known = [part for part in parts if uid in part.actions_by_uid]
        if sum(not part.actions_by_uid[uid].external for part in known) > 1:
            yield "DuplicateAction"
        elif len({part.action_ancestors[uid] for part in known}) > 1:
            yield "ExternalActionParentsMismatch"


def _ancestors_gained(parts: list[Schema]) -> Iterator[str]:
    whole = linked(parts)
    for part in parts:
        for name, entity_type in part.types.items():
            if not entity_type.external and part.ancestors[name] != whole.ancestors[name]:
                yield "DefinedEntityAncestorsChanged"


def _no_schema(parts: list[Schema]) -> Iterator[str]:
    whole = linked(parts)
    bases = Counter(name.rpartition("::")[2] for name in whole.types)
    if any("::" not in name and bases[name] > 1 for name in whole.types):
        yield "Schema"
    ids = Counter(uid.id for uid in whole.actions_by_uid)
    if any(uid.type == "Action" and ids[uid.id] > 1 for uid in whole.actions_by_uid):
        yield "Schema"
    enums = {entity_type.name for entity_type in whole.entity_types if entity_type.enum}
    if any(each.external and enums & whole.ancestors[each.name] for each in whole.entity_types):
        yield "Schema"
    if any(name in BUILT_IN and not all(name in part.types for part in parts) for name in whole.types):
        yield "ShadowsBuiltinType"


def linked(parts: list[Schema]) -> Schema:
    """All declarations together, definitions first in what they say and last in what overrides."""
    types = {
        e.name: e
        for external in (True, False)
        for part in parts
        for e in part.entity_types
        if e.external is external
    }
    actions = {
        a.uid: a
        for external in (True, False)
        for part in parts
        for a in part.actions
        if a.external is external
    }
    common = {name: type_ for part in parts for name, type_ in part.common_types}
    return Schema(tuple(types.values()), tuple(actions.values()), tuple(common.items()))


def is_incomplete(schema: Schema) -> bool:
    return any(e.external for e in schema.entity_types) or any(a.external for a in schema.actions)


def test_fragments_link_to_the_schema_that_was_split() -> None:
    counts: Counter[int] = Counter()
    external = 0
    for seed, sample in enumerate(drawn("typed", SAMPLE)):
        parts = fragments_of(RecordingSource(seed), sample.schema)
        counts[len(parts)] += 1
        external += any(map(is_incomplete, parts))
        assert link_error(parts) is None
        whole = linked(list(parts))
        assert set(whole.entity_types) == set(sample.schema.entity_types)
        assert set(whole.actions) == set(sample.schema.actions)
    assert set(counts) == {2, 3, 4}
    assert external > 0.8 * SAMPLE


def test_every_fragment_declares_what_it_mentions() -> None:
    for seed, sample in enumerate(drawn("typed", SAMPLE)):
        for part in fragments_of(RecordingSource(seed), sample.schema):
            spaces = {uid.type for uid in part.actions_by_uid}
            for name in part.types:
                assert part.ancestors[name] <= part.types.keys()
            for action in part.actions:
                assert part.action_ancestors[action.uid] <= part.actions_by_uid.keys()
                assert {*action.principals, *action.resources} <= part.types.keys()
            entities = set(_entity_references(json.loads(json.dumps(schema_json(part)))))
            assert entities <= part.types.keys() | spaces


def _entity_references(document: object) -> Iterator[str]:
    match document:
        case {"type": "Entity", "name": str() as name}:
            yield name
        case dict():
            for value in document.values():
                yield from _entity_references(value)


@pytest.mark.parametrize("miss", MISSES)
def test_a_miss_is_of_the_kind_that_it_is_named_after(miss: str) -> None:
    wanted = miss.split(",")[0]
    for seed, sample in enumerate(drawn("typed", SAMPLE // 2)):
        parts = MISSES[miss](RecordingSource(seed), sample.schema)
        found = link_error(parts)
        if wanted == "Incomplete":
            assert found is None
            assert is_incomplete(linked(list(parts)))
        else:
            assert {*_offences(list(parts))} == {wanted}
            assert found == wanted


def test_every_miss_is_drawn_and_named() -> None:
    seen: Counter[str] = Counter()
    for seed, sample in enumerate(drawn("typed", SAMPLE)):
        misfits: set[str] = set()
        source = RecordingSource(seed)
        parts = unlinkable(source, sample.schema, misfits)
        assert unlinkable(ReplaySource(source.choices), sample.schema, set()) == parts
        seen.update(misfits)
    assert set(seen) == {f"unlinkable:{miss}" for miss in MISSES}


def test_what_is_left_external_is_a_type_or_an_action_in_one_schema_or_several() -> None:
    seen: Counter[str] = Counter()
    for seed, sample in enumerate(drawn("typed", SAMPLE)):
        parts = left_external(RecordingSource(seed), sample.schema)
        seen["one" if len(parts) == 1 else "several"] += 1
        whole = linked(list(parts))
        seen["type"] += any(e.external for e in whole.entity_types)
        seen["action"] += any(a.external for a in whole.actions)
    assert all(seen[kind] > 0.2 * SAMPLE for kind in ("one", "several", "type", "action"))


def test_external_declarations_are_written_in_both_syntaxes() -> None:
    seen: Counter[str] = Counter()
    for seed in range(SAMPLE):
        case = cases.fragments(TYPED)(RecordingSource(seed))
        seen["mixed"] += len({schema.format for schema in case.schemas}) > 1
        seen["entity"] += any("external entity" in schema.text for schema in case.schemas)
        seen["action"] += any("external action" in schema.text for schema in case.schemas)
        seen["json"] += any('"external": true' in schema.text for schema in case.schemas)
    assert all(seen[kind] > 0.2 * SAMPLE for kind in ("mixed", "entity", "action", "json"))


def test_an_external_declaration_has_parents_and_nothing_else() -> None:
    for seed, sample in enumerate(drawn("hostile-text", SAMPLE)):
        for part in fragments_of(RecordingSource(seed), sample.schema):
            document = schema_json(part)
            for space in document.values():
                for entry in (*space["entityTypes"].values(), *space["actions"].values()):
                    assert "external" not in entry or entry.keys() <= {
                        "external",
                        "memberOfTypes",
                        "memberOf",
                    }


def test_inquiries_are_of_every_kind() -> None:
    seen: Counter[str] = Counter()
    for seed in range(SAMPLE):
        case = cases.inquiry(RecordingSource(seed))
        seen[f"{min(len(case.schemas), 2)} schemas"] += 1
        seen["links"] += bool(case.links)
        seen["template"] += "?principal" in case.policies.text or "?resource" in case.policies.text
        seen["no policies"] += case.policies.text == ""
        seen["json policies"] += case.policies.format == "json"
        seen["external"] += any("external" in schema.text for schema in case.schemas)
    wanted = (
        "0 schemas",
        "1 schemas",
        "2 schemas",
        "links",
        "template",
        "no policies",
        "json policies",
        "external",
    )
    assert [kind for kind in wanted if seen[kind] < 0.02 * SAMPLE] == []
