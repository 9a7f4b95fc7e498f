"""The order of cases that the reducer descends, from complex to simple.

Owns the weight of a case. Fewer tokens come first, then plainer ones (`true` before `0` before any other
literal, `a` before any other letter), then shorter text; the text itself breaks ties, so that the order is
total and every reduction ends.
"""

from __future__ import annotations

from functools import lru_cache

from drt.model.case import Case
from drt.scan.tokens import spellings

Weight = tuple[int, int, int, tuple[str, ...]]

PLAIN = {
    text: cost
    for cost, text in enumerate(
        ["{", "true", "false", "0", '"a"', '"b"', '"A"', '""', "1", "permit", "forbid", "when", "unless"]
    )
}
PER_CHARACTER = 4


def texts(case: Case) -> tuple[str, ...]:
    """Yield the texts of a case, piece by piece."""
    links = (piece for template, new, values in case.links for piece in (template, new, *sum(values, ())))
    schemas = (schema.text for schema in case.schemas)
    requests = (request.text for request in case.requests)
    partials = (text for one in case.partials for text in (one.request, one.entities.text))
    return (case.policies.text, *schemas, case.entities, *requests, *partials, *case.expressions, *links)


def weight(case: Case) -> Weight:
    """Weigh a case: smaller is simpler."""
    written = texts(case)
    parts = (case.requests, case.partials, case.expressions, case.links, case.schemas)
    pieces = sum(len(part) for part in parts)
    weights = [_text_weight(text) for text in written]
    return (
        pieces + sum(tokens for tokens, _ in weights),
        sum(cost for _, cost in weights),
        sum(len(text) for text in written),
        written,
    )


@lru_cache(maxsize=512)
def _text_weight(text: str) -> tuple[int, int]:
    tokens = spellings(text)
    return len(tokens), sum(map(_cost, tokens))


@lru_cache(maxsize=4096)
def _cost(token: str) -> int:
    plain = PLAIN.get(token)
    if plain is not None:
        return plain
    return 10 + sum(PER_CHARACTER + _strangeness(character) for character in token)


def _strangeness(character: str) -> int:
    if character in 'a0"':
        return 0
    if character in "bA1":
        return 1
    if not character.isascii():
        return 4
    return 2 if character.isalnum() else 3
