"""Strings as Cedar literals (spec 01 §3, §7).

Only what cannot stand raw in a literal is escaped, and controls, which nobody could see.
"""

from __future__ import annotations

import re
from typing import Final

_SIMPLE: Final = {
    "\0": "\\0",
    "\t": "\\t",
    "\n": "\\n",
    "\r": "\\r",
    '"': '\\"',
    "\\": "\\\\",
}
_ESCAPED: Final = re.compile('[\x00-\x1f"\\\\\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]')
_ESCAPED_PATTERN: Final = re.compile(
    '[\x00-\x1f"*\\\\\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]'
)


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    return _SIMPLE.get(character) or ("\\*" if character == "*" else f"\\u{{{ord(character):x}}}")


def quoted(text: str) -> str:
    """Return `text` as a string literal that reads back to it."""
    return f'"{_ESCAPED.sub(_escape, text)}"'


def counted(number: int, what: str, many: str = "") -> str:
    """Return words such as `1 link` or `2,000 links`."""
    return f"{number:,} {what if number == 1 else many or what + 's'}"


def pattern_text(text: str) -> str:
    """Return literal characters inside a `like` pattern, without the quotes; stars come out escaped."""
    return _ESCAPED_PATTERN.sub(_escape, text)
