"""Escaping of untrusted text: characters that would not show or would steer a terminal are spelled out.

They are written as `⟨U+000D⟩`, which no Cedar text takes for an escape of its own.
"""

from __future__ import annotations

import unicodedata

_SPELLED = frozenset(["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"])


def escape_untrusted(text: str, longest: int = 2000) -> str:
    """Escape every character that would not show or would steer the terminal."""
    shown = "".join(
        character
        if character == "\n" or unicodedata.category(character) not in _SPELLED
        else f"⟨U+{ord(character):04X}⟩"
        for character in text[:longest]
    )
    left_out = len(text) - longest
    return shown if left_out <= 0 else f"{shown}… ({left_out:,} characters more)"
