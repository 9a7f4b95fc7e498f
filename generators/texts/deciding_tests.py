"""Tests whose type, True, False or Bool, decides what is checked beside them, over the `typing_world`.

Nobody sees a type alone: it shows in what is left unchecked, and in policies that are never satisfied.
"""

from __future__ import annotations

from generators.choice.sources import Source

_PLAIN = (
    "action", "principal.act", 'Action::"view"', 'Color::"red"', 'Ghost::"x"', 'Org::"o"', 'N::Team::"t"',
    "resource", 'User::"u"', "context.u",
)  # fmt: skip
"""Entities, most of a type that has no attributes, no tags, or neither."""

_GROUPS = (
    'Action::"all"', 'Action::"read"', 'N::Action::"any"', 'N::Action::"any"', 'N::Action::"edit"',
    'M::Action::"any"',
)  # fmt: skip
_ENTITIES = ("principal", "resource", "principal.group", "principal.same", "principal.boss", 'Color::"red"')
_TYPES = ("User", "Group", "Org", "Color", "Ghost", "N::Mate", "M::Mate", "N::Team", "Action", "N::Action")
_LITERALS = (
    "1", "2", "-1", '"1"', '"t"', "true", "false", 'User::"u"', 'User::"v"', 'Color::"red"', "action",
    'Action::"view"', 'N::Action::"any"',
)  # fmt: skip
_TWICE = (
    ("{}.hasTag({key})", ("principal", "resource", "principal.boss", "principal.same", 'N::Team::"t"')),
    ("{} has name", ("principal", "principal.boss", "principal.same")),
    ("{} has f", ("context.a", "principal.rec", "principal.twin")),
    ("{} has rec.f", ("principal", "principal.boss")),
)
_BAD = ("1", "principal.zz", '(1 + "a" == 1)', "([] == [])", "principal.rec.f == 1")


def _test(source: Source) -> str:
    pick = source.choice
    match source.integer(0, 8):
        case 0 | 1:
            return f"{pick(_PLAIN)} has {pick(('ok', 'name', 'zz', 'level', 'rec.f'))}"
        case 2:
            return f'{pick(_PLAIN)}.hasTag("t")'
        case 3 | 4:
            member = pick(("principal.act", 'User::"u".act', "action", pick(_GROUPS)))
            above = pick(_GROUPS)
            return f"{member} in {pick((above, f'[{above}]', f'[{above}, principal.act]'))}"
        case 5:
            above = pick(('Org::"o"', 'Group::"g"', 'N::Team::"t"', 'Ghost::"x"', "resource", "principal"))
            return f"{pick(_ENTITIES)} in {pick((above, f'[{above}]'))}"
        case 6:
            return f"{pick(_LITERALS)} {pick(('==', '==', '!='))} {pick(_LITERALS)}"
        case 7:
            return f"{pick(_ENTITIES)} is {pick(_TYPES)}"
        case _:
            form, targets = pick(_TWICE)
            return form.format(pick(targets), key=pick(('"t"', "context.s")))


def deciding(source: Source) -> str:
    """Draw a condition that shows the type of a test."""
    test, bad = f"({_test(source)})", source.choice(_BAD)
    match source.integer(0, 8):
        case 0:
            return test
        case 1:
            return f"!{test}"
        case 2:
            return f"({test} && {bad})"
        case 3:
            return f"({test} || {bad})"
        case 4:
            return f"(if {test} then {bad} else context.c)"
        case 5:
            return f"(if {test} then context.c else {bad})"
        case 6:
            return f"({test} && !{test})"
        case 7:
            return f"({test} && ({test} || {bad}))"
        case _:
            return f"({test} && (if {test} then context.c else {bad}))"
