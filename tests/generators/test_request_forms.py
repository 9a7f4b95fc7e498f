"""Requests in other forms: all of them are drawn, and what is right keeps its meaning."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from drt.model.case import Case, Request, Source
from drt.model.uid_text import normalized_uid_json
from drt.targets.cases import OTHER_FORMS, in_any_form
from generators.choice.sources import RecordingSource
from generators.texts.request_forms import PARTS, literal, reformed

IDS = ("a", "", "é", "a b", "\n", "\0", "'", '"', "\\", "\u00a0", "\u202e", "\x7f", "\U0001f600")


def plain(identity: str) -> str:
    uid = {"type": "N::User", "id": identity}
    return json.dumps({**dict.fromkeys(PARTS, uid), "context": {"a": 1}})


CASE = Case(Source(""), requests=(Request(plain("a")),))


def form(uid: Any) -> str:
    if isinstance(uid, dict):
        return "__entity" if "__entity" in uid else "object"
    try:
        normalized_uid_json(uid)
    except ValueError:
        return "wrong string"
    return "string"


@pytest.mark.parametrize("identity", IDS)
def test_a_literal_is_normalized(identity: str) -> None:
    assert json.loads(normalized_uid_json(literal("N::User", identity)))["id"] == identity


def test_all_forms_are_drawn_and_keep_the_uid() -> None:
    forms: Counter[str] = Counter()
    members: Counter[str] = Counter()
    for seed in range(600):
        identity = IDS[seed % len(IDS)]
        document = json.loads(reformed(RecordingSource(seed), plain(identity)))
        members.update({"no context"} if "context" not in document else ())
        members.update({"null"} if document.get("context", 0) is None else ())
        members.update({"unknown"} if document.keys() - {*PARTS, "context"} else ())
        for part in PARTS:
            forms[form(document[part])] += 1
            if isinstance(document[part], dict):
                assert document[part].get("__entity", document[part])["id"] == identity
            elif form(document[part]) == "string":
                assert json.loads(normalized_uid_json(document[part]))["id"] == identity

    assert min(forms[one] for one in ("object", "__entity", "string")) > 400
    assert 40 < forms["wrong string"] < 200
    assert all(members[one] > 5 for one in ("no context", "null", "unknown"))


def test_every_wrong_spelling_is_drawn() -> None:
    documents = [json.loads(reformed(RecordingSource(seed), plain("a"))) for seed in range(3000)]
    wrong = {uid for document in documents for part in PARTS if form(uid := document[part]) == "wrong string"}

    assert {' N::User::"a"', 'N::User::"a"//', 'N::User::"a\\x41"', 'N::User::"a\\u{e9}"'} <= wrong
    assert len(wrong) == 14


def test_one_case_in_ten_has_other_forms_and_a_seed_gives_one_case() -> None:
    draw = in_any_form(lambda _: CASE)
    changed = sum(draw(RecordingSource(seed)) != CASE for seed in range(1000))

    assert abs(changed / 1000 - OTHER_FORMS) < 0.03
    for seed in range(40):
        assert draw(RecordingSource(seed)) == draw(RecordingSource(seed))
