"""Readers of runs of digits: what they promise, and that each turn of their loops keeps the promise.

Owns the contracts that stand in for them where a whole reader is explored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import z3

from drt.proofs.characters import Character, Table, is_digit, standing_in
from drt.proofs.explore import Path, explore
from drt.proofs.folds import Returned, each
from drt.proofs.rewriting import Anything
from drt.proofs.symbols import Number, decided, number, refuse
from drt.proofs.texts import READERS, search
from drt.proofs.theorem import Counterexample, Goal

Term = Any
MANY = 30
"""Numbers of more digits, without zeros before them, are out of every range: the reference gives one as great."""
GREAT = 10**MANY
TABLES = {"reference.integers.DIGITS": Table, "production.language.integers._DIGIT_VALUES": Table}
CODE, TOTAL, CEILING, SIGNIFICANT = z3.Ints("code total ceiling significant")
EMPTY = z3.Bool("empty")
DIGIT = is_digit(CODE)
NEXT = TOTAL * 10 + (CODE - ord("0"))


class _Run(Anything):
    """Characters of which nothing is known but whether there are any."""

    def __bool__(self) -> bool:
        return not decided(EMPTY)

    def __getitem__(self, place: Any) -> Character:
        return Character(CODE)

    def lstrip(self, characters: Any) -> _Significant:
        """Return the digits without leading zeros, which add nothing to the number."""
        return _Significant() if characters == "0" else refuse("other characters at the start")


class _Significant(Anything):
    """The digits from the first that is not zero."""

    def copied(self, builtin: Any) -> Number:
        """Return how many there are."""
        return Number(SIGNIFICANT) if builtin is len else refuse(f"`{builtin}`")


def _begins(paths: list[Path], returns: Term, returned: int) -> Term:
    """State that a reader returns a number at once or begins with zero."""
    claims = []
    for path in paths:
        match path.value:
            case Returned(value):
                said = z3.And(returns, number(value) == returned)
            case (total, *_):
                said = z3.And(z3.Not(returns), number(total) == 0)
        claims.append(z3.Implies(path.condition, said))
    return z3.And(*claims)


def _begins_great(paths: list[Path]) -> Term:
    """State that a reader begins with zero, or returns a great number of what is one."""
    claims = []
    for path in paths:
        match path.value:
            case Returned(int(value)):
                said = z3.And(SIGNIFICANT > MANY, z3.BoolVal(value >= GREAT))
            case (int(total), *_):
                said = z3.BoolVal(total == 0)
            case _:
                said = z3.BoolVal(False)
        claims.append(z3.Implies(path.condition, said))
    return z3.And(*claims)


def _turns(paths: list[Path], returns: Term) -> Term:
    """State that a turn returns -1, or takes one digit more."""
    claims = []
    for path in paths:
        match path.value:
            case Returned(value):
                said = z3.And(returns, number(value) == -1)
            case (total, *_):
                said = z3.And(z3.Not(returns), number(total) == NEXT)
            case _:
                said = z3.BoolVal(False)
        claims.append(z3.Implies(path.condition, said))
    return z3.And(*claims)


def _ended(paths: list[Path]) -> Term:
    return z3.And(*(z3.Implies(path.condition, number(path.value) == TOTAL) for path in paths))


def _decode(model: Any) -> Counterexample:
    found = (search(name) for name in READERS)
    return next(
        (each for each in found if each is not None),
        Counterexample(f"{model}, which no text confirms", False),
    )


def goals(decode: Callable[[Any], Counterexample] = _decode) -> Iterator[Goal]:
    """Yield what holds before the first digit, in each turn, and after the last, of three readers."""
    run, one, total = _Run(), Character(CODE), Number(TOTAL)
    never = z3.BoolVal(False)
    with standing_in(TABLES):
        name = "the reference's `from_digits`"
        parts = each("reference.integers", "from_digits", "significant")
        begun = _begins_great(explore(lambda: parts.before(run)))
        yield Goal(f"{name} begins", begun, (), decode)
        turn = explore(lambda: parts.turn(run, total, None, one), assuming=(DIGIT,))
        yield Goal(f"{name} takes a digit", _turns(turn, never), (DIGIT,), decode)
        yield Goal(f"{name} ends", _ended(explore(lambda: parts.after(run, total, None))), (), decode)

        name, ceiling = "production's `digits_value`", Number(CEILING)
        parts = each("production.language.integers", "digits_value", "text")
        yield Goal(
            f"{name} begins", _begins(explore(lambda: parts.before(run, ceiling)), EMPTY, -1), (), decode
        )
        turn = explore(lambda: parts.turn(run, ceiling, total, one))
        yield Goal(f"{name} takes a digit", _turns(turn, z3.Or(z3.Not(DIGIT), NEXT > CEILING)), (), decode)
        yield Goal(f"{name} ends", _ended(explore(lambda: parts.after(run, ceiling, total))), (), decode)

        name = "production's `fixed_digits`"
        parts = each("production.language.integers", "fixed_digits", "range(start, stop)")
        yield Goal(f"{name} begins", _begins(explore(lambda: parts.before(run, 0, 0)), never, 0), (), decode)
        turn = explore(lambda: parts.turn(run, 0, 0, total, 0))
        yield Goal(f"{name} takes a digit", _turns(turn, z3.Not(DIGIT)), (), decode)
        yield Goal(f"{name} ends", _ended(explore(lambda: parts.after(run, 0, 0, total))), (), decode)


# Contracts.


def from_digits(real: Callable[[str], int]) -> Callable[[Any], Any]:
    """Return what the reference's `from_digits` promises of digits."""

    def contract(digits: Any) -> Any:
        if isinstance(digits, str):
            return real(digits)
        if not decided(digits.are_digits()):
            refuse("the number of what is not digits")
        return Number(digits.capped())

    return contract


def fixed_digits(real: Callable[[str, int, int], int]) -> Callable[[Any, Any, Any], Any]:
    """Return what production's `fixed_digits` promises of a part of a text."""

    def contract(text: Any, start: Any, stop: Any) -> Any:
        if isinstance(text, str):
            return real(text, start, stop)
        part = text[start:stop]
        return Number(part.number()) if decided(part.are_digits()) else -1

    return contract


def digits_value(real: Callable[[str, int], int]) -> Callable[[Any, Any], Any]:
    """Return what production's `digits_value` promises of any text."""

    def contract(text: Any, ceiling: int) -> Any:
        if isinstance(text, str):
            return real(text, ceiling)
        fits = z3.And(text.are_digits(), z3.Not(text.is_empty()), text.number() <= ceiling)
        return Number(text.number()) if decided(fits) else -1

    return contract


def outcome(parse: Callable[[Any], Any], text: Any, part: str, refusals: tuple[type[Exception], ...]) -> Any:
    """Return the number that a reader gives, or None if it refuses the text."""
    try:
        return getattr(parse(text), part)
    except refusals as error:
        kind = getattr(error, "kind", None)
        return None if kind == "extension" else str(kind)


def judged(paths: list[Path], is_one: Term, value: Term) -> Term:
    """State of all paths that the reader refuses what is none, and gives the value of what is one."""
    claims = []
    for path in paths:
        found = path.value
        if isinstance(found, str):
            right: Term = z3.BoolVal(False)
        else:
            right = z3.Not(is_one) if found is None else z3.And(is_one, number(found) == value)
        claims.append(z3.Implies(path.condition, right))
    return z3.And(*claims)
