"""The construct of a Cedar text on which readers part.

Owns the search by replacement: a blank, a token or a pair of brackets is to blame if the readers agree once
something plain stands in its place. No reader has to say where it stopped, and no message is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from drt.scan.tokens import Token, matching, tokenize
from drt.scan.vocabulary import FUNCTIONS, METHODS, RESERVED, VARIABLES, WORDS

IsWell = Callable[[str], bool]

MOST_TRIED = 600
"""Texts tried in one search; a reduced text needs a few dozen."""

PLAIN_WORDS = ("a", "b", "A", "B", "Long", "Action", "true")
LONGEST_RUN = 4
SHORTEST_SHOWN = 60

BLANK = "a blank other than space, tab, CR, LF"
CARRIAGE_RETURN = "a carriage return between tokens"
COMMENT_END = "a comment that ends at a carriage return"
"""Constructs that have another spelling of the same meaning."""

USUAL_BLANKS = frozenset(" \t\n")
BLOCK_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
PATH = re.compile(r"[_a-zA-Z]\w*(?:\s*::\s*[_a-zA-Z]\w*)+(?!\s*::)", re.ASCII)
UNIT = re.compile(r"\\u\{[^}]*\}|\\x..|\\.|.", re.DOTALL)
BUILT_IN = frozenset(
    ["Bool", "Boolean", "Long", "String", "Set", "Record", "Entity", "Extension", "__cedar", "Action"]
) | frozenset(["decimal", "ipaddr", "datetime", "duration", "external"])
NAMED_WORDS = (
    WORDS | RESERVED | VARIABLES | FUNCTIONS | METHODS | BUILT_IN | frozenset(["permit", "forbid", "when"])
)
CLOSING = frozenset([")", "]", "}"])
BRACKETS = frozenset("([{") | CLOSING


@dataclass(frozen=True, slots=True)
class Construct:
    """A construct in the words of the language, and the text that stands there."""

    name: str
    text: str


def blamed_construct(
    text: str, is_well: IsWell, *, blanks_only: bool = False, gets_further: IsWell | None = None
) -> Construct | None:
    """Find the first construct without which all is well; None where no single one is to blame.

    Of a text with two faults, it is one without which readers get further.
    """
    search = _Search(text, is_well)
    found = search.in_blanks()
    if found is not None or blanks_only:
        return found
    found = search.in_parts()
    if found is None and gets_further is not None:
        found = _Search(text, gets_further, but=BRACKETS).in_parts()
    return found or search.in_several()


class _Search:
    """One text, with its tokens and the texts that may still be tried; no token of `but` is blamed alone."""

    def __init__(self, text: str, is_well: IsWell, but: frozenset[str] = frozenset()) -> None:
        self.text = text
        self.but = but
        self.tokens = tokenize(text)
        self._is_well = is_well
        self._left = MOST_TRIED

    def in_parts(self) -> Construct | None:
        """Find the string, the word, the gap or the token that matters."""
        return self.in_strings() or self.in_words() or self.in_gaps() or self.in_tokens()

    def in_several(self) -> Construct | None:
        """Find several tokens that matter together."""
        return self.in_paths() or self.in_brackets() or self.in_runs() or self.in_depth()

    def well(self, start: int, end: int, instead: str) -> bool:
        """Whether all is well with another text from `start` to `end`."""
        self._left -= 1
        other = self.text[:start] + instead + self.text[end:]
        return self._left >= 0 and other != self.text and self._is_well(other)

    def in_blanks(self) -> Construct | None:
        """Find the gap between two tokens whose blanks or comments matter."""
        for comment in BLOCK_COMMENT.finditer(self.text):
            if self.well(comment.start(), comment.end(), " "):
                return Construct("a comment in `/* */`", comment.group())
        ends = [0, *(token.end for token in self.tokens)]
        starts = [*(token.start for token in self.tokens), len(self.text)]
        gaps = [(start, self.text[start:end]) for start, end in zip(ends, starts, strict=True)]
        unusual = [(start, gap) for start, gap in gaps if gap not in ("", " ")]
        for start, gap in unusual:
            if self.well(start, start + len(gap), " "):
                return Construct(self._gap_name(start, gap), gap)
        if len(unusual) > 1 and self.well(0, len(self.text), " ".join(one.text for one in self.tokens)):
            odd = next((one for one in unusual if not USUAL_BLANKS.issuperset(one[1])), unusual[0])
            return Construct(self._gap_name(*odd), odd[1])
        return None

    def _gap_name(self, start: int, gap: str) -> str:
        odd = next((at for at, one in enumerate(gap) if one not in USUAL_BLANKS), None)
        if "//" in gap:
            for at, one in enumerate(gap):
                if one == "\r" and self.well(start + at, start + at + 1, "\n"):
                    return COMMENT_END
            return "a comment"
        if odd is None:
            return "a line end between tokens"
        return CARRIAGE_RETURN if gap[odd] == "\r" else BLANK

    def in_strings(self) -> Construct | None:
        """Find the string that matters, and in it the character or escape."""
        for at, token in enumerate(self.tokens):
            if token.kind == "string" and self.well(token.start, token.end, '"a"'):
                where = "a pattern" if at and self.tokens[at - 1].text == "like" else "a string"
                for unit in UNIT.finditer(self.text, token.start + 1, token.end - 1):
                    if self.well(unit.start(), unit.end(), "a"):
                        return Construct(f"{unit_name(unit.group())} in {where}", token.text)
                return Construct(self._string_name(token), token.text)
        return None

    def _string_name(self, token: Token) -> str:
        if token.text == '""':
            return "an empty string"
        others = [one.text for one in self.tokens if one.kind == "string"]
        return "a repeated string" if others.count(token.text) > 1 else "a string"

    def in_gaps(self) -> Construct | None:
        """Find the place where a comma is missing, even if a name that is used twice hides it."""
        for at, token in enumerate(self.tokens[1:], 1):
            before = self.tokens[at - 1]
            if token.kind == "word" and before.text not in (",", "{", "[", "("):
                places = ((token.start, token.start, ","), (token.start, token.end, ",zz"))
                if any(self.well(*place) for place in places):
                    return Construct("a missing `,`", self._around(at))
        return None

    def in_words(self) -> Construct | None:
        """Find the name, word or number that matters."""
        for at, token in enumerate(self.tokens):
            if token.kind == "number" and self.well(token.start, token.end, "0"):
                return Construct(number_name(token.text), token.text)
            if token.kind == "word":
                for plain in PLAIN_WORDS:
                    if self.well(token.start, token.end, plain):
                        return Construct(self._word_name(at, plain), self._around(at))
        return None

    def _word_name(self, at: int, plain: str) -> str:
        word, before = self.tokens[at].text, self._text(at - 1)
        if plain == "Action" and self._text(at + 1) == "::":
            return "an action whose type is not `Action`"
        if word in NAMED_WORDS:
            return f"the name `{word}`"
        if plain not in ("Long", "true") and sum(one.text == word for one in self.tokens) > 1:
            return "a name that is used twice"
        if before in ("=", ":", "<", "[", "in") and plain in ("Long", "A", "a"):
            return "a name that is not declared"
        return f"a name after {_quoted(before)}"

    def in_tokens(self) -> Construct | None:
        """Find the token that must not stand where it does."""
        for at, token in enumerate(self.tokens):
            if token.text not in self.but and self.well(token.start, token.end, " "):
                return Construct(f"{token_kind(token)} before {self._follower(at)}", self._around(at))
        return None

    def in_paths(self) -> Construct | None:
        """Find the path that must not stand where an id in quotes may."""
        for path in PATH.finditer(self.text):
            if self.well(path.start(), path.end(), f'"{path.group()}"'):
                return Construct("a path without an id", path.group())
        return None

    def in_brackets(self) -> Construct | None:
        """Find the pair of brackets that matters."""
        for opens, closes in sorted(matching(self.tokens).items()):
            first, second = self.tokens[opens], self.tokens[closes]
            inside = self.text[first.end : second.start]
            if self.well(first.start, second.end, f" {inside} "):
                name = (
                    "parentheses"
                    if first.text == "("
                    else f"{_quoted(first.text)} and {_quoted(second.text)}"
                )
                return Construct(f"{name} after {_quoted(self._text(opens - 1))}", self._around(opens))
            if self.well(first.start, second.end, " "):
                shown = self.text[first.start : second.end]
                return Construct(f"what stands in {_quoted(first.text + second.text)}", shown)
        return None

    def in_runs(self) -> Construct | None:
        """Find the shortest run of tokens that must not stand where it does."""
        for length in range(2, LONGEST_RUN + 1):
            for at in range(len(self.tokens) - length + 1):
                start, end = self.tokens[at].start, self.tokens[at + length - 1].end
                if self.well(start, end, " "):
                    words = " ".join(token_kind(one) for one in self.tokens[at : at + length])
                    return Construct(
                        f"{words} before {self._follower(at + length - 1)}", self.text[start:end]
                    )
        return None

    def in_depth(self) -> Construct | None:
        """Find out whether the depth of brackets or the length of a chain matters."""
        levels = _deepest(self.tokens)
        return Construct("deep nesting", f"{levels} levels") if levels >= DEEP else None

    def _text(self, at: int) -> str:
        return self.tokens[at].text if 0 <= at < len(self.tokens) else ""

    def _follower(self, at: int) -> str:
        return token_kind(self.tokens[at + 1]) if at + 1 < len(self.tokens) else "the end"

    def _around(self, at: int) -> str:
        first, last = max(0, at - 2), min(len(self.tokens) - 1, at + 2)
        return self.text[self.tokens[first].start : self.tokens[last].end][:SHORTEST_SHOWN]


DEEP = 40


def _deepest(tokens: Sequence[Token]) -> int:
    deepest = depth = 0
    for token in tokens:
        depth += (token.text in "([{") - (token.text in CLOSING)
        deepest = max(deepest, depth)
    return deepest


def token_kind(token: Token) -> str:
    """Name a token: by itself where it has one spelling, else by its kind."""
    match token.kind:
        case "string":
            return "a string"
        case "number":
            return "a number"
        case "slot":
            return "a slot"
        case "word" if token.text not in NAMED_WORDS:
            return "a name"
        case "other" if not token.text.isascii():
            return "a character that starts no token"
        case _:
            return _quoted(token.text)


def unit_name(unit: str) -> str:
    """Name one character or escape of a string."""
    if unit.startswith("\\u"):
        return "the escape `\\u{…}`"
    if unit.startswith("\\x"):
        return "the escape `\\x…`"
    if unit.startswith("\\"):
        shown = unit[1] if unit[1].isprintable() else f"U+{ord(unit[1]):04X}"
        return f"the escape `\\{shown}`"
    return character_name(unit)


NAMES = {"\n": "a line end", "\r": "a carriage return", "\t": "a tab", "\0": "U+0000"}


def character_name(character: str) -> str:
    """Name a character by what engines may treat apart."""
    if character in NAMES:
        return NAMES[character]
    code = ord(character)
    if 0xD800 <= code < 0xE000:
        return "a lone surrogate"
    if code < 0x20 or code == 0x7F:
        return "a control character"
    return "a character beyond ASCII" if code > 0x7F else _quoted(character)


def number_name(digits: str) -> str:
    """Name a numeral by what is special about it."""
    if int(digits[:40]) > 2**63 - 1:
        return "a number beyond 64 bits"
    return "leading zeros" if digits != "0" and digits[0] == "0" else "a number"


def _quoted(text: str) -> str:
    return f"`{text}`" if text else "the start"
