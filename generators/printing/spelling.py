"""The spelling of a text: plain, or with odd but legal spaces, comments, escapes, brackets and commas."""

from __future__ import annotations

import random

_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0", "\\": "\\\\", '"': '\\"'}

_SPACES = (
    " ",
    "  ",
    "\n",
    "\t",
    "\r\n",
    "\u00a0",
    "\u2003",
    "\u3000",
    "\u0085",
    " // note\n",
    "//\r",
    "\n//x \"'{\n",
    " // \u202e\u0430bc\u200b\n",
)


def quote(text: str, pattern: bool = False) -> str:
    """Write a string literal in the plainest spelling; in a pattern stars are escaped."""
    if text.isalnum() and text.isascii():
        return f'"{text}"'
    parts = []
    for char in text:
        if char in _ESCAPES:
            parts.append(_ESCAPES[char])
        elif char == "*" and pattern:
            parts.append("\\*")
        elif char < " " or char == "\x7f":
            parts.append(f"\\u{{{ord(char):x}}}")
        else:
            parts.append(char)
    return f'"{"".join(parts)}"'


class Spelling:
    """The plain spelling: nothing is odd."""

    __slots__ = ()

    def odd(self, one_in: int) -> bool:
        """Return whether to do something unusual here, once in so many times."""
        return False

    def space(self, plain: str) -> str:
        """Return the space at a place where any is allowed; `plain` is the usual one."""
        return plain

    def string(self, text: str, pattern: bool = False) -> str:
        """Write a string literal with its quotes."""
        return quote(text, pattern)


class OddSpelling(Spelling):
    """An odd spelling; the same number spells the same way."""

    __slots__ = ("_random",)

    def __init__(self, number: int) -> None:
        self._random = random.Random(number)

    def odd(self, one_in: int) -> bool:
        """Return true one time in so many."""
        return self._random.random() * one_in < 1

    def space(self, plain: str) -> str:
        """Return an odd space, or the plain one."""
        if self._random.random() < 0.85:
            return plain
        return self._random.choice(_SPACES)

    def string(self, text: str, pattern: bool = False) -> str:
        """Write a string literal with some characters escaped."""
        if not self.odd(4):
            return quote(text, pattern)
        return f'"{"".join(self._character(char, pattern) for char in text)}"'

    def _character(self, char: str, pattern: bool) -> str:
        code = ord(char)
        # In a pattern every escape but \* makes a star a wildcard (spec 01 §3.1).
        if not self.odd(3) or (pattern and char == "*"):
            return "\\'" if char == "'" and self.odd(2) else quote(char, pattern)[1:-1]
        if code < 0x80 and self.odd(2):
            return f"\\x{code:02x}" if self.odd(2) else f"\\x{code:02X}"
        digits = f"{code:X}" if self.odd(2) else f"{code:x}".rjust(self._random.randrange(1, 7), "0")
        if self.odd(4):
            digits = f"{digits[0]}_{digits[1:]}"
        return f"\\u{{{digits}}}"


PLAIN = Spelling()


def spelling_of(number: int) -> Spelling:
    """Return the plain spelling for zero, else the odd one of that number."""
    return OddSpelling(number) if number else PLAIN
