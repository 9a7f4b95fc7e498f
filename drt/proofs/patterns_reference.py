"""The reference's matcher of patterns, for all patterns and texts: one turn of its loop from any state.

Owns the sequences of places of which nothing is known. Before each turn `rest` has, in ascending order, exactly the
places from which the elements seen so far describe the remaining text; a turn makes it so for one element more.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import z3

from drt.proofs.explore import explore
from drt.proofs.folds import each
from drt.proofs.rewriting import Anything, Below
from drt.proofs.symbols import Number, Truth, decided, fresh, is_truth, number, refuse
from drt.proofs.theorem import Counterexample, Goal
from reference.syntax import Star

MODULE = "reference.wildcard"
Character = z3.DeclareSort("Character")
LENGTH, LAST, FIRST = z3.Ints("length last first")
at_place = z3.Function("at_place", z3.IntSort(), Character)
"""The character of the text at a place."""
described = z3.Function("described", z3.IntSort(), z3.BoolSort())
"""The elements seen so far describe the text from a place on."""
SOME = z3.Bool("some")
literal = z3.Const("literal", Character)
low, high = z3.Ints("low high")

KNOWN = (
    LENGTH >= 0,
    z3.ForAll(
        [low], z3.Implies(described(low), z3.And(low >= 0, low <= LENGTH, SOME, low >= FIRST, low <= LAST))
    ),
    z3.Implies(SOME, z3.And(described(FIRST), described(LAST))),
)
"""`rest` has exactly the places that are described; if any, `FIRST` and `LAST` are its ends."""


class OneCharacter(Anything):
    """A character: nothing but its equality with another is known."""

    def __init__(self, term: Any) -> None:
        self.term = term

    def __eq__(self, other: object) -> Any:
        return Truth(self.term == other.term) if isinstance(other, OneCharacter) else refuse("equality")

    def __ne__(self, other: object) -> Any:
        return Truth(self.term != other.term) if isinstance(other, OneCharacter) else refuse("equality")

    __hash__ = None


class AnyText(Anything):
    """The text of any length."""

    def copied(self, builtin: Any) -> Number:
        """Return its length."""
        return Number(LENGTH) if builtin is len else refuse(f"`{builtin}`")

    def __getitem__(self, place: Any) -> OneCharacter:
        if type(place) not in (int, Number):
            refuse("a slice")
        term = number(place)
        if decided(z3.And(term >= 0, term < LENGTH)):
            return OneCharacter(at_place(term))
        if decided(z3.And(term < 0, term >= -LENGTH)):
            return OneCharacter(at_place(term + LENGTH))
        raise IndexError("string index out of range")


class Places(Anything):
    """Places in ascending order: those from which the elements seen so far describe the text."""

    def __bool__(self) -> bool:
        return decided(SOME)

    def __getitem__(self, place: Any) -> Number:
        if place not in (0, -1):
            refuse("an element that is not at an end")
        if not decided(SOME):
            raise IndexError("list index out of range")
        return Number(LAST if place else FIRST)

    def __contains__(self, place: Any) -> bool:
        return decided(described(number(place)))

    def over(self, run: Callable[[Any], Any]) -> Chosen:
        """Run a comprehension on one place: it is chosen or not, and becomes another."""
        if type(run(())) is not list:
            refuse("a comprehension that makes no list")
        one = fresh(z3.IntSort())
        paths = explore(lambda: run([Number(one)]), assuming=(one >= 0, one <= LENGTH, LENGTH >= 0))
        made = [(path.condition, number(value)) for path in paths for value in path.value]
        return Chosen(one, made)


class Chosen(Anything):
    """What a comprehension makes of places, each under its condition."""

    def __init__(self, one: Any, made: list[tuple[Any, Any]]) -> None:
        self.one, self.made = one, made

    def becomes(self, place: Any, other: Any) -> Any:
        """State that a place is chosen and becomes the other."""
        held = (z3.And(condition, value == other) for condition, value in self.made)
        said = z3.Or(z3.BoolVal(False), *held)
        return z3.And(described(place), z3.substitute(said, (self.one, place)))


def _members(rest: Any) -> Callable[[Any], Any]:
    """Return the formula of what a sequence has."""
    if isinstance(rest, Below):
        return lambda place: z3.And(place >= 0, place < rest.end.term)
    if isinstance(rest, Chosen):
        return lambda place: z3.Exists([low], rest.becomes(low, place))
    if type(rest) in (list, tuple, range):
        return lambda place: z3.Or(z3.BoolVal(False), *(number(one) == place for one in rest))
    return refuse("another sequence of places")


def _is_ascending(rest: Any) -> Any:
    """State that a sequence of places has them in ascending order."""
    if isinstance(rest, Chosen):
        one, other = z3.Ints("one other")
        both = z3.And(rest.becomes(low, one), rest.becomes(high, other), low < high)
        return z3.ForAll([low, high, one, other], z3.Implies(both, one < other))
    if isinstance(rest, Below):
        return z3.BoolVal(True)
    held = [number(one) for one in rest]
    return z3.And(z3.BoolVal(True), *(one < other for one, other in itertools.pairwise(held)))


def _star(place: Any) -> Any:
    """Describe by definition: a star is any sequence of characters."""
    return z3.Exists([high], z3.And(place >= 0, place <= high, described(high)))


def _literal(place: Any) -> Any:
    """Describe by definition: a character is itself."""
    return z3.And(place >= 0, place < LENGTH, at_place(place) == literal, described(place + 1))


def goals(decode: Callable[[Any], Counterexample]) -> Iterator[Goal]:
    """Yield what holds before the first turn, in each turn, and after the last."""
    parts = each(MODULE, "matches", "reversed(pattern)")
    if parts.carried != ("rest",):
        refuse(f"the state {parts.carried}")
    text, place = AnyText(), z3.Int("place")
    [start] = explore(lambda: parts.before(text, None), assuming=(LENGTH >= 0,))
    begun = _members(start.value[0])(place) == (place == LENGTH)
    yield Goal("nothing describes the end of the text", begun, (LENGTH >= 0,), decode)
    for name, element, means in (("a star", Star(), _star), ("a character", OneCharacter(literal), _literal)):
        claims = []
        for path in explore(
            lambda element=element: parts.turn(text, None, Places(), element), assuming=KNOWN
        ):
            if path.value is None:
                claims.append(z3.Not(path.condition))
                continue
            [rest] = path.value
            same = z3.And(_members(rest)(place) == means(place), _is_ascending(rest))
            claims.append(z3.Implies(path.condition, same))
        yield Goal(f"a turn takes {name} as defined", z3.And(*claims), KNOWN, decode)
    ends = [
        z3.Implies(path.condition, is_truth(path.value, described(0)))
        for path in explore(lambda: parts.after(text, None, Places()), assuming=KNOWN)
    ]
    yield Goal("the whole text is described from its start", z3.And(*ends), KNOWN, decode)
