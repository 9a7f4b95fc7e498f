"""The constant pools of one case: a few values of each kind that all its parts share.

A pool is drawn when it is first used. A constant is mostly one of the pool, sometimes its neighbour,
sometimes from the boundary lists.
"""

from __future__ import annotations

from generators.choice.profiles import Profile
from generators.choice.sources import Source
from generators.draw import extension_values, literals
from generators.draw.literals import LONG_MAX, LONG_MIN
from generators.draw.syntax import ExtV
from generators.texts import scripts

DELTAS = (1, -1, 1, -1, 2, -2, 10)


class Constants:
    """The constants of one case."""

    __slots__ = ("_extensions", "_longs", "_strings", "_tags", "profile", "source")

    def __init__(self, source: Source, profile: Profile) -> None:
        self.source = source
        self.profile = profile
        self._longs: list[int] = []
        self._strings: list[str] = []
        self._tags: list[str] = []
        self._extensions: dict[str, list[ExtV]] = {}

    def long(self) -> int:
        """Draw an integer: small, extreme, or a neighbour of one in the pool."""
        source = self.source
        if source.boolean(self.profile.extreme_constants):
            return source.choice(literals.EXTREME_LONGS)
        if not self._longs:
            self._longs = [source.choice(literals.SMALL_LONGS) for _ in range(3)]
        value = source.choice(self._longs)
        if source.integer(0, 4) == 4:
            return neighbour(value, source.choice(DELTAS))
        return value

    def string(self) -> str:
        """Draw a string, sometimes an odd one, as the profile says."""
        source = self.source
        if not self._strings:
            self._strings = [self._new_string() for _ in range(4)]
        if source.integer(0, 7) == 7:
            return self._new_string()
        return source.choice(self._strings)

    def _new_string(self) -> str:
        source = self.source
        if source.boolean(self.profile.odd_scripts):
            return scripts.text(source)
        if self.profile.hostile_text and source.boolean(0.3):
            return source.choice(literals.HOSTILE_STRINGS)
        if source.boolean(self.profile.odd_strings):
            return source.choice(literals.ODD_STRINGS)
        return source.choice(literals.PLAIN_STRINGS)

    def tag(self) -> str:
        """Draw a tag name, out of few, so that tags are found."""
        source = self.source
        if not self._tags:
            odd = source.boolean(self.profile.odd_names)
            self._tags = [source.choice(literals.TAG_NAMES) for _ in range(2)]
            if source.boolean(self.profile.odd_scripts):
                self._tags.append(scripts.text(source))
            if odd:
                self._tags.append(source.choice(literals.ODD_TAG_NAMES))
        return source.choice(self._tags)

    def key(self) -> str:
        """Draw a key of a record literal."""
        source = self.source
        if source.boolean(self.profile.odd_scripts):
            return scripts.text(source)
        return source.choice(literals.ATTRIBUTE_NAMES)

    def extension(self, kind: str) -> ExtV:
        """Draw a value of an extension type."""
        source = self.source
        pool = self._extensions.get(kind)
        if pool is None:
            known = _KNOWN[kind]
            pool = self._extensions[kind] = [source.choice(known) for _ in range(3)]
        extremes = extension_values.EXTREMES.get(kind)
        if extremes and source.boolean(self.profile.extreme_constants):
            return source.choice(extremes)
        value = source.choice(pool)
        if source.integer(0, 4) == 4:
            return self.extension_near(value)
        return value

    def extension_near(self, value: ExtV) -> ExtV:
        """Draw a neighbour: one step away, or a network around or an address beside."""
        source = self.source
        if value.kind != "ipaddr":
            near = extension_values.extension_near(value.kind, value.key[0] + source.choice(DELTAS))
            return value if near is None else near
        version, number, prefix = value.key
        width = 32 if version == 4 else 128
        if source.boolean():
            return extension_values.ip_of(version, number + source.choice(DELTAS), width)
        return extension_values.ip_of(
            version, number, max(0, min(width, prefix + source.choice((-8, -1, 1))))
        )


_KNOWN = {
    "decimal": extension_values.DECIMALS,
    "ipaddr": extension_values.IPS,
    "datetime": extension_values.DATETIMES,
    "duration": extension_values.DURATIONS,
}


def neighbour(value: int, delta: int) -> int:
    """Return `value + delta` where 64 bits hold it, else `value`."""
    near = value + delta
    return near if LONG_MIN <= near <= LONG_MAX else value
