"""A definition of the tokens of Cedar text and of what string literals stand for (spec 01 §1–§3)."""

from __future__ import annotations

import re

from drt.oracles.defined_names import Refused

_SPACE = "\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_TOKEN = re.compile(
    rf'[{_SPACE}]+|//[^\r\n]*|(?P<token>[_a-zA-Z][_a-zA-Z0-9]*|[0-9]+|"(?:\\[^\n]|[^"\\])*"|\?[_a-zA-Z][_a-zA-Z0-9]*'
    r"|::|==|!=|<=|>=|\|\||&&|[@.,;:(){}\[\]<>+*/%!=-])"
)
_SCHEMA_TOKEN = re.compile(_TOKEN.pattern.replace(r"\?[_a-zA-Z][_a-zA-Z0-9]*", r"\?"))
_ESCAPE = re.compile(
    r"""\\(?:(?P<plain>[nrt0\\"'])|x(?P<byte>[0-7][0-9a-fA-F])|u\{(?P<code>[0-9a-fA-F][0-9a-fA-F_]*)\}|(?P<star>\*))"""
)
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "\\": "\\", '"': '"', "'": "'"}


def unescaped(literal: str, *, is_pattern: bool = False) -> list[str | None]:
    """Return the characters of a string literal, None for each wildcard of a pattern; raise `Refused`."""
    inner, at, found = literal[1:-1], 0, list[str | None]()
    while at < len(inner):
        if inner[at] != "\\":
            if inner[at] == "\r":
                raise Refused("a raw carriage return in a string")
            found.append(None if is_pattern and inner[at] == "*" else inner[at])
            at += 1
            continue
        escape = _ESCAPE.match(inner, at)
        if escape is None or (escape["star"] and not is_pattern):
            raise Refused(f"a bad escape in {literal}")
        if escape["star"]:
            found.append("*")
        else:
            character = _character(escape)
            found.append(None if is_pattern and character == "*" else character)
        at = escape.end()
    return found


def _character(escape: re.Match[str]) -> str:
    if escape["plain"]:
        return _PLAIN[escape["plain"]]
    digits = (escape["byte"] or escape["code"]).replace("_", "")
    code = int(digits, 16)
    if len(digits) > 6 or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        raise Refused(f"the escape {escape[0]} is no character")
    return chr(code)


def string_of(literal: str) -> str:
    """Return the text of a string literal; raise `Refused`."""
    return "".join(character for character in unescaped(literal) if character is not None)


def tokens_of(text: str, *, is_schema: bool = False) -> list[str]:
    """Split a text into tokens, without blanks and comments; raise `Refused`."""
    found, at = [], 0
    pattern = _SCHEMA_TOKEN if is_schema else _TOKEN
    while at < len(text):
        token = pattern.match(text, at)
        if token is None:
            raise Refused(f"no token at {text[at : at + 10]!r}")
        if token["token"]:
            found.append(token["token"])
        at = token.end()
    return found


def is_word(token: str) -> bool:
    """Whether a token is a word."""
    return token[:1].isalpha() or token[:1] == "_"


class Tokens:
    """The tokens of a text and the place among them."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = [*tokens, ""]
        self._at = 0

    @property
    def next(self) -> str:
        """The next token, the empty text at the end."""
        return self._tokens[self._at]

    @property
    def following(self) -> str:
        """The token after the next."""
        return self._tokens[self._at + 1] if self.next else ""

    def take(self, *wanted: str) -> str:
        """Take the next token, which must be one of these if any are given."""
        token = self.next
        if not token or (wanted and token not in wanted):
            raise Refused(f"{token!r} where {wanted or 'more'} is expected")
        self._at += 1
        return token

    def has(self, token: str) -> bool:
        """Take the next token if it is this one."""
        if self.next != token:
            return False
        self._at += 1
        return True

    def string(self) -> str:
        """Take a string literal, with its quotes."""
        token = self.take()
        if token[0] != '"':
            raise Refused(f"{token!r} is no string")
        return token
