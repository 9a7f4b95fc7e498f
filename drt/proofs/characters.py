"""Texts of symbolic characters, as the readers of extension values see them.

Owns the stand-ins: a character, a text of known length, a regular expression that matches such texts as Python's
engine does, and a table from characters to numbers. A path is replayed on plain texts like any other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from re import _parser as parser
from types import MappingProxyType
from typing import Any

import z3

from drt.proofs.rewriting import Anything
from drt.proofs.symbols import Number, Truth, decided, refuse

Term = Any
MOST = 0x10FFFF


class Character(Anything):
    """A character by its code point."""

    def __init__(self, term: Term) -> None:
        self.term = term

    def _than(self, other: object) -> Any:
        if isinstance(other, Character):
            return other.term
        return z3.IntVal(ord(other)) if isinstance(other, str) and len(other) == 1 else refuse("a comparison")

    def __eq__(self, other: object) -> Any:
        return False if isinstance(other, str) and len(other) != 1 else Truth(self.term == self._than(other))

    def __ne__(self, other: object) -> Any:
        return True if isinstance(other, str) and len(other) != 1 else Truth(self.term != self._than(other))

    def __le__(self, other: object) -> Truth:
        return Truth(self.term <= self._than(other))

    def __ge__(self, other: object) -> Truth:
        return Truth(self.term >= self._than(other))

    def among(self, characters: Any) -> Truth:
        """Return whether it is one of these."""
        return Truth(z3.Or(*(self.term == ord(each) for each in characters)))

    def plain(self, model: Any) -> str:
        """Return the character that it is in a model."""
        return chr(model.eval(self.term, model_completion=True).as_long())

    __hash__ = None


LENGTH = z3.Int("length")
LONGEST_SHOWN = 30
"""A longer text of a model is shown by one of so many characters: nothing looks that far."""


@cache
def character(place: int) -> Term:
    """Return the code point of the character at a place."""
    return z3.Int(f"c{place}")


class Text(Anything):
    """A text of any length from a place on, or a part of it that lies within.

    `fields` names the numbers of some parts.
    """

    def __init__(
        self,
        start: int = 0,
        stop: int | None = None,
        fields: Mapping[tuple[int, int], Term] = MappingProxyType({}),
    ) -> None:
        self.start, self.stop, self.fields = start, stop, fields

    @property
    def terms(self) -> list[Term]:
        """The characters of a part."""
        return [character(place) for place in range(self.start, self.stop or refuse("the characters"))]

    def has(self, count: int) -> Term:
        """State that it has so many characters or more."""
        return (
            self.start + count <= LENGTH if self.stop is None else z3.BoolVal(self.start + count <= self.stop)
        )

    def ends(self, count: int) -> Term:
        """State that it has just so many characters."""
        return z3.And(self.has(count), z3.Not(self.has(count + 1)))

    def copied(self, builtin: Callable[[Any], Any]) -> Any:
        """Return its length."""
        if builtin is not len:
            refuse(f"`{builtin}`")
        return Number(LENGTH - self.start) if self.stop is None else self.stop - self.start

    def __len__(self) -> int:
        return refuse("the length") if self.stop is None else self.stop - self.start

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            if place.step is not None or type(place.start) is not int or place.start < 0:
                refuse("a slice")
            stop = None if place.stop is None else self.start + place.stop
            if stop is None and not decided(self.has(place.start)):
                refuse("a slice beyond the end")
            if stop is not None and not decided(self.has(place.stop)):
                refuse("a slice beyond the end")
            return Text(self.start + place.start, stop, self.fields)
        if type(place) is not int or place < 0:
            refuse("a character from the end")
        if not decided(self.has(place + 1)):
            raise IndexError("string index out of range")
        return Character(character(self.start + place))

    def __eq__(self, other: object) -> Any:
        if not isinstance(other, str):
            refuse("equality")
        same = [character(self.start + place) == ord(each) for place, each in enumerate(other)]
        return Truth(z3.And(self.ends(len(other)), *same))

    def __ne__(self, other: object) -> Any:
        return Truth(z3.Not((self == other).term))

    def number(self) -> Term:
        """Return the number that the characters of a part denote, if all are digits."""
        if self.stop is None:
            refuse("the number")
        named = self.fields.get((self.start, self.stop))
        return denoted(self.terms) if named is None else named

    capped = number

    def are_digits(self) -> Term:
        """State that all characters of a part are digits."""
        return _digits(self.start, len(self))

    def plain(self, model: Any) -> str:
        """Return the text that it is in a model."""
        length = model.eval(LENGTH, model_completion=True).as_long()
        codes = [
            model.eval(character(place), model_completion=True).as_long()
            for place in range(min(length, LONGEST_SHOWN))
        ]
        return "".join(map(chr, codes))[self.start : self.stop]

    __hash__ = None


def is_digit(term: Term) -> Term:
    """State that a code point is that of an ASCII digit."""
    return z3.And(term >= ord("0"), term <= ord("9"))


@cache
def _digits(start: int, count: int) -> Term:
    return z3.And(*(is_digit(character(start + place)) for place in range(count)))


def denoted(terms: Sequence[Term]) -> Term:
    """Return the number that digits denote."""
    total: Term = z3.IntVal(0)
    for each in terms:
        total = total * 10 + (each - ord("0"))
    return z3.simplify(total)


def known_text(fields: Mapping[tuple[int, int], Term]) -> list[Term]:
    """Return what is known of the text: its characters, and what the names of its numbers stand for."""
    seen = range(max(stop for _, stop in fields) + 2)
    known = [LENGTH >= 0, *(z3.And(character(place) >= 0, character(place) <= MOST) for place in seen)]
    for place, term in fields.items():
        part = Text(*place)
        known.append(z3.Implies(part.are_digits(), term == denoted(part.terms)))
    return known


class Judged(Anything):
    """What a comprehension makes of each character: whether it is one of a class."""

    def __init__(self, all_are: Term) -> None:
        self.all_are = all_are

    def copied(self, builtin: Any) -> Truth:
        """Return whether all are."""
        return Truth(self.all_are) if builtin is all else refuse(f"`{builtin}`")


class Table(Anything):
    """A shipped table from characters to numbers."""

    def __init__(self, held: Mapping[str, int]) -> None:
        self.held = held

    def __contains__(self, key: Any) -> Any:
        return bool(key.among(self.held)) if isinstance(key, Character) else key in self.held

    def get(self, key: Any, other: Any = None) -> Any:
        """Return the number of a character, or the other."""
        try:
            return self[key]
        except KeyError:
            return other

    def __getitem__(self, key: Any) -> Any:
        if not isinstance(key, Character):
            return self.held[key]
        if key not in self:
            raise KeyError(key)
        # One term for each run of characters whose numbers count up with them.
        runs = sorted({value - ord(each) for each, value in self.held.items()})
        chosen: Term = None
        for run in runs:
            here = [ord(each) for each, value in self.held.items() if value - ord(each) == run]
            value = key.term + run
            within = z3.Or(*(key.term == each for each in here))
            chosen = value if chosen is None else z3.If(within, value, chosen)
        return Number(chosen)


_parsed = cache(parser.parse)
Groups = dict[int, tuple[int, int]]
Then = Callable[[int, Groups], Groups | None]


class Matcher(Anything):
    """A shipped regular expression; it matches symbolic texts as Python's engine matches texts."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self.pattern = pattern

    def fullmatch(self, text: Any) -> Any:
        """Match a whole text."""
        if isinstance(text, str):
            return self.pattern.fullmatch(text)
        if self.pattern.flags != re.UNICODE.value or text.start or text.stop:
            refuse("a match with flags")
        items = [*_parsed(self.pattern.pattern)]
        found = _match(items, text, 0, {}, lambda end, held: held if decided(text.ends(end)) else None)
        return None if found is None else Match(text, found, self.pattern.groups)


class Match(Anything):
    """The groups of a match."""

    def __init__(self, text: Text, found: Groups, count: int) -> None:
        self.text, self.found, self.count = text, found, count

    def __getitem__(self, group: Any) -> Text | None:
        if type(group) is not int or not 1 <= group <= self.count:
            refuse("another group")
        return Text(*self.found[group], self.text.fields) if group in self.found else None

    def groups(self) -> tuple[Text | None, ...]:
        """Return all groups."""
        return tuple(self[group] for group in range(1, self.count + 1))


def _match(items: list[Any], text: Text, at: int, groups: Groups, then: Then) -> Groups | None:
    """Match items from a place on, then what follows; the first way counts, as in Python's engine."""
    if not items:
        return then(at, groups)
    (kind, of), rest = items[0], items[1:]

    def go_on(end: int, found: Groups) -> Groups | None:
        return _match(rest, text, end, found, then)

    match str(kind):
        case "LITERAL" | "IN":
            options = [(kind, of)] if str(kind) == "LITERAL" else of
            there = _is_there(tuple((str(each), of) for each, of in options), at)
            return go_on(at + 1, groups) if decided(there) else None
        case "SUBPATTERN":
            number, added, removed, inside = of
            if added or removed:
                refuse("a match with flags")

            def kept(end: int, found: Groups) -> Groups | None:
                return go_on(end, {**found, number: (at, end)} if number else found)

            return _match([*inside], text, at, groups, kept)
        case "BRANCH":
            ways = (_match([*way], text, at, groups, go_on) for way in of[1])
            return next((found for found in ways if found is not None), None)
        case "MAX_REPEAT":
            least, most, inside = of
            return _repeat([*inside], text, at, groups, (least, most, 0), go_on)
        case "ASSERT_NOT" if of[0] == 1:
            ahead = _match([*of[1]], text, at, groups, lambda _, found: found)
            return go_on(at, groups) if ahead is None else None
    return refuse(f"a match of {kind}")


@cache
def _is_there(options: tuple[tuple[str, Any], ...], place: int) -> Term:
    """State that the text has a character of a class at a place."""
    one = character(place)
    return z3.And(place + 1 <= LENGTH, z3.Or(*(_option(*option, one) for option in options)))


def _option(kind: str, of: Any, one: Term) -> Term:
    match kind:
        case "LITERAL":
            return one == of
        case "RANGE":
            return z3.And(one >= of[0], one <= of[1])
    return refuse(f"a class of {kind}")


def _repeat(
    inside: list[Any], text: Text, at: int, groups: Groups, times: tuple[int, int, int], then: Then
) -> Groups | None:
    """Match as often as possible, then what follows; once less if that does not match."""
    least, most, count = times

    def once_more(end: int, found: Groups) -> Groups | None:
        return _repeat(inside, text, end, found, (least, most, count + 1), then) if end > at else None

    found = _match(inside, text, at, groups, once_more) if count < most else None
    return then(at, groups) if found is None and count >= least else found


@contextmanager
def standing_in(stand_ins: Mapping[str, Callable[[Any], Any]]) -> Iterator[None]:
    """Run a block with stand-ins in the place of names of modules; each is made of what it stands for."""
    held = {}
    for path, make in stand_ins.items():
        module, _, name = path.rpartition(".")
        names = import_module(module).__dict__
        held[path] = (names, name, names[name])
        names[name] = make(names[name])
    try:
        yield
    finally:
        for names, name, value in held.values():
            names[name] = value
