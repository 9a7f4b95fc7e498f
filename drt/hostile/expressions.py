"""Hostile expressions and policy texts: brackets in brackets, endless chains, huge literals, many stars."""

from __future__ import annotations

from drt.hostile.family import (
    ALLOW,
    CHAIN,
    FALSE,
    LEVELS,
    LONG_TEXT,
    MANY,
    NESTING,
    TRUE,
    TYPE_ERROR,
    Family,
    Hostile,
    expression,
    if_within,
    policies,
)
from drt.model.outcome import Evaluated, Failed, Rejected


def _nested(name: str, opening: str, core: str, closing: str, answer: Evaluated = TRUE) -> Family:
    """Brackets in brackets, each of them one level."""

    def make(size: int) -> Hostile:
        text = opening * size + core + closing * size
        return expression(text, if_within(LEVELS, size, answer, "expression"))

    return Family(f"nested {name}", NESTING, make)


def _chain(name: str, step: str, last: str, answer: Evaluated | Failed = TRUE, first: str = "") -> Family:
    return Family(f"chain of {name}", CHAIN, lambda size: expression(first + step * size + last, answer))


def _sets(size: int) -> Hostile:
    text = "[" * size + "1" + "]" * size + " == 1"
    return expression(text, if_within(LEVELS, size, FALSE, "expression"))


def _scopes(size: int) -> Hostile:
    text = f'permit(principal == {"(" * size}U::"a"{")" * size}, action, resource);'
    return policies(text, if_within(LEVELS, size, ALLOW, "policies"))


def _clauses(size: int) -> Hostile:
    text = f"permit(principal, action, resource) when {{ {'(' * size}true{')' * size} }};"
    return policies(text, if_within(LEVELS, size, ALLOW, "policies"))


NESTED = (
    _nested("parentheses", "(", "true", ")"),
    _nested("negated parentheses", "!(!", "true", ")"),
    _nested("records", "{a: ", "1", "}.a", Evaluated("1")),
    Family("nested sets", NESTING, _sets),
    _nested("conditions", "if true then ", "true", " else false"),
    _nested("other branches", "if false then 1 else ", "true", ""),
    _nested("arguments", "[true].contains(", "true", ")"),
    _nested("right operands", "(true && ", "true", ")"),
    Family("nested parentheses in a clause", NESTING, _clauses),
    Family("parentheses in a scope", NESTING, _scopes),
    Family("unclosed brackets", NESTING, lambda size: expression("(" * size, Rejected("expression"))),
    Family(
        "negations beyond four", NESTING, lambda size: expression("!" * size + "true", Rejected("expression"))
    ),
)  # fmt: skip

CHAINS = (
    _chain("&&", "true && ", "true"),
    _chain("||", "false || ", "true"),
    _chain("+", "0 + ", "1 == 1"),
    _chain("-", " - 0", " == 0", first="0"),
    _chain("*", "1 * ", "1 == 1"),
    _chain("attribute accesses", ".a", " == 1", Failed("attr-missing"), first="{}"),
    _chain("index accesses", '["a"]', " == 1", Failed("attr-missing"), first="{}"),
    _chain("components of has", ".a", "", FALSE, first="context has a"),
    _chain("methods", ".toTime().toDays()", "", Failed("type"), first='datetime("1970-01-01")'),
)


def _stars(size: int) -> Hostile:
    return expression(f'"{"a" * size}" like "{"*a" * 1_000}*b"', FALSE)


def _colliding(size: int) -> Hostile:
    """Numbers that Python hashes alike: multiples of 2^61 - 1 are all 0 to it."""
    step = 2**61 - 1
    numbers = ", ".join(f"{step * (n % 8 - 4)}" for n in range(size))
    return expression(f"[{numbers}].contains(1)", FALSE)


def _escapes(size: int) -> Hostile:
    return expression('"' + r"\u{61}" * size + '" != "b"', TRUE)


def _large_set(size: int) -> Hostile:
    return expression(f"[{', '.join(map(str, range(size)))}].contains(7)", TRUE)


def _bad_literal(function: str, digits: str, end: str = "") -> Family:
    """Make an argument of an extension function that is far too long to be right."""

    def make(size: int) -> Hostile:
        return expression(f'{function}("{digits * size}{end}") == 1', Failed("extension"))

    return Family(f"long argument of {function}", CHAIN, make)


def _comment(size: int) -> Hostile:
    return policies(f"// {'x' * size}\npermit(principal, action, resource);", ALLOW)


def _clauses_in_line(size: int) -> Hostile:
    clauses = " when { true }" * size + " when { 1 };"
    return policies("permit(principal, action, resource)" + clauses, TYPE_ERROR)


HUGE = (
    Family("long string", LONG_TEXT, lambda size: expression(f'"{"a" * size}" != "b"', TRUE)),
    Family("escapes", CHAIN, _escapes),
    Family("long entity id", LONG_TEXT, lambda size: expression(f'principal == U::"{"a" * size}"', FALSE)),
    Family("long name", CHAIN, lambda size: expression(f"principal is {'A::' * size}U", FALSE)),
    Family("large set", MANY, _large_set),
    Family("colliding numbers", CHAIN, _colliding),
    Family(
        "large record",
        CHAIN,
        lambda size: expression("{" + ", ".join(f"k{n}: {n}" for n in range(size)) + "}.k7 == 7", TRUE),
    ),
    Family("1,000 stars", CHAIN, _stars),
    Family("long number", CHAIN, lambda size: expression("9" * size, Rejected("expression"))),
    Family("leading zeros", CHAIN, lambda size: expression("0" * size + "1 == 1", TRUE)),
    _bad_literal("decimal", "1", ".0"),
    _bad_literal("ip", "1:"),
    _bad_literal("datetime", "1"),
    _bad_literal("duration", "1", "d"),
    Family("long comment", LONG_TEXT, _comment),
    Family("many clauses", CHAIN, _clauses_in_line),
    Family(
        "many annotations",
        CHAIN,
        lambda size: policies(
            "".join(f'@a{n}("x")' for n in range(size)) + "permit(principal,action,resource);", ALLOW
        ),
    ),
)

EXPRESSIONS = (*NESTED, *CHAINS, *HUGE)
