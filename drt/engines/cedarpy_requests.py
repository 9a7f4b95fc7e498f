"""Requests as the Rust engine's Python binding takes them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from drt.engines.rejections import rejected
from drt.model.case import Request
from drt.model.json_outline import members, spans
from drt.model.outcome import Rejected
from drt.model.uid_text import plain_uid

PARTS = ("principal", "action", "resource")


@lru_cache(maxsize=16)
def question_of(request: Request) -> Mapping[str, Any] | Rejected:
    """Build a request for the binding, or take one of the last: the questions of a case share theirs.

    The context stays text, so that the engine reads it itself.
    """
    try:
        document = json.loads(request.text)
    except (json.JSONDecodeError, RecursionError) as error:
        return rejected("request", str(error))
    if not isinstance(document, dict):
        return Rejected("request", "expected a JSON object")
    if len(spans(request.text)) > len(document):
        return Rejected("request", "a key is there twice")
    if strange := sorted(document.keys() - {*PARTS, "context"}):
        return Rejected("request", f"there is no key {strange[0]!r} in a request")
    question: dict[str, Any] = {}
    for name in PARTS:
        value = document.get(name)
        uid = value if isinstance(value, str) else plain_uid(value)
        if uid is None:
            return Rejected("request", f"{name}: expected a uid")
        question[name] = uid
    question["context"] = members(request.text).get("context", "{}")
    return question


def reads_alike(question: Mapping[str, Any]) -> bool:
    """Whether a context reads alike with and without a schema: it holds neither strings nor records."""
    context = members(question["context"])
    return not any(re.search(r'["{]', value) for value in context.values())
