"""Production's matcher of patterns, for all patterns and texts: one turn of its loop from any state.

Owns the text of which only is known where a piece occurs in it. A pattern in its one form is a prefix, pieces, and a
suffix, with stars between them; the text may continue after a place as `rest` says, which is whatever the pieces after
the next one describe. Each turn takes the next piece at its leftmost place, which leaves the most text for the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import z3

from drt.proofs.explore import Path, explore
from drt.proofs.folds import Returned, each
from drt.proofs.rewriting import Anything
from drt.proofs.symbols import Number, Truth, decided, formula, number, refuse
from drt.proofs.theorem import Counterexample, Goal
from production.language.wildcard import Wildcard, prepare

MODULE = "production.language.wildcard"
Text = z3.DeclareSort("Text")
PREFIX, SUFFIX, PIECE = z3.Consts("prefix suffix piece", Text)
LENGTH, AT, END, SIZE = z3.Ints("length at end size")
STARRED, STARTS, ENDS, HAS_STAR = z3.Bools("starred starts_with_text ends_with_text has_star")
size_of = z3.Function("size_of", Text, z3.IntSort())
occurs = z3.Function("occurs", Text, z3.IntSort(), z3.BoolSort())
"""A piece is in the text at a place, to its end."""
found_at = z3.Function("found_at", Text, z3.IntSort(), z3.IntSort(), z3.IntSort())
rest = z3.Function("rest", z3.IntSort(), z3.BoolSort())
"""From a place on, the text is as the pieces after the next one, each after a star, and the suffix describe it."""
low, high, there = z3.Ints("low high there")


def _occurs_within(piece: Any, place: Any) -> Any:
    """Return what is known of a piece at a place: it begins and ends within the text."""
    return z3.Implies(occurs(piece, place), z3.And(place >= 0, place + size_of(piece) <= LENGTH))


def _is_leftmost(piece: Any, start: Any, stop: Any) -> Any:
    """Return what `str.find` promises within the text."""
    place = found_at(piece, start, stop)
    between = z3.And(start <= low, low + size_of(piece) <= stop, occurs(piece, low))
    none = z3.And(place == -1, z3.ForAll([low], z3.Not(between)))
    first = z3.And(
        start <= place, place + size_of(piece) <= stop, occurs(piece, place),
        z3.ForAll([low], z3.Implies(between, place <= low)),
    )  # fmt: skip
    return z3.Or(none, first)


def _is_rest(described: Callable[[Any], Any]) -> Any:
    """State what every end of a pattern that begins with a star keeps: later is no easier, and the suffix has its place."""
    return z3.And(
        z3.ForAll([low, high], z3.Implies(z3.And(low <= high, described(high)), described(low))),
        z3.ForAll([low], z3.Implies(described(low), z3.And(low <= END, occurs(SUFFIX, END)))),
    )


def _with_piece(place: Any) -> Any:
    """Describe by definition: some characters, the next piece, and the rest."""
    ends = there + size_of(PIECE)
    return z3.Exists([there], z3.And(place <= there, occurs(PIECE, there), ends <= END, rest(ends)))


SIZES = (
    LENGTH >= 0,
    size_of(PREFIX) >= 0,
    size_of(SUFFIX) >= 0,
    size_of(PIECE) >= 0,
    LENGTH - size_of(SUFFIX) == END,
)
KNOWN = (*SIZES, *(_occurs_within(*pair) for pair in ((PREFIX, z3.IntVal(0)), (SUFFIX, END))))
STATE = (AT >= 0, AT <= END, occurs(SUFFIX, END))
"""What holds before each turn: `end` is where the suffix begins, and `at` is no later."""


class Piece(Anything):
    """A text of which nothing is known but its length."""

    def __init__(self, term: Any) -> None:
        self.term = term

    def copied(self, builtin: Any) -> Number:
        """Return its length."""
        return Number(size_of(self.term)) if builtin is len else refuse(f"`{builtin}`")


def _term(piece: Any) -> Any:
    return piece.term if isinstance(piece, Piece) else refuse("another text")


class AnyText(Anything):
    """The text that is matched."""

    def copied(self, builtin: Any) -> Number:
        """Return its length."""
        return Number(LENGTH) if builtin is len else refuse(f"`{builtin}`")

    def __eq__(self, other: object) -> Any:
        piece = _term(other)
        return Truth(z3.And(occurs(piece, 0), size_of(piece) == LENGTH))

    __hash__ = None

    def startswith(self, piece: Any) -> Truth:
        """Return whether a piece is at its start."""
        return Truth(occurs(_term(piece), 0))

    def endswith(self, piece: Any) -> Truth:
        """Return whether a piece is at its end."""
        return Truth(occurs(_term(piece), LENGTH - size_of(_term(piece))))

    def find(self, piece: Any, start: Any = 0, stop: Any = None) -> Number:
        """Return the leftmost place of a piece between two places of the text, or -1."""
        stop = Number(LENGTH) if stop is None else stop
        if not decided(z3.And(number(start) >= 0, number(stop) >= 0, number(stop) <= LENGTH)):
            refuse("a search from a place that is not in the text")
        return Number(found_at(_term(piece), number(start), number(stop)))


def _pattern() -> Any:
    return SimpleNamespace(starred=Truth(STARRED), prefix=Piece(PREFIX), suffix=Piece(SUFFIX), pieces=None)


def goals(decode: Callable[[Any], Counterexample]) -> Iterator[Goal]:
    """Yield what holds of a pattern's form, before the first turn, in each turn, and after the last."""
    parts = each(MODULE, "Wildcard.matches", "self.pieces")
    if parts.carried != ("at", "end"):
        refuse(f"the state {parts.carried}")
    text = AnyText()
    whole = z3.And(occurs(PREFIX, 0), size_of(PREFIX) == LENGTH)
    right = z3.If(STARRED, z3.And(occurs(PREFIX, 0), rest(size_of(PREFIX))), whole)

    def begins(at: Any, end: Any) -> Any:
        return z3.And(STARRED, end == END, at >= 0, at <= end, occurs(SUFFIX, END), right == rest(at))

    before = explore(lambda: parts.before(_pattern(), text), assuming=SIZES)
    claim = _ends(before, right, begins)
    yield Goal(
        "the loop begins after the prefix and ends at the suffix", claim, (*KNOWN, _is_rest(rest)), decode
    )

    def continues(at: Any, end: Any) -> Any:
        return z3.And(end == END, at >= 0, at <= end, _with_piece(AT) == rest(at))

    turn = explore(
        lambda: parts.turn(_pattern(), text, Number(AT), Number(END), Piece(PIECE)), assuming=(*SIZES, *STATE)
    )
    assumed = (*KNOWN, *STATE, _is_rest(rest), _is_leftmost(PIECE, AT, END))
    yield Goal(
        "a turn takes a piece at its leftmost place", _ends(turn, _with_piece(AT), continues), assumed, decode
    )
    yield Goal(
        "a piece more keeps what is known of the rest",
        _is_rest(_with_piece),
        (*KNOWN, _is_rest(rest)),
        decode,
    )

    def suffixed(place: Any) -> Any:
        return z3.And(place <= END, occurs(SUFFIX, END))

    yield Goal("the suffix alone is such a rest", _is_rest(suffixed), KNOWN, decode)
    after = explore(lambda: parts.after(_pattern(), text, Number(AT), Number(END)), assuming=(*SIZES, *STATE))
    ended = [z3.Implies(path.condition, formula(path.value) == suffixed(AT)) for path in after]
    yield Goal("after the last piece the text matches", z3.And(*ended), (*KNOWN, *STATE), decode)
    yield Goal("a pattern's form is its texts and stars", _prepared(), FORM, decode)


def _ends(paths: list[Path], right: Any, state: Callable[[Any, Any], Any]) -> Any:
    """State of each path that it returns what is right, or leads to a state."""
    claims = []
    for path in paths:
        match path.value:
            case Returned(value):
                said = formula(value) == right if type(value) in (bool, Truth) else z3.BoolVal(False)
            case (at, end):
                said = state(number(at), number(end))
            case _:
                said = z3.BoolVal(False)
        claims.append(z3.Implies(path.condition, said))
    return z3.And(*claims)


# The form of a pattern.

FORM = (
    SIZE >= 1,
    HAS_STAR,
    z3.Implies(SIZE == 1, z3.And(z3.Not(STARTS), z3.Not(ENDS))),
    z3.Implies(SIZE == 2, z3.Not(z3.And(STARTS, ENDS))),
)
"""Texts and stars, at least one star, no text empty, no two texts in a row."""


class Element(Anything):
    """The text at a place of the pattern; it is not empty."""

    def __init__(self, place: Any) -> None:
        self.place = place

    def __bool__(self) -> bool:
        return True


class AnyPattern(Anything):
    """A pattern with a star, of any length."""

    def copied(self, builtin: Any) -> Number:
        """Return its length."""
        return Number(SIZE) if builtin is len else refuse(f"`{builtin}`")

    def __contains__(self, element: Any) -> bool:
        return decided(HAS_STAR) if element is None else refuse("membership")

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            if place.step is not None or place.start is None or place.stop is None:
                refuse("a slice from end to end")
            return Part(number(place.start), number(place.stop))
        if type(place) is not int or place not in (0, -1):
            refuse("an element that is not at an end")
        is_text = STARTS if place == 0 else ENDS
        return Element(z3.IntVal(0) if place == 0 else SIZE - 1) if decided(is_text) else None


class Part(Anything):
    """The elements between two places of the pattern; `chosen` says that it has the texts of them alone."""

    def __init__(self, start: Any, stop: Any, chosen: bool = False) -> None:
        self.start, self.stop, self.chosen = start, stop, chosen

    def over(self, run: Callable[[Any], Any]) -> Part:
        """Run a comprehension on a star and on a text."""
        one = Element(None)
        texts = list(run((one,)))
        if list(run((None,))) or len(texts) != 1 or texts[0] is not one:
            refuse("another choice than that of the texts")
        return Part(self.start, self.stop, True)

    def copied(self, builtin: Any) -> Part:
        """Return a tuple of them."""
        return self if builtin is tuple else refuse(f"`{builtin}`")


def _prepared() -> Any:
    """State that the first and the last text are the prefix and suffix, and the pieces all other texts."""
    claims = []
    for path in explore(lambda: prepare(AnyPattern()), assuming=FORM):  # type: ignore[arg-type]  # a stand-in
        made: Wildcard = path.value
        pieces: Any = made.pieces
        if type(pieces) is not Part or not pieces.chosen or made.starred is not True:
            return z3.BoolVal(False)
        between = z3.And(pieces.start == z3.If(STARTS, 1, 0), pieces.stop == SIZE - z3.If(ENDS, 1, 0))
        ends = (_is_at(made.prefix, STARTS, z3.IntVal(0)), _is_at(made.suffix, ENDS, SIZE - 1))
        claims.append(z3.Implies(path.condition, z3.And(between, *ends)))
    return z3.And(*claims)


def _is_at(text: Any, is_text: Any, place: Any) -> Any:
    """State that a text is the one at a place of the pattern, if there is one, and else empty."""
    if isinstance(text, Element):
        return z3.And(is_text, text.place == place)
    return z3.Not(is_text) if type(text) is str and text == "" else z3.BoolVal(False)
