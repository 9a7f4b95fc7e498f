"""Blanks, comments and raw characters of which a reader takes one too many or one too few (spec 01 §1, §3).

Owns how one of them gets between the tokens of a text or into one of its strings.
"""

from __future__ import annotations

from collections.abc import Sequence

from generators.choice.sources import Source

_BLANKS = (
    "\t", "\v", "\f", "\r", "\r\n", "\x85", "\u00a0", "\u1680", "\u2003", "\u2028", "\u2029", "\u3000",
)  # fmt: skip
_NO_BLANKS = ("\ufeff", "\u200b", "\u180e", "\u2060", "\x1c", "\0", "\x1b")
_COMMENTS = (
    "// c\n", "//\n", "// c\r", "//\r", "// c\r\n", "///* c\n", "// \u2028 c\n", "// \x85 c\n", "// \0\n",
    '// "\n', "// */\n",
)  # fmt: skip
_NO_COMMENTS = ("/* c */", "/**/", "/*\n*/", "/* c", "# c\n", "//\u2028")
_BETWEEN = (_BLANKS, _NO_BLANKS, _COMMENTS, _NO_COMMENTS)
_INSIDE = ("\r", "\r\n", "\n", "\r", "\t", "\0", "\v", "\x7f", "\x85", "\u2028", "\ufeff", "//", "/*", "\\")


def with_odd_blank(source: Source, tokens: Sequence[str]) -> str:
    """Put a blank, a comment, or what is neither between two tokens, or a raw character into a string."""
    quoted = [place for place, token in enumerate(tokens) if token.startswith('"')]
    if quoted and source.boolean(0.4):
        at = source.choice(quoted)
        new = f'"{source.choice(_INSIDE)}{tokens[at][1:]}'
        return "".join((*tokens[:at], new, *tokens[at + 1 :]))
    at = source.integer(0, len(tokens))
    return "".join((*tokens[:at], source.choice(source.choice(_BETWEEN)), *tokens[at:]))
