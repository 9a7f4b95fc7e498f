"""Every form of the expression language over operands of every kind, by text: what three evaluators must agree on.

Owns the forms. `{l}` and `{r}` stand for attributes of the context, whose values are the operands; the other
operands of a form are variables and literals, which production's generated code treats in ways of their own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from drt.proofs.operands import operands
from production.entities import Entities as ProductionEntities
from production.language.lowering import lower_expression
from production.language.uids import Uid
from production.serving.compiled_shapes import expression_program
from production.text.expression_parser import parse_expression as production_expression
from reference.entities import Entities, Entity, store
from reference.text.parser import parse_expression
from reference.values import EntityUid, Long, Record, String

COMPARISONS = (
    "{l} == {r}", "{l} != {r}", "{l} < {r}", "{l} <= {r}", "{l} > {r}", "{l} >= {r}",
    "{l} == 1", "0 < {l}", "{l} <= 9", "-1 > {l}", "{l} >= 2", '{l} == "a"', '"b" != {l}', "{l} == true",
    '{l} == U::"a"', "principal == {l}", "principal == resource", "principal != resource", "{l} == [1]", "{l} != {{}}",
    "({l} == {r}) == true", "({l} < 5) != ({r} < 5)",
)  # fmt: skip
ARITHMETIC = (
    "{l} + {r}", "{l} - {r}", "{l} * {r}", "-{l}", "!{l}", "{l} + 1", "1 - {l}", "{l} * -1", "{l} * 3 + {r}",
    "-{l} - {r}", "!({l} < {r})", "{l} + {r} == 0", "-(-{l})", "!!{l}", "9223372036854775807 + {l}",
)  # fmt: skip
CONTROL = (
    "{l} && {r}", "{l} || {r}", "if {l} then {r} else 7", "if {l} then 7 else {r}", "{l} && 1 + {r} == 2",
    "{l} || 1 + {r} == 2", "true && {l}", "false && {l}", "true || {l}", "false || {l}", "{l} && true", "{l} || false",
    "({l} && {r}) || {l}", "{l} && ({r} || {l})", "!({l} && {r})", "if {l} then {r} else {l}",
    "if {l} == 1 then {r} else true", "if {l} then {r} < 3 else {r} > 3", "if true then {l} else {r}",
    "(if {l} then {r} else 7) == 7", "{r} == (if {l} then 1 else {r})", "true == ({l} && {r})", "true == ({l} || {r})", '(if {l} then 1 else "a") + 1', "!(if {l} then {r} else true)",
    "{l} && -(-9223372036854775808) == 1", "(if {l} then {r} == 1 else true) && {l}",
    "{l} && {r} && 1 + {l} == 2", "true && true && {l}", "{l} || {r} || 1 + {l} == 2", "true && {l} && true && {r}",
)  # fmt: skip
SETS = (
    "{l}.contains({r})", "{l}.containsAll({r})", "{l}.containsAny({r})", "{l}.isEmpty()", "[{l}, {r}].contains({l})",
    "[{l}, {r}, {l}]", "[{l}] == [{r}]", '[1, true, "a", U::"a"].contains({l})', "[].containsAll({l})",
    "{l}.containsAll([])", "{l}.containsAny([1, 2])", "[[{l}]].contains([{r}])", "[{l}].containsAny([{r}, {l}])",
    "[{l}, {r}].containsAll([{r}])", "[{l}, 1 + {r}].isEmpty()",
)  # fmt: skip
ENTITIES = (
    "{l} in {r}", "principal in {l}", "{l} in resource", '{l} in U::"b"', '{l} in [U::"b", U::"d"]', "{l} in [{r}]",
    "principal in resource", 'U::"a" in {l}', "{l} is U", "{l} is V", "{l} is U in {r}", "{l} is V in {r}",
    "principal is U in {l}", '{l} is U in U::"b"', "{l} in []", '{l} in [U::"b", {r}]', "action in {l}",
    "({l} == 1) in {r}", "({l} == 1) is U", "{l} in ({r} == 1)", "({l} == 1) is U in {r}", "[{l} in {r}].isEmpty()",
    "{l} in ({r} in {l})", "principal is V", "{l} is U in [{r}]",
    "{l} in [" + "".join(f'U::"{number}", ' for number in range(100)) + 'U::"d"]',
)  # fmt: skip
FIELDS = (
    "{l}.x", "{l} has x", "{l} has x.y", "{l} has x.y.z", "{l}.x.y", '{l}["y z"]', "{l}.x == {r}", "principal.x",
    "principal has x", "principal has x.y", "resource has x", "resource.x", "{l}.hasTag({r})", "{l}.getTag({r})",
    'principal.hasTag("t")', 'principal.getTag("t")', 'principal.getTag("u")', "resource.hasTag({l})",
    "resource.getTag({l})", "principal.getTag({l})", "{{a: {l}, b: {r}}}.b", "{{a: {l}, b: {r}}} has c",
    "{{a: {l}, b: {r}}} == {{b: {r}, a: {l}}}", "{l} has x && {l}.x == {r}", "principal.r.y", "principal has r.y",
    "({l} == 1).x", "({l} == 1) has x", "({l} == 1) has x.y", "context has l.x", "context has l.x.y", "[{l}].x",
    "context has l", "context has m", "context.m", 'context["l"]', "{{a: {l}}}.a", "action has x", "{{}} == {l}",
    "{{x: {{y: {{z: {l}}}}}}} has x.y.z", "{{a: {l}, b: {r}, c: 1, d: {l}, e: [{r}]}}.e",
)  # fmt: skip
TEXTS = (
    '{l} like "a"', '{l} like "*"', '{l} like "a*"', '{l} like "*b"', '{l} like "*b*"', '{l} like "a*b"',
    r'{l} like "a\*"', '{l} like ""', '{l} like "a**b*c"', '{l} like "ab"', '!({l} like "a*")', '({l} like "*b") == true',
    '{l} like "a*" && {l} like "*b"', "principal.x like \"a\"", '"ab" like "a*b"', '({l} like "*") && {r} like "*"',
)  # fmt: skip
METHODS = (
    "{l}.lessThan({r})", "{l}.lessThanOrEqual({r})", "{l}.greaterThan({r})", "{l}.greaterThanOrEqual({r})",
    "{l}.offset({r})", "{l}.durationSince({r})", "{l}.toDate()", "{l}.toTime()", "{l}.toMilliseconds()",
    "{l}.toSeconds()", "{l}.toMinutes()", "{l}.toHours()", "{l}.toDays()", "{l}.isInRange({r})", "{l}.isIpv4()",
    "{l}.isIpv6()", "{l}.isLoopback()", "{l}.isMulticast()", "decimal({l})", "ip({l})", "datetime({l})",
    "duration({l})", "{l}.isIpv4({r})", "{l}.toDate({r})", '{l}.offset(duration("1ms"))',
    'decimal("1.0").lessThan({l})', '{l} < datetime("1970-01-01")', '{l}.isInRange(ip("10.0.0.0/8"))',
)  # fmt: skip

ADDRESSES = tuple(one.name for one in operands("left") if one.name.startswith("ip "))
"""The names of the operands that are addresses."""

# Zero is a value, although Python takes it for false.
A, B, MISSING = EntityUid("U", "a"), EntityUid("U", "b"), EntityUid("U", "missing")
INNER = Record({"y": Long(0), "y z": Long(3)})
STORE: Entities = store(
    (
        Entity(A, {"x": Long(0), "r": INNER}, frozenset([B]), {"t": Long(0), "a": String("b")}),
        Entity(B, {"x": INNER}, frozenset([EntityUid("U", "d")]), {}),
        Entity(EntityUid("V", "a"), {}, frozenset(), {}),
    )
)
PRODUCTION_STORE = ProductionEntities.from_json(
    """[
    {"uid": {"type": "U", "id": "a"}, "attrs": {"x": 0, "r": {"y": 0, "y z": 3}}, "tags": {"t": 0, "a": "b"},
     "parents": [{"type": "U", "id": "b"}]},
    {"uid": {"type": "U", "id": "b"}, "attrs": {"x": {"y": 0, "y z": 3}}, "parents": [{"type": "U", "id": "d"}]},
    {"uid": {"type": "V", "id": "a"}, "attrs": {}, "parents": []}]"""
)
PRINCIPAL, ACTION, RESOURCE = Uid("U", "a"), Uid("Action", "x"), Uid("U", "missing")


@dataclass(frozen=True, slots=True)
class Form:
    """A form in both engines: the reference's tree, and production's lowered and its generated code."""

    pattern: str
    text: str
    reference: Any
    lowered: Any
    program: Any


def form(text: str) -> Form:
    """Read and compile a form with the running code."""
    source = shown(text)
    lowered = lower_expression(production_expression(source))
    return Form(text, source, parse_expression(source), lowered, expression_program(lowered))


@cache
def shown(text: str) -> str:
    """Return the text of a form."""
    return text.format(l="context.l", r="context.r")


def reads(text: str, name: str) -> bool:
    """Return whether a text asks for this attribute of the context, or whether it is there."""
    return re.search(rf'context(\.| has |\["){name}\b', text) is not None
