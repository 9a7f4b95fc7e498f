"""Passes over bare text, for what nothing can read: by brackets, by tokens, by characters.

Unlike the other passes these keep the blanks of the text, which may be what matters.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from drt.model.case import Case
from drt.reduce.documents import NOTHING, read
from drt.reduce.pieces import Piece, pieces
from drt.reduce.problem import Problem
from drt.reduce.sequences import fewer
from drt.scan.tokens import matching, tokenize

MOST_CHARACTERS = 400
"""Longer texts are not taken apart by characters: the other passes must shorten them first."""


def peel_brackets(problem: Problem) -> None:
    """Leave out levels of brackets that lie directly inside each other, many at once."""
    for piece in _raw_pieces(problem.best):
        at = 0
        while at < len(tokens := tokenize(text := piece.read(problem.best))):
            closes = matching(tokens)
            levels: list[tuple[int, int]] = []
            while at in closes:
                levels.append((tokens[at].start, tokens[closes[at]].start))
                at += 1
            if len(levels) > 1:
                _fewer_levels(problem, piece, text, levels)
                return
            at += 1


def _fewer_levels(problem: Problem, piece: Piece, text: str, levels: Sequence[tuple[int, int]]) -> None:
    def take(kept: list[tuple[int, int]]) -> bool:
        gone = {place for pair in set(levels) - set(kept) for place in pair}
        peeled = "".join(character for place, character in enumerate(text) if place not in gone)
        return problem.consider(piece.write(problem.best, peeled))

    fewer(levels, take)


def drop_statements(problem: Problem) -> None:
    """Leave out what ends with a semicolon, or with a closing brace that begins a statement anew."""
    for piece in _raw_pieces(problem.best):
        if piece.kind == "schema":
            text = piece.read(problem.best)
            tokens = tokenize(text)
            ends = [token.end for token in tokens if token.text in (";", "}")]
            bounds = [0, *(end for end in ends if end < len(text)), len(text)]
            _fewer_parts(problem, piece, [text[a:b] for a, b in pairwise(bounds)])


def drop_brackets(problem: Problem) -> None:
    """Leave out groups in brackets, also with the token before them, their contents, or the brackets."""
    for piece in _raw_pieces(problem.best):
        at = 0
        while at < len(tokens := tokenize(text := piece.read(problem.best))):
            close = matching(tokens).get(at)
            if close is None:
                at += 1
                continue
            first, second = tokens[at], tokens[close]
            inside = text[first.end : second.start]
            start = tokens[at - 1].start if at else first.start
            candidates = (
                text[:start] + text[second.end :],
                text[: first.start] + text[second.end :],
                text[: first.end] + text[second.start :],
                text[: first.start] + inside + text[second.end :],
            )
            if not any(problem.consider(piece.write(problem.best, candidate)) for candidate in candidates):
                at += 1


def drop_tokens(problem: Problem) -> None:
    """Leave out runs of tokens, with the blanks that follow them."""
    for piece in _raw_pieces(problem.best):
        text = piece.read(problem.best)
        starts = [token.start for token in tokenize(text)]
        if starts:
            bounds = [0, *starts[1:], len(text)]
            _fewer_parts(problem, piece, [text[a:b] for a, b in pairwise(bounds)])


def drop_characters(problem: Problem) -> None:
    """Leave out characters, where a case is about reading only and its text is short by now."""
    if problem.best.requests or problem.best.links:
        return
    for piece in _raw_pieces(problem.best):
        text = piece.read(problem.best)
        if len(text) <= MOST_CHARACTERS:
            kept = _fewer_parts(problem, piece, list(text))
            for at in range(len(kept)):
                plainer = [*kept[:at], "a", *kept[at + 1 :]]
                if problem.consider(piece.write(problem.best, "".join(plainer))):
                    kept = plainer


def _fewer_parts(problem: Problem, piece: Piece, parts: Sequence[str]) -> list[str]:
    return fewer(parts, lambda kept: problem.consider(piece.write(problem.best, "".join(kept))))


def _raw_pieces(case: Case) -> list[Piece]:
    """All texts but the JSON documents that can be read: those are taken apart as values.

    Where a case asks nothing, reading is the point, and every text is bare.
    """
    reading = not (case.requests or case.expressions or case.links)
    return [
        piece
        for piece in pieces(case)
        if reading or piece.kind != "document" or read(piece.read(case)) is NOTHING
    ]
