"""Repeated keys of JSON documents: a repetition deep inside is moved to the top.

Owns the proposals only; the problem decides whether one is still interesting.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any

from drt.case import Source
from drt.reduce.problem import Problem

MOST_BESIDE = 4
"""Members that may stand beside the repetition."""

Pairs = list[tuple[str, Any]]


class _Object(Pairs):
    """An object as the list of its members, so that a repeated key stays repeated."""


def hoist_repeated_keys(problem: Problem) -> None:
    """Repeat a member of the whole document in the place of one deep inside."""
    case = problem.best
    if case.policies.format == "json":
        for text in _hoisted(case.policies.text):
            if problem.consider(replace(problem.best, policies=Source(text, "json"))):
                break
    if case.schema is not None and case.schema.format == "json":
        for text in _hoisted(case.schema.text):
            if problem.consider(replace(problem.best, schema=Source(text, "json"))):
                break


def _hoisted(text: str) -> Iterator[str]:
    """Documents of emptied members, few first, one of them twice."""
    try:
        document = json.loads(text, object_pairs_hook=_Object)
    except (ValueError, RecursionError):
        return
    if not isinstance(document, _Object) or not _repeats(document):
        return
    members = {key: _emptied(value) for key, value in document}
    for size in range(min(len(members), MOST_BESIDE) + 1):
        for kept in combinations(members.items(), size):
            for key, value in kept:
                yield _spelled([(key, value), *kept])


def _repeats(value: Any) -> bool:
    if isinstance(value, _Object):
        keys = [key for key, _ in value]
        return len(set(keys)) < len(keys) or any(_repeats(item) for _, item in value)
    return isinstance(value, list) and any(map(_repeats, value))


def _emptied(value: Any) -> Any:
    return {} if isinstance(value, _Object) else [] if isinstance(value, list) else value


def _spelled(members: Pairs) -> str:
    told = (f"{json.dumps(key)}:{json.dumps(value, separators=(',', ':'))}" for key, value in members)
    return f"{{{','.join(told)}}}"
