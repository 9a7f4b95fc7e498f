"""Well-typed policies over the schema of `typing_world`, with at most one slip: a guard of something else.

Where all else is right, the verdict hangs on the slip, or on the level that the policy needs. Some policies
have no slip but uses of two types, which only permissive validation takes.
"""

from __future__ import annotations

from generators.choice.sources import Source
from generators.texts.costly_parts import hanging_on_a_part
from generators.texts.typing_world import behind_a_path, of_two_types

_RECORDS = ("context.a", "context.b", "principal.rec", "principal.twin")
_SLIPS = (
    ("context.a", "context.b"), ("[1]", "[1, 2]"), ("[2, 1]", "[2]"), ("boss", "peer"), ("rec", "twin"),
    ('"t"', '"u"'), ("true", "false"), ("1", "2"), ("principal", "principal.boss"), (".boss", ""),
    ("==", "!="), ("!=", "=="), (">", ">="),
)  # fmt: skip


HANGING = 0.1
"""Probability of a policy whose level hangs on one part, where levels are not the matter."""


class _WellTyped:
    """A drawing of expressions for the environment of a `User`, the action `view` and a `Group`."""

    def __init__(self, source: Source) -> None:
        self.source, self.pick = source, source.choice
        self.may_slip = source.boolean(0.4)
        self.is_loose = not self.may_slip and source.boolean(0.4)

    def bool(self, depth: int) -> str:
        if depth <= 0:
            return self.pick(
                (
                    "context.c",
                    "principal.ok",
                    "true",
                    "false",
                    "context.n == 1",
                    "principal is User",
                    '(action in Action::"read")',
                )
            )
        inner = depth - 1
        match self.source.integer(0, 14):
            case 0:
                return f"({self.bool(inner)} {self.pick(('&&', '||'))} {self.bool(inner)})"
            case 1:
                return f"!({self.bool(inner)})"
            case 2:
                return f"(if {self.bool(inner)} then {self.bool(inner)} else {self.bool(inner)})"
            case 3:
                make = self.pick((self.user, self.group, self.long))
                return f"({make(inner)} {self.pick(('==', '!='))} {make(inner)})"
            case 4:
                above = self.pick((self.group(inner), 'Org::"o"', f"[{self.group(inner)}, {self.group(0)}]"))
                return f"({self.pick((self.user, self.group))(inner)} in {above})"
            case 5:
                return f"({self.long(inner)} < {self.long(inner)})"
            case 6:
                return f"({self.user(inner)}.ok)"
            case 7:
                return self.pick(
                    (
                        '(action in Action::"read")',
                        '(Action::"view" in [Action::"all", action])',
                        '(action == Action::"view")',
                    )
                )
            case 8:
                return f"({self.record(inner)} has {self.pick(('f', 'g', 'zz'))})"
            case 9:
                return f"({self.user(inner)}.users.contains({self.user(inner)}))"
            case 10 if self.is_loose:
                return of_two_types(self.source, self.user(0))
            case 11 if self.is_loose:
                return behind_a_path(self.source, self.user(inner))
            case _:
                return self.guarded(inner)

    def guarded(self, depth: int) -> str:
        """Draw a guard and the use that it allows."""
        match self.source.integer(0, 5):
            case 0:
                target = self.group(depth)
                test, use = f'{target}.hasTag("t")', f'{target}.getTag("t").ok'
            case 1:
                target = self.user(depth)
                test, use = f'{target}.hasTag("t")', f'{target}.getTag("t") == 1'
            case 2:
                target = self.user(depth)
                test, use = f"{target} has peer", f"{target}.peer.ok"
            case _:
                target = self.record(depth)
                test, use = f"{target} has f", f"{target}.f == 1"
        test = self._slipped(test)
        return self.pick(
            (
                f"({test} && {use})",
                f"(if {test} then {use} else false)",
                f"(!({test}) || {use})",
                f"(true && {test} && {use})",
            )
        )

    def _slipped(self, text: str) -> str:
        swaps = [swap for swap in _SLIPS if swap[0] in text]
        if not self.may_slip or not swaps:
            return text
        self.may_slip = False
        return text.replace(*self.pick(swaps), 1)

    def long(self, depth: int) -> str:
        if depth <= 0:
            return self.pick(("0", "1", "context.n", "resource.level"))
        return self.pick(
            (f"{self.group(depth - 1)}.level", f"{self.record(depth - 1)}.g", f"({self.long(depth - 1)} + 1)")
        )

    def user(self, depth: int) -> str:
        if depth <= 0:
            return self.pick(("principal", "principal", "principal", 'User::"u"'))
        inner = depth - 1
        match self.source.integer(0, 5):
            case 0 | 1:
                return f"{self.user(inner)}.boss"
            case 2:
                return f"(if {self.bool(inner)} then {self.user(inner)} else {self.user(inner)})"
            case 3:
                made = f"{{a: {self.user(inner)}, b: {self.pick((self.bool, self.user, self.user))(depth)}}}"
                if self.source.boolean(0.3):
                    made = f"{{a: {self.user(0)}, b: {made}}}.b"
                return f"{made}.a"
            case _:
                return self.user(0)

    def group(self, depth: int) -> str:
        if depth <= 0 or self.source.boolean(0.4):
            return self.pick(("resource", "resource", 'Group::"g"', "principal.group"))
        return f"{self.user(depth - 1)}.group"

    def record(self, depth: int) -> str:
        if depth <= 0:
            return self.pick(_RECORDS)
        inner = depth - 1
        match self.source.integer(0, 3):
            case 0:
                holds = self.pick(("[1]", "[2, 1]", "context.longs")) + f".contains({self.long(0)})"
                test = self.pick((holds, holds, "context.n == 1", "context.n != 1", "context.n > 1"))
                return f"(if {test} then {self.record(inner)} else {self.record(inner)})"
            case 1:
                flags = (f"{{f: {self.pick(('1', 'context.n'))}, g: 1, h: {h}}}" for h in ("true", "false"))
                return f"(if context.c then {' else '.join(flags)})"
            case 2:
                return f"{self.user(inner)}.{self.pick(('rec', 'twin'))}"
            case _:
                return f"{{a: {self.record(inner)}, b: {self.bool(inner)}}}.a"


def policies(source: Source, count: int, hanging: float = HANGING) -> str:
    """Draw policies for one environment, most of them valid, each with one or two conditions.

    With the probability `hanging` the level of a policy hangs on one part.
    """
    drawn = []
    for _ in range(count):
        typed = _WellTyped(source)
        if source.boolean(hanging):
            conditions = f"{source.choice(('when', 'unless'))} {{ {hanging_on_a_part(source)} }}"
        else:
            conditions = " ".join(
                f"{source.choice(('when', 'unless'))} {{ {typed.bool(source.integer(1, 3))} }}"
                for _ in range(source.integer(1, 2))
            )
        scope = 'principal is User, action == Action::"view", resource is Group'
        drawn.append(f"{source.choice(('permit', 'forbid'))}({scope}) {conditions};")
    return "\n".join(drawn)
