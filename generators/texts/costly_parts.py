"""Conditions whose level hangs on one part: on one that decides nothing, is not taken, or is a mere sibling.

Owns expressions over the schema of `typing_world` in which all but one part need the level 0 or 1.
"""

from __future__ import annotations

from generators.choice.sources import Source

_SIDES = ("principal", "principal", "principal.boss")
_COSTLY = (
    "{}.boss.ok",
    "{}.boss.boss.ok",
    '({}.boss in Group::"g")',
    "({}.boss has name)",
    "{}.group.level == 1",
)
_DECIDED = (
    "({} && false)",
    "({} || true)",
    "(false || ({} && false))",
    "(true && ({} || true))",
    "!({} || true)",
)
_PLACES = (
    "(if {x} then {a} else {a}).ok",
    "(if {d} then {a} else {a}).ok",
    "(if {d} then {{u: {a}}} else {{u: {a}}}).u.ok",
    "(if {d} then {g} else {g}).level == 1",
    "(if {d} then context.a else context.b) has f",
    "({d} || {a}.ok)",
    "(!{d} && {a}.ok)",
    "{{a: {a}, b: {x}}}.a.ok",
    "{{a: {{u: {a}}}, b: {x}}}.a.u.ok",
    "{{a: {{u: {a}, b: {x}}}}}.a.u.ok",
    "(if context.c then {{a: {a}, b: {x}}} else {{a: {a}, b: context.c}}).a.ok",
    "(if context.c then {{a: {a}, b: 1}} else {{a: {a}.boss, b: 1}}).a.ok",
    "(if context.c then {{u: {{a: {a}.boss}}}} else {{u: {{a: {a}}}}}).u.a.ok",
    "{{a: 1, b: {x}}} == {{a: 1, b: true}}",
    "({a} in [{g}, (if {x} then {g} else {g})])",
    "({a} is User in (if {x} then {g} else {g}))",
    "{g}.hasTag(if {x} then \"t\" else context.s)",
    "{a}.users.contains(if {x} then {a} else {a})",
    "[{x}].contains(true)",
    "(if {x} then context.s else \"t\") like \"t\"",
    "((if {x} then 1 else 2) < -(if {d} then 1 else 2))",
)  # fmt: skip
"""`a` is an entity and `g` a group, near the request; `x` costs rounds, and `d` does so and is decided."""


def hanging_on_a_part(source: Source) -> str:
    """Draw a well-typed condition for the environment of a `User`, the action `view` and a `Group`."""
    costly = source.choice(_COSTLY).format(source.choice(_SIDES))
    return source.choice(_PLACES).format(
        a=source.choice(_SIDES),
        g=source.choice(("resource", "resource", "principal.group")),
        x=costly,
        d=source.choice(_DECIDED).format(costly),
    )
