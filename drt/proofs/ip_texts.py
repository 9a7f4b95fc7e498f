"""Readers of addresses, on texts of any length: a whole text by its parts, which the readers of parts give or refuse.

Owns the cut of a text at its marks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib import import_module
from typing import Any

import z3

from drt.proofs import digits
from drt.proofs.characters import Text, standing_in
from drt.proofs.defects import Defect
from drt.proofs.explore import explore
from drt.proofs.ip_parts import PRODUCTION, REFERENCE, SMALL, parts, tried
from drt.proofs.rewriting import Anything
from drt.proofs.symbols import Number, decided, number, refuse
from drt.proofs.texts import search, tried_texts
from drt.proofs.theorem import Counterexample, Goal, Theorem
from reference.errors import EvaluationError

MOST = 43
COLON, SLASH, GAP = z3.Bools("colon slash gap")
TOTAL, PARTS = z3.Ints("total parts")


class _Piece(Anything):
    """A small number by its name: whether it is one depends on the greatest."""

    def __init__(self, name: str) -> None:
        self.value, self.length = z3.Ints(f"{name} {name}_length")
        self.is_small = z3.Function(f"is_small_{name}", z3.IntSort(), z3.BoolSort())

    def fits(self, most: int) -> Any:
        """State that it is a small number; `known` says that it is no greater then."""
        return z3.And(self.is_small(most), self.value >= 0, self.value <= most)


class _Groups(Anything):
    """A text of groups: how many, whether all are well formed, and their numbers."""

    def __init__(self, name: str) -> None:
        self.count, self.length = z3.Ints(f"{name}_count {name}_length")
        self.is_one = z3.Bool(f"{name}_is_one")
        self.values = [z3.Int(f"{name}_{place}") for place in range(8)]

    def copied(self, builtin: Any) -> Number:
        """Return how many there are."""
        return Number(self.count) if builtin is len else refuse(f"`{builtin}`")

    def __len__(self) -> int:
        return Number(self.count).__index__()

    def __iter__(self) -> Iterator[Number]:
        many = len(self)
        return (
            iter([Number(value) for value in self.values[:many]])
            if many <= 8
            else refuse("more than eight groups")
        )


OCTETS = [_Piece(f"octet{place}") for place in range(4)]
LENGTH_OF_PREFIX = _Piece("prefix")
HEAD, TAIL = _Groups("head"), _Groups("tail")
_OF_ADDRESS = z3.If(
    COLON,
    HEAD.length + z3.If(GAP, 2 + TAIL.length, 0),
    3 + sum((octet.length for octet in OCTETS), z3.IntVal(0)),
)
LENGTHS = (
    z3.Or(z3.And(z3.Not(COLON), PARTS != 4), _OF_ADDRESS + z3.If(SLASH, 1 + LENGTH_OF_PREFIX.length, 0) == TOTAL),
    *(z3.Implies(piece.fits(most), piece.length <= most_digits) for piece in (*OCTETS, LENGTH_OF_PREFIX) for most, most_digits in SMALL.items()),
    *(z3.Implies(each.is_one, each.length <= z3.If(each.count == 0, 0, 5 * each.count - 1)) for each in (HEAD, TAIL)),
)  # fmt: skip
"""A text is as long as its parts and the marks between: a group has up to four digits, and so no address is too long."""
BOUNDS = (
    PARTS >= 1, HEAD.count >= 0, TAIL.count >= 0, TOTAL >= 0, *LENGTHS,
    *(z3.And(value >= 0, value < 1 << 16) for groups in (HEAD, TAIL) for value in groups.values),
)  # fmt: skip


class _Octets(Anything):
    """What is between the points."""

    def copied(self, builtin: Any) -> Number:
        """Return how many there are."""
        return Number(PARTS) if builtin is len else refuse(f"`{builtin}`")

    def __iter__(self) -> Iterator[_Piece]:
        return iter(OCTETS) if decided(PARTS == 4) else refuse("other than four parts")


class _Address(Anything):
    """The text before the slash."""

    def __contains__(self, mark: Any) -> bool:
        return decided(COLON) if mark == ":" else refuse("another mark")

    def split(self, mark: Any) -> _Octets:
        """Return what is between points."""
        return _Octets() if mark == "." else refuse("a cut at another text")

    def partition(self, mark: Any) -> tuple[Any, str, Any]:
        """Return what is before and after the first gap."""
        if mark != "::":
            refuse("a cut at another text")
        return (HEAD, "::", TAIL) if decided(GAP) else (HEAD, "", "")


class _Whole(Anything):
    """Any text."""

    def copied(self, builtin: Any) -> Number:
        """Return its length."""
        return Number(TOTAL) if builtin is len else refuse(f"`{builtin}`")

    def partition(self, mark: Any) -> tuple[Any, str, Any]:
        """Return what is before and after the first slash."""
        if mark != "/":
            refuse("a cut at another text")
        return (_Address(), "/", LENGTH_OF_PREFIX) if decided(SLASH) else (_Address(), "", "")


def _promised_number(piece: Any, most: int) -> Number:
    if most in SMALL and decided(piece.fits(most)):
        return Number(piece.value)
    raise EvaluationError("extension")


def _promised_small(piece: Any, longest: int, most: int) -> Any:
    if most not in SMALL or longest - SMALL[most] not in (0, 1):
        refuse("another small number")
    return Number(piece.value) if decided(piece.fits(most)) else -1


def _promised_groups(real: Callable[[Any], Any], refused: Callable[[], Any]) -> Callable[[Any], Any]:
    def groups(text: Any) -> Any:
        if isinstance(text, str):
            return real(text)
        return text if decided(text.is_one) else refused()

    return groups


def _raised() -> Any:
    raise EvaluationError("extension")


WHOLE_STAND_INS: Mapping[str, Callable[[Any], Any]] = {
    f"{REFERENCE}._number": lambda real: _promised_number,
    f"{PRODUCTION}._small": lambda real: _promised_small,
    f"{REFERENCE}._groups": lambda real: _promised_groups(real, _raised),
    f"{PRODUCTION}._groups": lambda real: _promised_groups(real, lambda: None),
}


def _definition() -> tuple[Any, tuple[Any, Any, Any]]:
    """State that a text is an address, and give its version, its bits and the length of its prefix (spec 03 §2)."""
    four = z3.And(PARTS == 4, *(octet.fits(255) for octet in OCTETS))
    many = HEAD.count + TAIL.count
    six = z3.And(HEAD.is_one, z3.If(GAP, z3.And(TAIL.is_one, many <= 7), HEAD.count == 8))
    width = z3.If(COLON, z3.IntVal(128), z3.IntVal(32))
    prefixed = z3.Or(z3.Not(SLASH), z3.If(COLON, LENGTH_OF_PREFIX.fits(128), LENGTH_OF_PREFIX.fits(32)))
    is_one = z3.And(TOTAL <= MOST, z3.If(COLON, six, four), prefixed)
    bits4 = z3.Sum([octet.value * 2 ** (8 * (3 - at)) for at, octet in enumerate(OCTETS)])
    bits6 = z3.Sum(
        [z3.If(HEAD.count > at, value * 2 ** (16 * (7 - at)), 0) for at, value in enumerate(HEAD.values)]
    )
    for count in range(1, 8):
        after = sum((TAIL.values[at] * 2 ** (16 * (count - 1 - at)) for at in range(count)), z3.IntVal(0))
        bits6 = bits6 + z3.If(z3.And(GAP, TAIL.count == count), after, 0)
    return is_one, (
        z3.If(COLON, 6, 4),
        z3.If(COLON, bits6, bits4),
        z3.If(SLASH, LENGTH_OF_PREFIX.value, width),
    )


def _read(parse: Callable[[Any], Any]) -> Any:
    with standing_in(WHOLE_STAND_INS):
        found = tried(parse, _Whole())
    return found if found is None or isinstance(found, str) else (found.version, found.address, found.prefix)


def _goals() -> Iterator[Goal]:
    yield tried_texts("ip")
    yield from digits.goals()
    yield from parts(_decode)
    is_one, values = _definition()
    for parse in (import_module(REFERENCE).parse, import_module(PRODUCTION).parse_ip):
        claims = []
        for path in explore(partial(_read, parse), assuming=BOUNDS):
            match path.value:
                case None:
                    said = z3.Not(is_one)
                case str():
                    said = z3.BoolVal(False)
                case found:
                    said = z3.And(
                        is_one, *(number(one) == value for one, value in zip(found, values, strict=True))
                    )
            claims.append(z3.Implies(path.condition, said))
        yield Goal(parse.__module__, z3.And(*claims), BOUNDS, _decode)


def _decode(model: Any) -> Counterexample:
    return search("ip", Text().plain(model)) or Counterexample(
        f"{model}, which no text that is tried confirms", False
    )


THEOREMS = (
    Theorem(
        "Both readers give every address its bits",
        "For texts of any length and characters: both readers accept exactly those of spec 03 §2, with their version, bits and"
        " prefix. Proved with the promises of the readers of numbers and groups, which are proved beside.",
        "Lean Ext: ip parsing",
        "U",
        _goals,
        (
            Defect("octets up to 256", PRODUCTION, "octet = _small(part, 3, 255)", "octet = _small(part, 3, 256)"),
            Defect("zeros before octets", REFERENCE, 'or (text[0] == "0" and text != "0") ', ""),
            Defect("a gap of nothing", REFERENCE, "(missing < 1) if gap", "(missing < 0) if gap"),
            Defect("groups of five", PRODUCTION, "1 <= len(part) <= 4", "1 <= len(part) <= 5"),
            Defect("prefixes of version 4 up to 33", PRODUCTION, "width = 128 if version == 6 else 32", "width = 128 if version == 6 else 33"),
            Defect("prefixes of version 6 up to 32", REFERENCE, "_number(prefix, 128)", "_number(prefix, 32)"),
            Defect("the tail comes first", PRODUCTION, "(*head, *([0] * missing), *tail)", "(*tail, *([0] * missing), *head)"),
            Defect("capitals are no digits", PRODUCTION, "digit = _HEX.get(character, -1)", 'digit = _HEX.get(character, -1) if character <= "A" or character >= "a" else -1'),
            Defect("three octets", REFERENCE, "if len(octets) != 4:", "if len(octets) > 4:"),
        ),
        functions=(
            "reference.extensions.ipaddr.parse", "reference.extensions.ipaddr._v4", "reference.extensions.ipaddr._v6",
            "reference.extensions.ipaddr._group", "reference.extensions.ipaddr._groups", "reference.extensions.ipaddr._number",
            "production.language.ipaddrs.parse_ip", "production.language.ipaddrs._small", "production.language.ipaddrs._ipv4",
            "production.language.ipaddrs._ipv6", "production.language.ipaddrs._groups",
        ),
        search=partial(search, "ip"),
    ),
)  # fmt: skip
