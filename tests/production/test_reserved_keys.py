"""The keys `__entity`, `__extn`, `__expr` are escapes in values only (spec 05 §2, §2.2)."""

from __future__ import annotations

import json

import pytest

from production import Entities, PrintError, Uid, entities_json


def document(attrs: object) -> str:
    return json.dumps([{"uid": {"type": "U", "id": "a"}, "attrs": attrs, "parents": []}])


@pytest.mark.parametrize("name", ["__entity", "__extn", "__expr"])
def test_an_attribute_may_have_a_reserved_name(name: str) -> None:
    call = {"fn": "decimal", "arg": "1.0"}
    store = Entities.from_json(document({name: call}))
    entity = store.get(Uid("U", "a"))

    assert entity is not None
    assert entity.attributes == {name: call}
    assert entities_json(store) == json.loads(document({name: call}))


def test_an_unfit_escape_is_a_record_that_has_no_text() -> None:
    store = Entities.from_json(document({"a": {"__expr": {"fn": "decimal", "arg": "1.0"}}}))
    entity = store.get(Uid("U", "a"))

    assert entity is not None
    assert entity.attributes == {"a": {"__expr": {"fn": "decimal", "arg": "1.0"}}}
    with pytest.raises(PrintError):
        entities_json(store)
