"""ipaddr: IPv4 and IPv6 addresses and the ranges that they stand for (spec 03 §2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reference.errors import EvaluationError
from reference.integers import DIGITS, from_digits, keyed_hash

LONGEST_TEXT = 43
HEX_DIGITS = {**DIGITS} | {letter: 10 + index for index, letter in enumerate("abcdef")}
HEX_DIGITS |= {letter.upper(): value for letter, value in HEX_DIGITS.items()}


@dataclass(frozen=True, slots=True)
class IpAddr:
    """An address with its prefix length; the bits after the prefix are kept and take part in equality."""

    version: Literal[4, 6]
    address: int
    prefix: int

    def __hash__(self) -> int:
        return hash((self.version, keyed_hash(self.address), self.prefix))

    @property
    def width(self) -> int:
        """How many bits an address of this version has."""
        return 32 if self.version == 4 else 128

    @property
    def lowest(self) -> int:
        """The first address of the range."""
        free = self.width - self.prefix
        return (self.address >> free) << free

    @property
    def highest(self) -> int:
        """The last address of the range."""
        free = self.width - self.prefix
        return self.lowest + (1 << free) - 1


LOOPBACK = {4: IpAddr(4, 127 << 24, 8), 6: IpAddr(6, 1, 128)}
MULTICAST = {4: IpAddr(4, 224 << 24, 4), 6: IpAddr(6, 0xFF00 << 112, 8)}


def parse(text: str) -> IpAddr:
    """Read an address with or without a prefix length; without one it is the full width.

    Raises:
        EvaluationError: kind `extension`, if the text is neither an IPv4 nor an IPv6 range.
    """
    if len(text) > LONGEST_TEXT:
        raise EvaluationError("extension")
    address, slash, prefix = text.partition("/")
    if ":" in address:
        return IpAddr(6, _v6(address), _number(prefix, 128) if slash else 128)
    return IpAddr(4, _v4(address), _number(prefix, 32) if slash else 32)


def canonical(value: IpAddr) -> str:
    """Dotted decimal, or eight groups of hex digits; always with the prefix length."""
    if value.version == 4:
        parts = [f"{value.address >> shift & 0xFF}" for shift in (24, 16, 8, 0)]
        return f"{'.'.join(parts)}/{value.prefix}"
    groups = [f"{value.address >> shift & 0xFFFF:x}" for shift in range(112, -16, -16)]
    return f"{':'.join(groups)}/{value.prefix}"


def is_ipv4(value: IpAddr) -> bool:
    """Return whether the address is of version 4."""
    return value.version == 4


def is_ipv6(value: IpAddr) -> bool:
    """Return whether the address is of version 6."""
    return value.version == 6


def is_in_range(inner: IpAddr, outer: IpAddr) -> bool:
    """Return whether every address of `inner` belongs to `outer`."""
    return inner.version == outer.version and outer.lowest <= inner.lowest and inner.highest <= outer.highest


def is_loopback(value: IpAddr) -> bool:
    """Return whether all addresses of the range are loopback addresses."""
    return is_in_range(value, LOOPBACK[value.version])


def is_multicast(value: IpAddr) -> bool:
    """Return whether all addresses of the range are multicast addresses."""
    return is_in_range(value, MULTICAST[value.version])


def _v4(text: str) -> int:
    octets = text.split(".")
    if len(octets) != 4:
        raise EvaluationError("extension")
    address = 0
    for octet in octets:
        address = address << 8 | _number(octet, 255)
    return address


def _v6(text: str) -> int:
    head, gap, tail = text.partition("::")
    before, after = _groups(head), _groups(tail)
    missing = 8 - len(before) - len(after)
    if (missing < 1) if gap else (missing != 0):
        raise EvaluationError("extension")
    address = 0
    for group in [*before, *[0] * missing, *after]:
        address = address << 16 | group
    return address


def _groups(text: str) -> list[int]:
    return [_group(group) for group in text.split(":")] if text else []


def _group(text: str) -> int:
    if not (1 <= len(text) <= 4 and all(character in HEX_DIGITS for character in text)):
        raise EvaluationError("extension")
    group = 0
    for character in text:
        group = group << 4 | HEX_DIGITS[character]
    return group


def _number(text: str, largest: int) -> int:
    """Read a decimal number from 0 to `largest`, without a leading zero."""
    well_formed = text != "" and all(character in DIGITS for character in text)
    if not well_formed or (text[0] == "0" and text != "0") or from_digits(text) > largest:
        raise EvaluationError("extension")
    return from_digits(text)
