"""The function that serves a plan with an index: written for what the plan has, and nothing more.

Law (serving): it runs the programs of the rules that are always asked and each group that the two sides
hold for the request, and looks the response up by the statuses that are not false.
"""

from __future__ import annotations

from functools import cache
from types import CodeType
from typing import Final

from .compiled_shapes import Program, looked_up


@cache
def serving(*, has_masks: bool, has_left: bool, has_right: bool, has_rest: bool) -> Program:
    """Return the function for plans that have these parts.

    `left` is an index by principals, `right` one by resources; `rest` are rules left to the interpreter.
    """
    lines = ["def serve(p, a, r, c):"]
    if has_masks:
        lines.append(" mask = masks(p, a, r, c)")
    if has_left:
        lines.append(" l_any, l_one, l_few, l_below, l_keys, l_large, l_above = lefts.get(p) or make_left(p)")
    if has_right:
        lines.append(
            " r_any, r_one, r_few, r_below, r_keys, r_large, r_above = rights.get(r) or make_right(r)"
        )
    lines.append(f" groups = {' + '.join(['l_any'] * has_left + ['r_any'] * has_right) or '()'}")
    if has_left:
        lines += _looked_up("l", "r", "r_above" if has_right else "above[r]")
    if has_right:
        lines += _looked_up("r", "p", "l_above" if has_left else "above[p]")
    if not (has_masks or has_rest):
        lines += _FEW_GROUPS
    lines += _RUN
    key = "mask, hits" if has_masks else "hits"
    if has_rest:
        lines.append(" rest = rest_statuses(p, a, r, c)")
        key += ", rest"
    elif has_masks:
        key = "(mask, hits) if hits else mask"
    mask, rest = "mask" if has_masks else "0", "rest" if has_rest else "()"
    lines += [f" key = {key}", *looked_up("key", f"key, {mask}, hits, {rest}")]
    module = compile("\n".join(lines), "<generated server>", "exec", dont_inherit=True)
    (code,) = (constant for constant in module.co_consts if isinstance(constant, CodeType))
    return Program(code, {})


def _looked_up(side: str, other: str, above: str) -> list[str]:
    """Add the groups that the entity of the other side, with these ancestors, leads to."""
    return [
        f" if {other} in {side}_one: groups += {side}_one[{other}]",
        f" for uid, more in {side}_few:",
        f"  if uid in {above}: groups += more",
        f" if {side}_keys and not {side}_keys.isdisjoint({above}):",
        f"  for uid in {side}_keys & {above}: groups += {side}_below[uid]",
        f" if {side}_large:",
        f"  for place in {side}_large: groups += in_place(place, {other}, {above})",
    ]


_FEW_GROUPS: Final = (
    " if not groups: return nobody",
    " if len(groups) == 1 and groups[0].function is satisfied: return groups[0].alone",
)
_RUN: Final = (
    " hits = ()",
    " for group in groups:",
    "  function = group.function",
    "  if function is satisfied: hits += (group, 1)",
    "  else:",
    "   if function is None: status = status_of(group, p, a, r, c)",
    "   else: status = function(p, a, r, c, group.literals)",
    "   if status: hits += (group, status)",
)
