"""Values of different kinds that a careless engine confuses, patterns that greed misses, edges of Long.

Chance seldom puts such two beside each other, so they are drawn as pairs.
"""

from __future__ import annotations

from generators.choice.sources import Source
from generators.draw.syntax import Binary, Call, Expr, Like, Lit, RecordLit, SetLit, Uid, Unary

PAIRS: tuple[tuple[Expr, Expr], ...] = (
    (Lit(1), Lit(True)),
    (Lit(0), Lit(False)),
    (Lit("1"), Lit(1)),
    (Lit(""), Lit(False)),
    (Lit("true"), Lit(True)),
    (Lit("a"), Lit(Uid("User", "a"))),
    (SetLit(()), RecordLit(())),
    (Call("decimal", (Lit("1.0"),)), Lit(1)),
    (Call("decimal", (Lit("1.0"),)), Call("decimal", (Lit("1.0000"),))),
    (Call("datetime", (Lit("1970-01-01"),)), Call("duration", (Lit("0ms"),))),
    (Call("duration", (Lit("1d"),)), Call("duration", (Lit("24h"),))),
    (Call("ip", (Lit("127.0.0.1"),)), Call("ip", (Lit("127.0.0.1/32"),))),
    (Call("ip", (Lit("0.0.0.0/0"),)), Call("ip", (Lit("::/0"),))),
)
"""Two expressions whose values share a spelling, a number or a hash."""

MATCHES: tuple[tuple[str, tuple[str | None, ...]], ...] = (
    ("aab", (None, "a", "b")),
    ("abab", (None, "a", "b")),
    ("aa", (None, "a")),
    ("abcbc", ("a", None, "b", "c")),
    ("ab", ("a", "b", None, None)),
    ("mississippi", (None, "i", "s", None, "p", "i")),
    ("a*b", ("a", "*", "b")),
    ("aba", ("a", "b", None, "b", "a")),
)
"""Texts with patterns that take a second try, or look as if they matched; None is the wildcard."""

SUMS: tuple[Expr, ...] = (
    Binary("+", Lit(2**63 - 1), Lit(1)),
    Binary("-", Lit(-(2**63)), Lit(1)),
    Binary("*", Lit(2**62), Lit(2)),
    Binary("*", Lit(-(2**63)), Lit(-1)),
    Unary("neg", Lit(-(2**63))),
    Binary("+", Lit(2**63 - 1), Lit(0)),
    Binary("-", Lit(-(2**63) + 1), Lit(1)),
    Binary("*", Lit(-(2**62)), Lit(2)),
)
"""Arithmetic that leaves 64 bits by one, or just stays within."""


def look_alike(source: Source) -> Expr:
    """Draw a condition on values that look alike, a pattern that defeats greed, or a sum at the edge."""
    form = source.integer(0, 5)
    if form == 5:
        return Binary(source.choice(("==", "<", "!=")), source.choice(SUMS), Lit(-(2**63)))
    if form == 4:
        text, pattern = source.choice(MATCHES)
        return Like(Lit(text), pattern)
    left, right = source.choice(PAIRS)
    if source.boolean():
        left, right = right, left
    match form:
        case 0:
            return Binary("==", left, right)
        case 1:
            return Binary("contains", SetLit((left,)), right)
        case 2:
            return Binary("==", SetLit((left, right)), SetLit((right,)))
        case _:
            return Binary("!=", RecordLit((("a", left),)), RecordLit((("a", right),)))
