"""Policy text laid out afresh, with its comments (spec 01 §1, §7).

Only blanks and line breaks change: the tokens stay in their order, so the text means what it meant. The
layout depends on nothing but the tokens and the comments that belong to them: a second time changes nothing.
A comment belongs to the token before it on its line; on a line of its own, to the token after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reference.layout import Layout
from reference.layout_tokens import OPERANDS_AFTER, Token
from reference.parser import parse_policies

TOKEN = re.compile(
    r"""(?P<comment>//[^\r\n]*)|(?P<space>\s+)|"[^"\\]*+(?:\\.[^"\\]*+)*+"|\?\w+|[_a-zA-Z][_a-zA-Z0-9]*"""
    r"""|[0-9]+|::|==|!=|<=|>=|\|\||&&|.""",
    re.DOTALL,
)


def format_policies(text: str, line_width: int = 80, indent_width: int = 2) -> str:
    """The policies with one layout; the width is kept where brackets, `if`, commas, `&&` and `||` allow it.

    Raises:
        InputError: part `policies`, with line and column, if the text is no policy set.
    """
    parse_policies(text)
    tokens, last = _tokens(text)
    policies = [Layout(policy, line_width, indent_width).text() for policy in _policies(tokens)]
    return "\n\n".join([*policies, *(["\n".join(last)] if last else [])]) + ("\n" if tokens or last else "")


def _tokens(text: str) -> tuple[list[Token], list[str]]:
    """The tokens with their comments, and the comments after the last line of them."""
    tokens: list[Token] = []
    above: list[str] = []
    fresh_line = True
    for match in TOKEN.finditer(text):
        piece = match[0]
        if match["space"] is not None:
            fresh_line = fresh_line or "\n" in piece or "\r" in piece
        elif match["comment"] is None:
            tokens.append(Token(piece, above, tight=_is_tight(piece, tokens[-1].text if tokens else "")))
            above, fresh_line = [], False
        elif fresh_line or not tokens:
            above.append(piece.rstrip())
        else:
            tokens[-1].beside = piece.rstrip()
    return tokens, above


def _is_tight(piece: str, before: str) -> bool:
    """Whether the token is a sign or the key of an annotation."""
    return piece == "!" or before == "@" or (piece == "-" and before in OPERANDS_AFTER)


def _policies(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    start = 0
    for place, token in enumerate(tokens, 1):
        if token.text == ";":
            yield tokens[start:place]
            start = place
