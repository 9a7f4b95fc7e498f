"""The law of `like`: every engine matches as the definition says (spec 02 §4.8, 11 E9).

Owns a third matcher that shares nothing with an engine: the recursive definition, a table over (pattern,
text), and its own reading of string escapes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from drt.model.case import Case, Request
from drt.model.engine import Engine, NotLoaded
from drt.model.outcome import Evaluated, Outcome, canonical_bool
from drt.model.question import Evaluate
from drt.oracles.comparing import Comparison
from drt.oracles.law import Compares, law

STAR = None
"""The wildcard among the elements of a pattern; every other element is one character."""

LIKE = re.compile(r'("(?:[^"\\]|\\.)*") like ("(?:[^"\\]|\\.)*")', re.DOTALL)
UNIT = re.compile(r"\\u\{([0-9a-fA-F][0-9a-fA-F_]*)\}|\\x([0-7][0-9a-fA-F])|\\(.)|(.)", re.DOTALL)
NAMED = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "\\": "\\", '"': '"', "'": "'"}

ANY_REQUEST = Request(
    '{"principal":{"type":"A","id":"a"},"action":{"type":"Action","id":"a"},"resource":{"type":"A","id":"a"}}'
)

Pattern = tuple[str | None, ...]


def matches(text: str, pattern: Pattern) -> bool:
    """Match by definition: a star matches nothing, or one character and then itself again.

    Nothing matches nothing; a character matches itself. `reach[i]` says whether the rest of the pattern
    matches the text from i on.
    """
    reach = [False] * len(text) + [True]
    for element in reversed(pattern):
        if element is STAR:
            for at in range(len(text) - 1, -1, -1):
                reach[at] = reach[at] or reach[at + 1]
        else:
            reach = [text[at] == element and reach[at + 1] for at in range(len(text))] + [False]
    return reach[0]


def characters(literal: str) -> list[tuple[str, bool]] | None:
    r"""Decode a string literal (spec 01 §3) to characters, each with whether it was written `\\*`.

    None where an escape is none of Cedar's.
    """
    found: list[tuple[str, bool]] = []
    for unit in UNIT.finditer(literal[1:-1]):
        braced, hexadecimal, named, plain = unit.groups()
        digits = (braced or hexadecimal or "").replace("_", "")
        if digits:
            code = int(digits, 16)
            character = "" if len(digits) > 6 or code > 0x10FFFF or 0xD800 <= code < 0xE000 else chr(code)
        elif named:
            character = "*" if named == "*" else NAMED.get(named, "")
        else:
            character = plain
        if not character or character == plain == "\r":
            return None
        found.append((character, named == "*"))
    return found


def question(expression: str) -> tuple[str, Pattern] | None:
    r"""Parse the text and the pattern of `"text" like "pattern"`; None for anything else.

    However it is escaped, `*` is the wildcard in a pattern, but for `\\*` (spec 01 §3.1).
    """
    parts = LIKE.fullmatch(expression)
    text = characters(parts[1]) if parts else None
    pattern = characters(parts[2]) if parts else None
    if text is None or pattern is None or any(starred for _, starred in text):
        return None
    elements = tuple(STAR if one == "*" and not starred else one for one, starred in pattern)
    return "".join(one for one, _ in text), elements


@law(Compares.ITSELF)
def wildcard_matches_definition(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """`"text" like "pattern"` has the value that its definition gives it, however an engine evaluates it."""
    asked_of = [one for engine in engines for one in (engine, *engine.variants()[:1])]
    loaded = [(engine, engine.load(case)) for engine in asked_of]
    request = case.requests[0] if case.requests else ANY_REQUEST
    for index, expression in enumerate(case.expressions):
        texts = question(expression)
        if texts is None:
            comparison.skip("not a text like a pattern")
            continue
        defined = Evaluated(canonical_bool(matches(*texts)))
        for engine, answer in loaded:
            outcome: Outcome
            asked = Evaluate(expression, request)
            outcome = answer if isinstance(answer, NotLoaded) else answer.ask(asked)
            variants = [("definition", defined), (engine.name, outcome)]
            comparison.hold(f"expression {index}", variants, asked=asked)
