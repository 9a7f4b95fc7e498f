"""Texts of mixed scripts: every class of characters, in every place where validation looks and elsewhere."""

from __future__ import annotations

import json
from collections import Counter

from drt.targets.cases import validated
from generators.choice.profiles import ODD_SCRIPTS
from generators.choice.sources import RecordingSource
from generators.draw.syntax import Binary, Call, GetAttr, Has, Like, Lit, RecordLit, Uid
from generators.draw.trees import places
from generators.texts.scripts import CLASSES, KNOWN, text
from tests.generators.samples import drawn

SAMPLE = 300


def _odd(text: str) -> bool:
    return any(not " " <= char <= "~" for char in text)


def test_every_class_and_many_other_characters_are_drawn() -> None:
    texts = [text(RecordingSource(seed)) for seed in range(3000)]
    seen = Counter(char for each in texts for char in each)
    assert [name for name, characters in CLASSES.items() if not any(seen[char] for char in characters)] == []
    assert set(texts) >= set(KNOWN)
    assert len(seen) > 500
    "".join(texts).encode()


def test_odd_texts_stand_in_every_place() -> None:
    seen: Counter[str] = Counter()
    for sample in drawn("odd-scripts", SAMPLE):
        schema = sample.schema
        seen["schema attribute"] += any(_odd(a.name) for e in schema.entity_types for a in e.shape.attrs)
        seen["enumerated id"] += any(_odd(id_) for e in schema.entity_types for id_ in e.enum)
        seen["declared action"] += any(_odd(action.uid.id) for action in schema.actions)
        seen["link id"] += any(_odd(link.new_id) for link in sample.template_links)
        seen["link value"] += any(_odd(uid.id) for link in sample.template_links for _, uid in link.values)
        seen["comment"] += "// \u202e" in sample.policies_text()
        for policy in sample.policies:
            seen["annotation"] += any(_odd(value or "") for _, value in policy.annotations)
            scope = (policy.principal.entity, policy.resource.entity)
            seen["scope"] += any(isinstance(entity, Uid) and _odd(entity.id) for entity in scope)
            seen["action scope"] += any(_odd(uid.id) for uid in policy.action.actions)
            for condition in policy.conditions:
                for _, node in places(condition.body):
                    match node:
                        case Lit(str() as value):
                            seen["string"] += _odd(value)
                        case Lit(Uid(_, id_)):
                            seen["entity literal"] += _odd(id_)
                        case Binary("hasTag" | "getTag" as op, _, Lit(str() as value)):
                            seen[op] += _odd(value)
                        case GetAttr(_, attr):
                            seen["attribute"] += _odd(attr)
                        case Has(_, attrs):
                            seen["has" if len(attrs) == 1 else "extended has"] += any(map(_odd, attrs))
                        case Like(_, pattern):
                            seen["pattern"] += any(_odd(piece or "") for piece in pattern)
                        case RecordLit(items):
                            seen["key"] += any(_odd(key) for key, _ in items)
                        case Call(_, (Lit(str() as value),)):
                            seen["constructor"] += _odd(value)
    wanted = (
        *("schema attribute", "enumerated id", "declared action", "link id", "link value", "comment"),
        *("annotation", "scope", "action scope", "string", "entity literal", "hasTag", "getTag"),
        *("attribute", "has", "extended has", "pattern", "key"),
    )
    assert [place for place in wanted if seen[place] < 10] == []


def test_policies_in_json_have_odd_ids_that_their_links_know() -> None:
    odd = linked = 0
    for seed in range(SAMPLE):
        case = validated(ODD_SCRIPTS, json_policies=1.0)(RecordingSource(seed))
        document = json.loads(case.policies.text)
        odd += any(map(_odd, (*document["staticPolicies"], *document["templates"])))
        assert {template for template, _, _ in case.links} <= document["templates"].keys()
        linked += bool(case.links)
    assert odd > 0.1 * SAMPLE
    assert linked > 0.1 * SAMPLE
