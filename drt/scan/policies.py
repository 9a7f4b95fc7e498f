"""Tolerant layout of policy text by brackets and semicolons, independent of any engine's parser."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from drt.scan.tokens import Token, matching

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class PolicyLayout:
    """Positions of the parts of one policy among the tokens; `scope` are its comma-separated constraints."""

    start: int
    end: int
    annotations: tuple[Range, ...]
    effect: int | None
    scope: tuple[Range, ...]
    conditions: tuple[Range, ...]


def layouts(tokens: Sequence[Token]) -> list[PolicyLayout]:
    """Split a token sequence into policies; each ends at its semicolon, the last perhaps without one."""
    found: list[PolicyLayout] = []
    start = 0
    closes = matching(tokens)
    at = 0
    while at < len(tokens):
        at = closes.get(at, at)
        if tokens[at].text == ";":
            found.append(_layout(tokens, start, at + 1, closes))
            start = at + 1
        at += 1
    if start < len(tokens):
        found.append(_layout(tokens, start, len(tokens), closes))
    return found


def _layout(tokens: Sequence[Token], start: int, end: int, closes: dict[int, int]) -> PolicyLayout:
    annotations: list[Range] = []
    conditions: list[Range] = []
    scope: tuple[Range, ...] = ()
    effect: int | None = None
    at = start
    while at < end:
        text = tokens[at].text
        if text == "@" and effect is None:
            first = at
            at = closes.get(at + 2, at + 1)
            annotations.append((first, at + 1))
        elif text in ("permit", "forbid") and effect is None:
            effect = at
            if at + 1 in closes:
                scope = tuple(separated(tokens, at + 2, closes[at + 1], closes))
                at = closes[at + 1]
        elif text in ("when", "unless") and at + 1 in closes:
            conditions.append((at, closes[at + 1] + 1))
            at = closes[at + 1]
        at += 1
    return PolicyLayout(start, end, tuple(annotations), effect, scope, tuple(conditions))


def separated(tokens: Sequence[Token], start: int, end: int, closes: dict[int, int]) -> Iterator[Range]:
    """Yield the ranges between the commas at the top of a token range."""
    first = at = start
    while at < end:
        at = closes.get(at, at)
        if tokens[at].text == ",":
            yield first, at
            first = at + 1
        at += 1
    if first < end:
        yield first, end


def condition_bodies(tokens: Sequence[Token]) -> Iterator[Range]:
    """Yield the token ranges of the expressions in all conditions."""
    for policy in layouts(tokens):
        for start, end in policy.conditions:
            yield start + 2, end - 1
