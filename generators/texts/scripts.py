"""Texts that mix scripts, or hold what looks like something else or like nothing (spec 08 §8).

Owns the classes of characters that the warnings distinguish, with a few of each; any code point comes in
besides, so that tables are tried as a whole.
"""

from __future__ import annotations

from generators.choice.sources import Source

CLASSES: dict[str, str] = {
    "Latin": "abAZé",
    "Latin, not recommended": "ſŉªµ\u1d00",
    "Cyrillic": "аеорсЯ",
    "Greek": "αονΩ",
    "Hebrew": "אבש",
    "Arabic": "ابك",
    "Devanagari": "कखग",
    "Han": "漢字日",
    "Hiragana": "ひらか",
    "Katakana": "カナー",
    "Hangul": "한글",
    "Bopomofo": "ㄅㄆ",
    "other recommended": "გԱไ",
    "not recommended": "\u13a0\u13a1\u07ca\u0710\u1820\ua000\u16a0",
    "of several scripts": "\u30fc\u3001\u0660\u06f0\u064b\u0966\u1cd0\u0483\u3099\ua9cf\u060c",
    "digits and punctuation": "019-_. !@/:",
    "allowed punctuation": "\u2019\u00b7\u2010\u2027",
    "symbols": "€°²…–™½",
    "emoji": "\U0001f600\U0001f1e6❤",
    "combining marks": "\u0301\u0308\u0327\u05b0\u093f\u20dd",
    "bidirectional controls": "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    "other directional": "\u200e\u200f\u061c",
    "zero width": "\u200b\u200c\u200d\u2060\ufeff\ufe0f",
    "spaces": "\u00a0\u2003\u3000\u00ad",
    "controls": "\t\n\r\x00\x7f\u0085\u2028\u2029",
    "fullwidth": "\uff41\uff21\uff11",
    "halfwidth": "\uff76\uffa1",
    "private use": "\ue000\uf8ff\U000f0000",
    "unassigned": "\u0378\u0530\U000e0fff",
    "noncharacters": "\uffff\ufdd0\U0010ffff",
    "mathematical": "\U0001d41a\U0001d7d8",
    "supplementary": "\U00020000\U00010400\U0001b000",
}
"""Classes of characters by name."""

KNOWN = (
    "漢字かな", "漢字한글", "漢한ひ", "漢ㄅ", "漢字カナー", "カー", "aー", "한ー", "aか", "a漢", "ㄅa",
    "аdmin", "pаypal", "раураl", "ρassword", "e\u0301", "а\u0301", "א\u05b0", "аб\t", "אב\n", "α\u0308",
    "a\ue000", "а\ue000", "a\u0378", "1-2", "漢1", "а1!", "ab\u202e", "\u2066a\u2069", "don’t", "l’été",
    "ａｄｍｉｎ", "ﬁ", "\u212a", "İ", "ı", "ß", "a\u200db", "क\u200dख", "👍🏽", "a\u00adb", "*а*", "\\а",
)  # fmt: skip
"""Texts that a checker of scripts is likely to get wrong."""

_RANGES = (
    (0xA0, 0x2FFF),
    (0x3000, 0xD7FF),
    (0xE000, 0xFFFF),
    (0x10000, 0x1FFFF),
    (0x20000, 0x3FFFF),
    (0xE0000, 0x10FFFF),
)
_NAMES = tuple(CLASSES)
_BIDIRECTIONAL = ("bidirectional controls",)
_LETTERS = (
    *("Latin", "Cyrillic", "Greek", "Hebrew", "Arabic", "Devanagari", "other recommended"),
    *("Han", "Hiragana", "Katakana", "Hangul", "Bopomofo", "of several scripts", "combining marks"),
)
"""Classes of which most characters are allowed in identifiers, so that only mixing them is odd."""


def text(source: Source) -> str:
    """Draw a text of one to four pieces, each of a class; letters and bidirectional controls more often."""
    match source.integer(0, 9):
        case 0 | 1:
            return source.choice(KNOWN)
        case 2:
            return "".join(_any(source) for _ in range(source.integer(1, 3)))
        case 3:
            return source.choice(("a", "user-", "x1")) + _any(source)
        case 4 | 5:
            return _piece(source, _LETTERS) + _piece(source, _LETTERS)
        case 6 | 7:
            return _piece(source, _LETTERS) + _piece(source, _BIDIRECTIONAL)
        case 8:
            return _piece(source, _NAMES)
        case _:
            return "".join(_piece(source, _NAMES) for _ in range(source.integer(2, 4)))


def _piece(source: Source, names: tuple[str, ...]) -> str:
    characters = CLASSES[source.choice(names)]
    return "".join(source.choice(characters) for _ in range(source.integer(1, 2)))


def _any(source: Source) -> str:
    """Draw any code point but a surrogate."""
    lo, hi = source.choice(_RANGES)
    return chr(source.integer(lo, hi))
