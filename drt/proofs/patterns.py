"""`like`: both matchers are right for all patterns and texts, by induction over the turns of their loops.

Owns the definition, and the search for a pattern and a text on which an engine is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from itertools import chain, product
from typing import Any

from drt.proofs import patterns_generated, patterns_production, patterns_reference
from drt.proofs.defects import Defect
from drt.proofs.texts import TRIED
from drt.proofs.theorem import Counterexample, Goal, Theorem
from drt.proofs.tried import tried
from reference.syntax import Star

SHORT = (("a", 3, 3),)
"""Alphabets, with the most elements of a pattern and the longest text: without a star, a pattern is one text."""
SEARCHED = (("aA", 4, 4), ("ab", 6, 5), ("a\n", 3, 3))
LONG = 60
"""Texts of so many characters and patterns of as many pieces are searched where code is refused."""


def _definition(pattern: tuple[Star | str, ...], text: str) -> bool:
    """Match by definition: a star is nothing, or one more character; anything else is itself."""

    @cache
    def described(place: int, position: int) -> bool:
        if place == len(pattern):
            return position == len(text)
        if isinstance(pattern[place], Star):
            return described(place + 1, position) or (position < len(text) and described(place, position + 1))
        return (
            position < len(text) and pattern[place] == text[position] and described(place + 1, position + 1)
        )

    return described(0, 0)


def _wrong(bounds: tuple[tuple[str, int, int], ...]) -> Iterator[str]:
    """Yield the patterns and texts within bounds on which an engine is wrong."""
    for alphabet, elements, length in bounds:
        texts = ["".join(each) for size in range(length + 1) for each in product(alphabet, repeat=size)]
        choices: tuple[Any, ...] = (*alphabet, Star())
        for pattern in (each for size in range(elements + 1) for each in product(choices, repeat=size)):
            yield from _wrong_of(pattern, texts)


def _long() -> Iterator[str]:
    """Yield long patterns and texts on which an engine is wrong: texts, texts beside a star, and many pieces."""
    star, text = Star(), "a" * LONG + "b"
    texts = (
        text,
        text[1:],
        text[:-1],
        f"{text}\n",
        f"b{text}",
        text * 2,
        text[:-1] * 2,
        "ab" * LONG,
        "ab" * (LONG // 3),
    )
    for pattern in (
        (*text,),
        (*text, star),
        (star, *text),
        (star, "a", star, "b") * (LONG // 2),
        (*text, star, *text),
    ):
        yield from _wrong_of(pattern, texts)


def _wrong_of(pattern: tuple[Any, ...], texts: Iterable[str]) -> Iterator[str]:
    matches = import_module("reference.wildcard").matches
    prepare = import_module("production.language.wildcard").prepare
    make_pattern = import_module("production.language.escapes").make_pattern
    ready = prepare(make_pattern([None if isinstance(each, Star) else each for each in pattern]))
    code, names = patterns_generated.code_for(ready)
    generated = eval(f"lambda text: {code}", names)
    for text in texts:
        right = _definition(pattern, text)
        answer, other, third = matches(text, pattern), ready.matches(text), generated(text)
        if answer is not right or other is not right or third is not right:
            shown = "".join("*" if isinstance(each, Star) else each for each in pattern)
            yield f'"{text}" like "{shown}" is {right}; reference {answer}, production {other}, its code {third}'


def _search() -> Counterexample | None:
    failure = next(chain(_wrong(SEARCHED), _long()), None)
    return None if failure is None else Counterexample(failure, True)


def _decode(model: Any) -> Counterexample:
    return _search() or Counterexample(f"{model}, which no short pattern confirms", False)


def _goals() -> Iterator[Goal]:
    yield tried(TRIED, _wrong(SHORT))
    yield from patterns_reference.goals(_decode)
    yield from patterns_production.goals(_decode)
    yield patterns_generated.goal(_decode)


REFERENCE, PRODUCTION = patterns_reference.MODULE, patterns_production.MODULE
CODE = "production.execution.codegen_operators"
THEOREMS = (
    Theorem(
        "`like` matches as its definition says",
        "For all patterns and texts: each turn of a matcher's loop keeps its invariant, which says at the end what the"
        " definition says; a pattern of production's is its texts and stars, and generated code asks what its matcher would.",
        "Lean Wildcard",
        "U",
        _goals,
        (
            Defect("a star stands for one character at most", REFERENCE, "range(rest[-1] + 1) if rest else []",
                   "range(max(0, rest[-1] - 1), rest[-1] + 1) if rest else []"),
            Defect("a star stands for one character at least", REFERENCE, "range(rest[-1] + 1)", "range(rest[-1])"),
            Defect("the reference ignores case", REFERENCE, "text[place - 1] == character",
                   "text[place - 1].lower() == character.lower()"),
            Defect("the first place decides", REFERENCE, "range(rest[-1] + 1)", "range(rest[0] + 1)"),
            Defect("the start is not anchored", REFERENCE, "return 0 in rest", "return bool(rest)"),
            Defect("a prefix and a suffix may overlap", PRODUCTION, "if at > end or not text.startswith", "if not text.startswith"),
            Defect("a piece ends after its first character", PRODUCTION, "at = found + len(piece)", "at = found + 1"),
            Defect("production ignores case", PRODUCTION, "found = text.find(piece, at, end)",
                   "found = text.lower().find(piece.lower(), at, end)"),
            Defect("a star between pieces stands for one character at least", PRODUCTION, "text.find(piece, at, end)",
                   "text.find(piece, at + 1, end)"),
            Defect("the suffix is not anchored", PRODUCTION, " or not text.endswith(self.suffix)", ""),
            Defect("a piece may reach into the suffix", PRODUCTION, "text.find(piece, at, end)", "text.find(piece, at)"),
            Defect("the rightmost place is taken", PRODUCTION, "text.find(piece, at, end)", "text.rfind(piece, at, end)"),
            Defect("the last text is a piece as well", PRODUCTION, "len(pattern) - 1 if suffix else len(pattern)", "len(pattern)"),
            Defect("code forgets the suffix", CODE, "elif not pattern.pieces and not pattern.suffix:", "elif not pattern.pieces:"),
            Defect("code without a star asks the start", CODE, '({target.code} == {pattern.prefix!r})', '{out.atom(target)}.startswith({pattern.prefix!r})'),
        ),
        functions=(
            "production.execution.codegen_operators.write_like", "reference.wildcard.matches",
            "reference.wildcard.before",
            "production.language.wildcard.Wildcard.matches",
            "production.language.wildcard.prepare",
        ),
        search=_search,
    ),
)  # fmt: skip
