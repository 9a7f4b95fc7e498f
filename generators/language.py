"""The operators, methods and functions of Cedar expressions, one row each.

Owns what the project must know of an operator without evaluating it: its form, the kinds of operands that it
takes, their outcomes, and the sections of the specification. Coverage bins, required events, the grid of
kinds, the grammar, and the vocabulary of the reducer and of the localiser derive from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Literal

Kind = Literal[
    "bool", "long", "string", "entity", "set", "record", "decimal", "ip", "datetime", "duration", "any"
]
"""The kind of a value; `any` where an operator gives back what it was given."""

Notation = Literal["operator", "method", "function", "literal"]
Rule = Mapping[tuple[str, ...], tuple[str, ...]]
"""Outcomes by the kinds of the evaluated operands; every combination that is not listed is a type error."""

KINDS: tuple[Kind, ...] = (
    "bool", "long", "string", "entity", "set", "record", "decimal", "ip", "datetime", "duration"
)  # fmt: skip
TRUTH = ("true", "false")

EXTENSION_TYPES = {"decimal": "decimal", "ip": "ipaddr", "datetime": "datetime", "duration": "duration"}
"""The name of an extension type in schemas, by its kind."""


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator, method, function or literal with operands.

    `form` is its text around the operands `{0}`, `{1}` …; `section` and `typing` cite the rules by which it
    is evaluated and typed. A `lazy` operator may stop at its first operand, whose outcome `takes` then lists
    too. A literal, whose operands may be anything, has no rule.

    The grid of kinds draws one time in three from `preferred`, by default the only kinds that fit. A call
    with the wrong number of arguments has too many where `surplus` is set, else none.
    """

    name: str
    form: str
    takes: Rule
    result: Kind
    section: str
    typing: str
    notation: Notation = "operator"
    lazy: bool = False
    preferred: tuple[str, ...] = ()
    surplus: bool = False

    @property
    def extension(self) -> bool:
        """Whether it belongs to an extension type; parsers leave its number of arguments to evaluation."""
        return self.section.startswith("spec 03")

    @property
    def infix(self) -> bool:
        """Whether its spelling stands between two operands."""
        return self.form == f"{{0}} {self.name} {{1}}"

    @property
    def total(self) -> bool:
        """Whether operands of all kinds fit."""
        return all(kinds in self.takes for kinds in product(KINDS, repeat=self.arity))

    @property
    def arity(self) -> int:
        """The number of operands; that of the longest evaluation where it may stop early."""
        return max(map(len, self.takes), default=0)


def _same(*kinds: str) -> Rule:
    return {(kind, kind): TRUTH for kind in kinds}


def _equality(different: str) -> Rule:
    return {pair: TRUTH if pair[0] == pair[1] else (different,) for pair in product(KINDS, KINDS)}


def _operator(
    name: str, form: str, takes: Rule, result: Kind, sections: tuple[str, str],
    preferred: tuple[str, ...] | None = None, *, lazy: bool = False,
) -> Operator:  # fmt: skip
    evaluated, typed = sections
    return Operator(
        name, form, takes, result, f"spec 02 §{evaluated}", f"spec 08 §{typed}", lazy=lazy,
        preferred=_only(takes) if preferred is None else preferred,
    )  # fmt: skip


def _infix(name: str, takes: Rule, result: Kind, sections: tuple[str, str], *preferred: str) -> Operator:
    return _operator(name, f"{{0}} {name} {{1}}", takes, result, sections, preferred or None)


def _method(name: str, takes: Rule, result: Kind, sections: tuple[str, str], *preferred: str) -> Operator:
    """Return the row of a method of sets or entities."""
    return Operator(
        name, _call_of(name, takes), takes, result, f"spec 02 §{sections[0]}", f"spec 08 §{sections[1]}",
        "method", preferred=preferred or _only(takes),
    )  # fmt: skip


def _extension(
    name: str, operands: tuple[str, ...], outcomes: tuple[str, ...], result: Kind, section: str,
    *, surplus: bool = False,
) -> Operator:  # fmt: skip
    """Return the row of a method of an extension type."""
    takes = {operands: outcomes}
    return Operator(
        name, _call_of(name, takes), takes, result, f"spec 03 §{section}", "spec 08 §6.9", "method",
        preferred=operands, surplus=surplus or len(operands) == 1,
    )  # fmt: skip


def _constructor(name: Kind, section: str, *, surplus: bool = False) -> Operator:
    takes: Rule = {("string",): ("value", "extension")}
    return Operator(
        name, f"{name}({{0}})", takes, name, f"spec 03 §{section}", "spec 08 §6.9", "function",
        preferred=("string",), surplus=surplus,
    )  # fmt: skip


def _call_of(name: str, takes: Rule) -> str:
    arguments = ", ".join(f"{{{place}}}" for place in range(1, max(map(len, takes))))
    return f"({{0}}).{name}({arguments})"


def _only(takes: Rule) -> tuple[str, ...]:
    return next(iter(takes)) if len(takes) == 1 else ()


_ORDERED = _same("long", "datetime", "duration")
_ARITHMETIC: Rule = {("long", "long"): ("value", "overflow")}
_WITHIN: Rule = {("entity", "entity"): TRUTH, ("entity", "set"): (*TRUTH, "type")}
_PATH: Rule = {("record",): (*TRUTH, "type"), ("entity",): (*TRUTH, "type")}

LANGUAGE: tuple[Operator, ...] = (
    _operator("!", "!{0}", {("bool",): TRUTH}, "bool", ("4.1", "6.2"), ()),
    _operator("neg", "-{0}", {("long",): ("value", "overflow")}, "long", ("4.2", "6.3")),
    _method("isEmpty", {("set",): TRUTH}, "bool", ("4.3", "6.4")),
    _operator("like", '({0}) like "*a*"', {("string",): TRUTH}, "bool", ("4.8", "6.3")),
    _operator("is", "({0}) is U", {("entity",): TRUTH}, "bool", ("4.5", "6.5"), ()),
    _operator("has", "({0}) has a", {("record",): TRUTH, ("entity",): TRUTH}, "bool", ("4.6", "6.6")),
    _operator("has path", "({0}) has a.b", _PATH, "bool", ("4.6", "6.6")),
    _operator(
        ".", "({0}).a",
        {("record",): ("value", "attr-missing"), ("entity",): ("value", "attr-missing", "entity-missing")},
        "any", ("4.6", "6.6"),
    ),
    _operator(
        "if", "if {0} then {1} else {2}", {("bool", kind): ("value",) for kind in KINDS},
        "any", ("4.1", "6.2"), lazy=True,
    ),
    _operator(
        "&&", "{0} && {1}", {("bool",): ("false",), ("bool", "bool"): TRUTH},
        "bool", ("4.1", "6.2"), ("bool", "bool"), lazy=True,
    ),
    _operator(
        "||", "{0} || {1}", {("bool",): ("true",), ("bool", "bool"): TRUTH},
        "bool", ("4.1", "6.2"), ("bool", "bool"), lazy=True,
    ),
    _operator(
        "is in", "({0}) is U in {1}", {("entity",): ("false",), **_WITHIN}, "bool", ("4.5", "6.5"), lazy=True
    ),
    _infix("==", _equality("false"), "bool", ("2", "6.3")),
    _infix("!=", _equality("true"), "bool", ("2", "6.3")),
    _infix("<", _ORDERED, "bool", ("4.2", "6.3")),
    _infix("<=", _ORDERED, "bool", ("4.2", "6.3")),
    _infix(">", _ORDERED, "bool", ("4.2", "6.3")),
    _infix(">=", _ORDERED, "bool", ("4.2", "6.3")),
    _infix("in", _WITHIN, "bool", ("4.4", "6.5"), "entity", "set"),
    _infix("+", _ARITHMETIC, "long", ("4.2", "6.3")),
    _infix("-", _ARITHMETIC, "long", ("4.2", "6.3")),
    _infix("*", _ARITHMETIC, "long", ("4.2", "6.3")),
    _method("contains", {("set", kind): TRUTH for kind in KINDS}, "bool", ("4.3", "6.4"), "set", "set"),
    _method("containsAll", _same("set"), "bool", ("4.3", "6.4")),
    _method("containsAny", _same("set"), "bool", ("4.3", "6.4")),
    _method("hasTag", {("entity", "string"): TRUTH}, "bool", ("4.7", "6.7")),
    _method(
        "getTag", {("entity", "string"): ("value", "entity-missing", "tag-missing")}, "any", ("4.7", "6.7")
    ),
    _constructor("decimal", "1"),
    _constructor("ip", "2", surplus=True),
    _constructor("datetime", "3"),
    _constructor("duration", "4", surplus=True),
    _extension("lessThan", ("decimal", "decimal"), TRUTH, "bool", "1"),
    _extension("lessThanOrEqual", ("decimal", "decimal"), TRUTH, "bool", "1", surplus=True),
    _extension("greaterThan", ("decimal", "decimal"), TRUTH, "bool", "1"),
    _extension("greaterThanOrEqual", ("decimal", "decimal"), TRUTH, "bool", "1"),
    _extension("isIpv4", ("ip",), TRUTH, "bool", "2"),
    _extension("isIpv6", ("ip",), TRUTH, "bool", "2"),
    _extension("isLoopback", ("ip",), TRUTH, "bool", "2"),
    _extension("isMulticast", ("ip",), TRUTH, "bool", "2"),
    _extension("isInRange", ("ip", "ip"), TRUTH, "bool", "2.1"),
    _extension("offset", ("datetime", "duration"), ("value", "extension"), "datetime", "3"),
    _extension(
        "durationSince", ("datetime", "datetime"), ("value", "extension"), "duration", "3", surplus=True
    ),
    _extension("toDate", ("datetime",), ("value", "extension"), "datetime", "3"),
    _extension("toTime", ("datetime",), ("value",), "duration", "3"),
    _extension("toMilliseconds", ("duration",), ("value",), "long", "4"),
    _extension("toSeconds", ("duration",), ("value",), "long", "4"),
    _extension("toMinutes", ("duration",), ("value",), "long", "4"),
    _extension("toHours", ("duration",), ("value",), "long", "4"),
    _extension("toDays", ("duration",), ("value",), "long", "4"),
    Operator("set", "[{0}]", {}, "set", "spec 02 §4.3", "spec 08 §6.4", "literal"),
    Operator("record", "{{a: {0}}}", {}, "record", "spec 02 §4.9", "spec 08 §6.8", "literal"),
)  # fmt: skip
"""Every row, in the order in which the grid of kinds draws them."""

OPERATORS = {row.name: row for row in LANGUAGE if row.notation == "operator"}
METHODS = {row.name: row for row in LANGUAGE if row.notation == "method"}
FUNCTIONS = {row.name: row for row in LANGUAGE if row.notation == "function"}
"""The constructors of extension types."""

RELATIONS = tuple(
    name for name, row in OPERATORS.items() if row.infix and row.result == "bool" and not row.lazy
)
"""The operators that compare two operands; they do not chain (spec 01 §4)."""
