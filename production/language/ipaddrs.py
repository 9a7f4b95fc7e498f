"""The ipaddr type: version, address bits and prefix length, scanned by hand (spec 03 §2).

Host bits are kept and take part in equality; a range is what the prefix makes of the address.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ..errors import ArgumentError, EvaluationError
from .integers import fixed_digits

_LONGEST: Final = 43
_HEX: Final = {digit: int(digit, 16) for digit in "0123456789abcdefABCDEF"}


@dataclass(frozen=True, slots=True)
class IpAddress:
    """An address range: `version` 4 or 6, the address as an integer, and the prefix length in bits."""

    version: int
    """4 or 6."""
    address: int
    """The address as an unsigned integer, host bits included."""
    prefix: int
    """How many leading bits are the network's."""

    def __post_init__(self) -> None:
        width = 32 if self.version == 4 else 128 if self.version == 6 else -1
        numbers = (self.version, self.address, self.prefix)
        if not all(number.__class__ is int for number in numbers) or not (
            0 <= self.prefix <= width and 0 <= self.address < 1 << width
        ):
            raise ArgumentError(f"no IP address has the version, bits and prefix {numbers!r}")

    def __hash__(self) -> int:
        # Bytes hash with the process's secret; two 128-bit integers can be made to collide at will.
        return hash(self.address.to_bytes(16, "big")) ^ self.prefix

    def __str__(self) -> str:
        """Return the canonical text: dotted decimal or eight hexadecimal groups, always with the prefix."""
        if self.version == 4:
            octets = ".".join(str(self.address >> shift & 0xFF) for shift in (24, 16, 8, 0))
            return f"{octets}/{self.prefix}"
        groups = ":".join(f"{self.address >> shift & 0xFFFF:x}" for shift in range(112, -1, -16))
        return f"{groups}/{self.prefix}"

    def bounds(self) -> tuple[int, int]:
        """Return the first and the last address of the range."""
        width = (32 if self.version == 4 else 128) - self.prefix
        low = self.address >> width << width
        return low, low + (1 << width) - 1

    def is_in(self, other: IpAddress) -> bool:
        """Return whether every address of this range lies in the other; never across versions."""
        if self.version != other.version:
            return False
        low, high = self.bounds()
        other_low, other_high = other.bounds()
        return other_low <= low and high <= other_high


LOOPBACK: Final = {4: IpAddress(4, 127 << 24, 8), 6: IpAddress(6, 1, 128)}
MULTICAST: Final = {4: IpAddress(4, 224 << 24, 4), 6: IpAddress(6, 0xFF << 120, 8)}


def parse_ip(text: str) -> IpAddress:
    """Read an address with an optional prefix; raises an extension error for anything outside the grammar."""
    if len(text) <= _LONGEST:
        address_text, slash, prefix_text = text.partition("/")
        version = 6 if ":" in address_text else 4
        width = 128 if version == 6 else 32
        address = _ipv6(address_text) if version == 6 else _ipv4(address_text)
        prefix = _small(prefix_text, 3 if version == 6 else 2, width) if slash else width
        if address >= 0 and prefix >= 0:
            return IpAddress(version, address, prefix)
    raise EvaluationError("extension", "not an IP address or range")


def _small(text: str, longest: int, ceiling: int) -> int:
    """Return a decimal number without leading zeros, at most `longest` digits and `ceiling`; -1 otherwise."""
    length = len(text)
    if not 1 <= length <= longest or (length > 1 and text[0] == "0"):
        return -1
    value = fixed_digits(text, 0, length)
    return value if value <= ceiling else -1


def _ipv4(text: str) -> int:
    parts = text.split(".")
    if len(parts) != 4:
        return -1
    address = 0
    for part in parts:
        octet = _small(part, 3, 255)
        if octet < 0:
            return -1
        address = address << 8 | octet
    return address


def _groups(text: str) -> list[int] | None:
    """Return colon-separated groups of one to four hexadecimal digits, or `None` if malformed.

    An empty text has no groups.
    """
    groups: list[int] = []
    if not text:
        return groups
    for part in text.split(":"):
        if not 1 <= len(part) <= 4:
            return None
        group = 0
        for character in part:
            digit = _HEX.get(character, -1)
            if digit < 0:
                return None
            group = group << 4 | digit
        groups.append(group)
    return groups


def _ipv6(text: str) -> int:
    head_text, gap, tail_text = text.partition("::")
    head, tail = _groups(head_text), _groups(tail_text)
    if head is None or tail is None:
        return -1
    missing = 8 - len(head) - len(tail)
    if missing < 1 if gap else missing != 0:
        return -1
    address = 0
    for group in (*head, *([0] * missing), *tail):
        address = address << 16 | group
    return address
