"""Well-typed conditions with an odd text in each place where validation looks at texts (spec 08 §8.1)."""

from __future__ import annotations

from generators.choice.sources import Source
from generators.draw.syntax import (
    FALSE,
    PRINCIPAL,
    RESOURCE,
    Binary,
    Expr,
    GetAttr,
    Has,
    Is,
    Like,
    Lit,
    RecordLit,
    SetLit,
    Uid,
)
from generators.texts.scripts import text


def odd_condition(source: Source, principal: str) -> Expr:
    """Draw a condition with an odd text; `principal` is the type of the entities that may have it as id."""
    odd = text(source)
    entity, string = Lit(Uid(principal, odd)), Lit(odd)
    record = RecordLit(((odd, Lit(1)),))
    owner = source.choice((PRINCIPAL, RESOURCE))
    nested = RecordLit((("a", record),))
    forms: tuple[Expr, ...] = (
        Binary("==", string, Lit("a")),
        Binary("!=", string, Lit("")),
        Binary("contains", SetLit((string, Lit("a"))), string),
        Binary("containsAll", SetLit((string,)), SetLit((string,))),
        Binary("hasTag", owner, string),
        Binary("&&", Binary("hasTag", owner, string), Binary("==", *_twice(Binary("getTag", owner, string)))),
        Like(Lit("a"), pattern(source, odd)),
        Binary("==", PRINCIPAL, entity),
        Binary("in", PRINCIPAL, SetLit((entity, entity))),
        Is(PRINCIPAL, principal, entity),
        Has(owner, (odd,)),
        Has(nested, ("a", odd)),
        Binary("==", GetAttr(record, odd), Lit(1)),
        Binary("==", record, record),
        Binary("==", GetAttr(RecordLit(((odd, string),)), odd), string),
        Binary("||", Binary("==", string, Lit("a")), Has(nested, ("a", odd))),
        Binary("||", Binary("==", PRINCIPAL, entity), Like(string, pattern(source, odd))),
        Binary("||", Binary("&&", FALSE, Binary("==", string, Lit("b"))), Binary("==", PRINCIPAL, entity)),
    )
    return source.choice(forms)


def _twice(expr: Expr) -> tuple[Expr, Expr]:
    return expr, expr


def pattern(source: Source, odd: str) -> tuple[str | None, ...]:
    """Draw a pattern with an odd text in it: alone, beside letters, a wildcard or a literal star."""
    forms: tuple[tuple[str | None, ...], ...] = (
        (odd,),
        (odd, None),
        ("ab", None, odd),
        (None, "a", odd),
        ("*", odd),
        (odd, None, text(source)),
        (f"'{odd}\\",),
        (None,),
    )
    return source.choice(forms)
