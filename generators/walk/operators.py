"""Every operator on operands of every kind in every context, in order.

Owns the operands by kind, the contexts, and the schema, entities and requests that go with them. The
operators come from `generators.language`, so that a new row is walked without a change here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from generators.language import KINDS, LANGUAGE, Kind, Operator

SCHEMA = """\
entity U in [G] {a: Long, other?: U, rec: {a: {b: Long}}} tags Long;
entity G in [G] {a?: {b: Long}};
entity E enum ["a", "b"];
entity X;
action all;
action x in [all] appliesTo {
  principal: U, resource: G,
  context: {bool: Bool, long: Long, string: String, entity: U, maybe?: U, longs: Set<Long>, users: Set<U>,
    record: {a: {b?: Long}}, decimal: decimal, ip: ipaddr, datetime: datetime, duration: duration}
};
"""
ENTITIES = """\
[{"uid": {"type": "U", "id": "a"}, "attrs": {"a": 1, "other": {"type": "U", "id": "b"},
  "rec": {"a": {"b": 1}}}, "parents": [{"type": "G", "id": "g"}], "tags": {"a": 1}},
 {"uid": {"type": "U", "id": "b"}, "attrs": {"a": 9223372036854775807, "rec": {"a": {"b": 2}}},
  "parents": []},
 {"uid": {"type": "G", "id": "g"}, "attrs": {"a": {"b": 1}}, "parents": [{"type": "G", "id": "top"}]},
 {"uid": {"type": "G", "id": "top"}, "attrs": {}, "parents": []}]"""
_REQUEST = """\
{"principal": {"type": "U", "id": "%s"}, "action": {"type": "Action", "id": "x"},
 "resource": {"type": "G", "id": "%s"}, "context": {"bool": %s, "long": %d, "string": "%s",
  "entity": {"type": "U", "id": "b"}, %s"longs": %s, "users": %s, "record": {"a": %s},
  "decimal": "%s", "ip": "%s", "datetime": "%s", "duration": "%s"}}"""
REQUESTS = (
    _REQUEST % ("a", "g", "true", 1, "a", '"maybe": {"type": "U", "id": "a"}, ', "[1, 2]",
                '[{"type": "U", "id": "a"}]', '{"b": 1}', "1.5", "10.0.0.1", "2024-01-01", "1d"),
    _REQUEST % ("gone", "top", "false", -(2**63), "", "", "[]", "[]", "{}", "-922337203685477.5808", "::1/64",
                "1969-12-31T23:59:59.999Z", "-1ms"),
)  # fmt: skip
"""Requests that conform: about entities that the store has, and about one that it lacks, at the limits."""

OPERANDS: dict[Kind, tuple[str, ...]] = {
    "bool": ("true", "false", "context.bool"),
    "long": ("1", "9223372036854775807", "context.long"),
    "string": ('"a"', '"10.0.0.1"', "context.string"),
    "entity": (
        'U::"a"', 'E::"a"', 'X::"x"', 'Action::"all"', "action", "resource", "context.entity",
        "context.maybe", "principal",
    ),
    "set": ("[]", "[1]", "[principal]", "[principal, resource]", "context.users", "context.longs"),
    "record": ("{}", "{a: 1}", '{a: "a"}', "{a: {b: 1}}", "context", "context.record"),
    "decimal": ('decimal("1.5")', "context.decimal"),
    "ip": ('ip("10.0.0.1")', "context.ip"),
    "datetime": ('datetime("2024-01-01")', "context.datetime"),
    "duration": ('duration("1d")', "context.duration"),
}  # fmt: skip
"""Operands by kind: literals at first, an expression of the kind's most usual type at last."""

ALONE = "alone"
CONTEXTS = {
    ALONE: "{0}",
    "negated": "!({0})",
    "equal to itself": "({0}) == ({0})",
    "never reached, and": "false && ({0})",
    "never reached, or": "true || ({0})",
    "an element of itself": "[{0}].contains({0})",
    "before a misfit, and": "({0}) && 1",
    "before a misfit, or": "({0}) || 1",
    "chosen by a guard": "context has maybe && ({0})",
}
"""What surrounds an operator, by name."""

THIRD = ("context.long", "principal", "[]", "{a: 1}")
"""Operands at the third place of an operator, which has few kinds to itself."""

POLICIES_A_GROUP = 24


@dataclass(frozen=True, slots=True)
class Group:
    """Some expressions of one operator in one context."""

    operator: str
    context: str
    expressions: tuple[str, ...]

    def policies(self) -> str:
        """Write one policy for each of the expressions."""
        return "\n".join(
            f"permit(principal, action, resource) when {{ {CONTEXTS[self.context].format(one)} }};"
            for one in self.expressions
        )


def groups() -> tuple[Group, ...]:
    """List the groups of all operators in all contexts."""
    return tuple(
        group
        for row in LANGUAGE
        for context in CONTEXTS
        for group in _groups(context, row.name, _applied(row))
    )


def _groups(context: str, operator: str, expressions: tuple[str, ...]) -> Iterator[Group]:
    for start in range(0, len(expressions), POLICIES_A_GROUP):
        yield Group(operator, context, expressions[start : start + POLICIES_A_GROUP])


def _applied(row: Operator) -> tuple[str, ...]:
    """Apply an operator to operands of all kinds, and leave one out where parsers let it be."""
    form = row.form
    places = [_operands(row, place) for place in range(3) if f"{{{place}}}" in form]
    bare = form[0] != "{"
    applied = [
        form.format(*(one if bare else f"({one})" for one in operands)) for operands in product(*places)
    ]
    if row.extension:
        applied.append(f"{form[: form.rindex('(')].format('(1)')}()")
    return tuple(applied)


def _operands(row: Operator, place: int) -> tuple[str, ...]:
    """List the operands for a place: all of a kind that may fit there, one of each other kind."""
    if place == 2:
        return THIRD
    fitting = {kinds[place] for kinds in row.takes if len(kinds) > place} or set(KINDS)
    return tuple(
        operand
        for kind, operands in OPERANDS.items()
        for operand in (operands if kind in fitting else operands[-1:])
    )
