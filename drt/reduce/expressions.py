"""The pass over expressions: parts in the place of wholes, literals of the same kind in the place of both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, pairwise

from drt.reduce.pieces import Piece, pieces
from drt.reduce.problem import Problem
from drt.scan.expressions import Node, NotAnExpression, read_expression
from drt.scan.policies import condition_bodies
from drt.scan.tokens import Token, edited, tokenize

BOOLS = (("true",), ("false",))
LONGS = (("0",), ("1",))
STRINGS = (('""',), ('"a"',))
LITERALS: dict[str, tuple[tuple[str, ...], ...]] = {
    "bool": BOOLS,
    "long": (*BOOLS, *LONGS),
    "string": (*BOOLS, *LONGS, *STRINGS),
    "set": (*BOOLS, *LONGS, ("[", "]")),
    "record": (*BOOLS, *LONGS, ("{", "}")),
    "entity": (*BOOLS, *LONGS, ("principal",)),
    "any": (*BOOLS, *LONGS, *STRINGS, ("[", "]"), ("{", "}")),
}
PLAIN_ARGUMENT = {"decimal": '"0.0"', "ip": '"::"', "datetime": '"1970-01-01"', "duration": '"0s"'}

TIGHTNESS = {"if": 0, "chain": 1, "relation": 2, "prefix": 3}
TIGHTEST = 4

Edit = tuple[int, int, list[str]]
"""Token texts to put in the place of the tokens from, to (exclusive)."""


def simplify_expressions(problem: Problem) -> None:
    """Simplify every expression of the case, in conditions and on its own."""
    for piece in pieces(problem.best):
        if piece.kind in ("policies", "expression"):
            _simplify(problem, piece)


def _simplify(problem: Problem, piece: Piece) -> None:
    """Try all edits in order; after a success continue at that position in the new text."""
    at = 0
    while True:
        before = piece.read(problem.best)
        tokens = tokenize(before)
        for edit in islice(_edits(tokens, piece.kind == "expression"), at, None):
            if problem.consider(piece.write(problem.best, edited(before, tokens, [edit]))):
                break
            at += 1
        else:
            return


def _edits(tokens: Sequence[Token], whole: bool) -> Iterator[Edit]:
    ranges = [(0, len(tokens))] if whole else list(condition_bodies(tokens))
    for start, end in ranges:
        try:
            node = read_expression(tokens, start, end)
        except NotAnExpression:
            continue
        waiting = [node]
        while waiting:
            node = waiting.pop()
            yield from _node_edits(node, tokens)
            waiting += reversed(node.parts)


def _node_edits(node: Node, tokens: Sequence[Token]) -> Iterator[Edit]:
    texts = [token.text for token in tokens[node.start : node.end]]
    for literal in LITERALS[node.kind]:
        yield node.start, node.end, list(literal)
    for part in node.parts:
        yield node.start, node.end, _in_place_of(node, part, tokens)
    match node.shape:
        case "chain":
            yield from _fewer_operands(node, tokens)
            yield from _joined_has(node, tokens)
        case "list" | "record" | "call" | "method" if node.items:
            yield from _fewer_items(node, tokens)
        case "prefix":
            yield node.start, node.end, texts[1:]
        case "relation":
            yield from _shorter_relation(node, tokens)
    if node.shape == "call" and texts[0] in PLAIN_ARGUMENT:
        yield node.start, node.end, [texts[0], "(", PLAIN_ARGUMENT[texts[0]], ")"]


def _in_place_of(node: Node, part: Node, tokens: Sequence[Token]) -> list[str]:
    """Write the part to stand where the node stood: in parentheses if it binds looser."""
    texts = [token.text for token in tokens[part.start : part.end]]
    looser = TIGHTNESS.get(part.shape, TIGHTEST) < TIGHTNESS.get(node.shape, TIGHTEST)
    return ["(", *texts, ")"] if looser and node.shape != "group" else texts


def _runs(count: int) -> Iterator[tuple[int, int]]:
    """Stretches to leave out of `count` things: halves, quarters, …, single ones."""
    run = count // 2
    while run >= 1:
        for at in range(0, count, run):
            yield at, min(at + run, count)
        run //= 2


def _fewer_operands(node: Node, tokens: Sequence[Token]) -> Iterator[Edit]:
    for out, back in _runs(len(node.parts)):
        kept = [*node.parts[:out], *node.parts[back:]]
        texts: list[str] = []
        for part in kept:
            operator = [tokens[part.start - 1].text] if texts else []
            texts += [*operator, *(token.text for token in tokens[part.start : part.end])]
        if len(kept) > 1:
            yield node.start, node.end, texts


def _joined_has(node: Node, tokens: Sequence[Token]) -> Iterator[Edit]:
    """Put `e has a.b` in the place of `e has a && e.a has b`."""
    texts = [[token.text for token in tokens[part.start : part.end]] for part in node.parts]
    for (first, left), (second, right) in pairwise(zip(node.parts, texts, strict=True)):
        if tokens[first.end].text == "&&" and "has" in left and "has" in right:
            holder, attrs = _at_has(left)
            if _at_has(right)[0] == [*holder, ".", *attrs]:
                yield first.start, second.end, [*left, ".", *_at_has(right)[1]]


def _at_has(texts: list[str]) -> tuple[list[str], list[str]]:
    """Split texts at the last `has`."""
    at = len(texts) - 1 - texts[::-1].index("has")
    return texts[:at], texts[at + 1 :]


def _fewer_items(node: Node, tokens: Sequence[Token]) -> Iterator[Edit]:
    first, last = node.items[0][0], node.items[-1][1]
    closing = node.end - 1
    for out, back in [(0, len(node.items)), *_runs(len(node.items))]:
        kept = [*node.items[:out], *node.items[back:]]
        texts: list[str] = []
        for start, end in kept:
            texts += [",", *(token.text for token in tokens[start:end])]
        yield first, max(last, closing), texts[1:]


def _shorter_relation(node: Node, tokens: Sequence[Token]) -> Iterator[Edit]:
    after = node.parts[0].end
    match tokens[after].text:
        case "has" if node.end > after + 2:
            yield after + 2, node.end, []
            for attr in range(after + 1, node.end, 2):
                yield (attr, attr + 2, []) if attr == after + 1 else (attr - 1, attr + 1, [])
        case "is" if len(node.parts) == 2:
            right = node.parts[1].start
            yield right - 1, node.end, []
            yield after, right - 1, []
