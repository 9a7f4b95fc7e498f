"""The SQL that a filter consists of, as text and as a tree.

A grammar of its own, which shares nothing with the writer of filters: what it does not know is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from lark import Lark, Transformer
from lark.exceptions import LarkError

from drt.model.errors import InputProblem


class UnreadableSql(InputProblem):
    """SQL that has no reading as a condition; the message names the part."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal; None is NULL."""

    value: str | int | bool | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table in scope, by the table's name or alias."""

    table: str
    name: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison; NULL if an operand is."""

    op: Literal["=", "!=", "<", "<=", ">", ">="]
    left: Sql
    right: Sql


@dataclass(frozen=True, slots=True)
class OneOf:
    """`operand IN (…)`."""

    operand: Sql
    values: tuple[Sql, ...]


@dataclass(frozen=True, slots=True)
class IsNull:
    """`operand IS NULL`."""

    operand: Sql


@dataclass(frozen=True, slots=True)
class Matching:
    """`operand GLOB pattern`, or `operand LIKE pattern ESCAPE escape`."""

    operand: Sql
    op: Literal["GLOB", "LIKE"]
    pattern: str
    escape: str = ""


@dataclass(frozen=True, slots=True)
class Negation:
    """`NOT operand`; NULL if the operand is."""

    operand: Sql


@dataclass(frozen=True, slots=True)
class Conjunction:
    """`… AND …`."""

    operands: tuple[Sql, ...]


@dataclass(frozen=True, slots=True)
class Disjunction:
    """`… OR …`."""

    operands: tuple[Sql, ...]


@dataclass(frozen=True, slots=True)
class Coalesce:
    """`coalesce(operand, default)`."""

    operand: Sql
    default: Sql


@dataclass(frozen=True, slots=True)
class Case:
    """`CASE WHEN … THEN … ELSE … END`."""

    branches: tuple[tuple[Sql, Sql], ...]
    otherwise: Sql


@dataclass(frozen=True, slots=True)
class Exists:
    """`EXISTS (SELECT …)`."""

    query: Select


@dataclass(frozen=True, slots=True)
class Select:
    """`SELECT what FROM table AS alias WHERE where`; as an operand, its only row's value, or NULL."""

    what: Sql
    table: str
    alias: str
    where: Sql


Sql = (
    Constant | Column | Comparison | OneOf | IsNull | Matching | Negation | Conjunction | Disjunction
    | Coalesce | Case | Exists | Select
)  # fmt: skip

_GRAMMAR = r"""
start: select
select: "SELECT" _or ("AS" name)? "FROM" table ("AS" name)? ("WHERE" _or)?
table: name ("." name)*
_or: disjunction | _and
disjunction: _and ("OR" _and)+
_and: conjunction | _not
conjunction: _not ("AND" _not)+
_not: negation | _predicate
negation: "NOT" _not
_predicate: comparison | one_of | not_one_of | is_null | is_not_null | matching | not_matching | _operand
comparison: _operand COMPARED _operand
one_of: _operand "IN" "(" _operand ("," _operand)* ")"
not_one_of: _operand "NOT" "IN" "(" _operand ("," _operand)* ")"
is_null: _operand "IS" "NULL"
is_not_null: _operand "IS" "NOT" "NULL"
matching: _operand MATCHED TEXT ("ESCAPE" TEXT)?
not_matching: _operand "NOT" MATCHED TEXT ("ESCAPE" TEXT)?
_operand: number | text | null | true | false | column
        | coalesce | case | exists | "(" select ")" | "(" _or ")"
number: INTEGER
text: TEXT
null: "NULL"
true: "true"
false: "false"
column: name ("." name)+
coalesce: "coalesce" "(" _or "," _operand ")"
case: "CASE" ("WHEN" _or "THEN" _or)+ "ELSE" _or "END"
exists: "EXISTS" "(" select ")"
name: NAME | QUOTED
COMPARED: "<=" | ">=" | "!=" | "<>" | "=" | "<" | ">"
MATCHED: "GLOB" | "LIKE"
TEXT: /'(?:[^']|'')*'/s
QUOTED: /"(?:[^"]|"")*"/s
INTEGER: /-?[0-9]+/
NAME: /[a-z_][A-Za-z0-9_$]*/
%import common.WS
%ignore WS
"""


def read_sql(text: str) -> Select:
    """Read a statement; raise `UnreadableSql`."""
    try:
        tree = _parser().parse(text)
        read = _Reader().transform(tree)
    except LarkError as error:
        raise UnreadableSql(f"not the SQL of a filter: {str(error).splitlines()[0]}") from None
    assert isinstance(read, Select)
    return read


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", maybe_placeholders=False)


class _Reader(Transformer[Any, Any]):
    """A tree from the parser's."""

    def start(self, parts: list[Any]) -> Any:
        [select] = parts
        return select

    def name(self, parts: list[Any]) -> str:
        text = str(parts[0])
        return text[1:-1].replace('""', '"') if text.startswith('"') else text

    def table(self, parts: list[Any]) -> tuple[str, ...]:
        return tuple(parts)

    def select(self, parts: list[Any]) -> Select:
        what, rest = parts[0], parts[1:]
        while isinstance(rest[0], str):  # a label, which means nothing
            rest = rest[1:]
        table = ".".join(rest[0])
        alias = rest[1] if len(rest) > 1 and isinstance(rest[1], str) else rest[0][-1]
        where = rest[-1] if len(rest) > 1 and not isinstance(rest[-1], str) else Constant(True)
        return Select(what, table, alias, where)

    def disjunction(self, parts: list[Any]) -> Sql:
        return Disjunction(tuple(parts))

    def conjunction(self, parts: list[Any]) -> Sql:
        return Conjunction(tuple(parts))

    def negation(self, parts: list[Any]) -> Sql:
        return Negation(parts[0])

    def comparison(self, parts: list[Any]) -> Sql:
        left, op, right = parts
        return Comparison("!=" if op == "<>" else str(op), left, right)  # type: ignore[arg-type]  # the grammar lists them

    def one_of(self, parts: list[Any]) -> Sql:
        return OneOf(parts[0], tuple(parts[1:]))

    def not_one_of(self, parts: list[Any]) -> Sql:
        return Negation(self.one_of(parts))

    def is_null(self, parts: list[Any]) -> Sql:
        return IsNull(parts[0])

    def is_not_null(self, parts: list[Any]) -> Sql:
        return Negation(IsNull(parts[0]))

    def matching(self, parts: list[Any]) -> Sql:
        operand, op, *texts = parts
        return Matching(operand, str(op), *map(_text, texts))  # type: ignore[arg-type]  # the grammar lists them

    def not_matching(self, parts: list[Any]) -> Sql:
        return Negation(self.matching(parts))

    def number(self, parts: list[Any]) -> Sql:
        return Constant(int(parts[0]))

    def text(self, parts: list[Any]) -> Sql:
        return Constant(_text(parts[0]))

    def null(self, _: list[Any]) -> Sql:
        return Constant(None)

    def true(self, _: list[Any]) -> Sql:
        return Constant(True)

    def false(self, _: list[Any]) -> Sql:
        return Constant(False)

    def column(self, parts: list[Any]) -> Sql:
        return Column(".".join(parts[:-1]), parts[-1])

    def coalesce(self, parts: list[Any]) -> Sql:
        return Coalesce(*parts)

    def case(self, parts: list[Any]) -> Sql:
        *listed, otherwise = parts
        return Case(tuple(zip(listed[::2], listed[1::2], strict=True)), otherwise)

    def exists(self, parts: list[Any]) -> Sql:
        return Exists(parts[0])


def _text(token: Any) -> str:
    return str(token)[1:-1].replace("''", "'")


def conjuncts(condition: Sql) -> Iterator[Sql]:
    """List the parts of a conjunction."""
    if isinstance(condition, Conjunction):
        for operand in condition.operands:
            yield from conjuncts(operand)
    else:
        yield condition
