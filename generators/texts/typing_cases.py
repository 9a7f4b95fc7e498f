"""Policies whose types are at issue: twin names, guards on look-alikes, dead branches, rounds of fetching.

Owns expressions over the world of `typing_world`, drawn for its types, now and then for another.
"""

from __future__ import annotations

from collections.abc import Callable

from generators.choice.sources import Source
from generators.texts.deciding_tests import deciding
from generators.texts.odd_guards import odd_guard
from generators.texts.typing_world import behind_a_path, of_two_types

_TYPES = (
    "User", "Group", "Org", "Color", "Ghost", "N::Mate", "M::Mate", "N::Team", "Action", "N::Action", "Team",
    "N::Group", "X",
)  # fmt: skip
_LITERALS = (
    'User::"u"', 'User::"v"', 'Group::"g"', 'Org::"o"', 'Color::"red"', 'Color::"pink"', 'Ghost::"x"',
    'N::Mate::"n"', 'N::Team::"t"', 'M::Mate::"m"', 'M::Action::"any"', 'Action::"view"', 'Action::"read"',
    'Action::"all"', 'N::Action::"any"', 'N::Action::"edit"', 'Action::"none"', 'X::"x"',
)  # fmt: skip
_CALLS = (
    'ip("1.2.3.4/33").isLoopback()', "ip(context.s).isIpv4()", "ip(context.n).isIpv4()", "ip(1).isIpv6()",
    "ip().isIpv4()", 'ip("::1", "").isIpv4()', 'decimal("1.0").lessThan(context.s)', "context.s.isLoopback()",
    '(datetime("2024-01-01") < duration("1h"))', '(duration("1h") >= context.n)',
    '(decimal("1.0") < decimal("2.0"))', '(ip("::1") <= ip("::1"))', '("a" < "b")', "(true >= false)",
    '(1 < datetime("2024-01-01"))', 'decimal("1.x").lessThan(decimal("1.0"))', 'ip("::1").isInRange()',
    '(datetime("2024-02-30") < datetime("2024-01-01"))', 'ip("::1").isInRange(ip("::/0"))',
    '(duration("1d").toDays() == 1)', 'decimal("1.0").lessThan(1)',
    '(datetime("2024-01-01").durationSince(datetime("2023-01-01")) < duration("1h"))',
)  # fmt: skip
_RECORDS = (
    "context.a", "context.b", "principal.rec", "principal.twin", "resource.rec", "{f: 1, g: 2}", "{f: true}",
    "{f: false}",
)  # fmt: skip
_TAG = '.getTag("t")'
_FALSE = (
    "false",
    "(1 == true)",
    "(0 == false)",
    '("1" == 1)',
    "(principal is Ghost)",
    "(action in [])",
    "({g: 1} has f)",
)
_ACTIONS = tuple(text for text in _LITERALS if "Action" in text)
_OPEN = (
    ("principal", "User", ("ok", 'name == "v"', "rec.g == 1")),
    ("principal", "N::Mate", ("name == 1", "rec has f")),
    ("resource", "Group", ("level == 1", "owner.ok")),
    ("resource", "User", ("ok", "group.level == 1")),
)
"""Variables of several types, each with one of these and uses that only it has."""


DECIDING = 0.25
"""Probability of a condition that shows the type of one test."""


class _Typed:
    """A drawing of expressions by the type they should have; now and then they have another."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.pick = source.choice

    def any(self, depth: int) -> str:
        return self.pick((self.bool, self.long, self.entity, self.record, self.set, self.text))(depth)

    def of(self, make: Callable[[int], str], depth: int) -> str:
        """Draw an expression of a type, rarely of any other."""
        return self.any(depth) if self.source.boolean(0.04) else make(depth)

    def bool(self, depth: int) -> str:
        if depth <= 0:
            return self.pick(
                ("true", "false", "context.c", "principal.ok", "principal is User", "principal has name")
            )
        inner = depth - 1
        match self.source.integer(0, 18):
            case 0 | 1:
                left = self.of(self.bool, inner) if self.source.boolean(0.85) else self.pick(_FALSE)
                return f"({left} && {self._maybe_dead(inner)})"
            case 2 | 3:
                left = self.of(self.bool, inner) if self.source.boolean(0.75) else self.pick(_FALSE)
                return f"({left} || {self._maybe_dead(inner)})"
            case 4:
                return f"!{self.of(self.bool, inner)}" if inner else f"!({self.bool(inner)})"
            case 5:
                condition, then, otherwise = (self.of(self.bool, inner) for _ in range(3))
                return f"(if {condition} then {then} else {otherwise})"
            case 6:
                make = self.pick((self.entity, self.entity, self.long, self.record, self.set))
                return f"({make(inner)} {self.pick(('==', '!='))} {self.of(make, inner)})"
            case 7:
                return self._in(inner) if self.source.boolean(0.8) else self.pick(_CALLS)
            case 8:
                if self.source.boolean(0.15):
                    return f"(action is {self.pick(('Action', 'N::Action'))} in {self.pick(_ACTIONS)})"
                return f"({self.of(self.entity, inner)} is {self.pick(_TYPES)}{self._within(inner)})"
            case 9 | 10 | 11:
                return self.guarded(inner)
            case 12:
                other: Callable[[int], str] = self.pick((self.long, self.entity, self.text))
                method = self.pick(
                    (f"contains({other(inner)})", f"containsAll({self.set(inner)})", "isEmpty()")
                )
                return f"{self.of(self.set, inner)}.{method}"
            case 13 | 14:
                return of_two_types(self.source, self.entity(0))
            case 15:
                return behind_a_path(self.source, self.pick((self.user, self.group))(inner))
            case 16:
                variable, type_name, uses = self.pick(_OPEN)
                return (
                    f"({variable} is {type_name}{self._within(inner, 0.7)} && {variable}.{self.pick(uses)})"
                )
            case _:
                return self._infix(("<", "<=", ">", ">="), self.long, inner)

    def _maybe_dead(self, depth: int) -> str:
        """Draw what may stand behind an operand that decides everything."""
        return self.any(depth) if self.source.boolean(0.15) else self.bool(depth)

    def _infix(self, operators: tuple[str, ...], make: Callable[[int], str], depth: int) -> str:
        return f"({self.of(make, depth)} {self.pick(operators)} {self.of(make, depth)})"

    def _within(self, depth: int, probability: float = 0.3) -> str:
        return f" in {self.entity(depth)}" if self.source.boolean(probability) else ""

    def _in(self, depth: int) -> str:
        if self.source.boolean(0.4):
            groups = ", ".join(self.pick(_ACTIONS) for _ in range(self.source.integer(0, 2)))
            member = self.pick(("action", "action", "principal.act", 'User::"u".act', *_ACTIONS))
            group = self.pick((f"[{groups}]", self.pick(_ACTIONS), 'User::"u".act'))
            return f"({member} in {group})"
        makes: tuple[Callable[[int], str], ...] = (self.entity, self.entities, lambda _: "[]")
        above = self.pick(makes)(depth)
        return f"({self.of(self.entity, depth)} in {above})"

    def guarded(self, depth: int) -> str:
        """Draw a use of an optional attribute or tag behind a test of it, or of what looks like it."""
        target, attribute, rest = self._optional(depth)
        if target.endswith(_TAG):
            tagged = f'{target.removesuffix(_TAG)}.hasTag("t")'
            return f"({tagged} && {self._guarded(target, attribute, rest, depth)})"
        return self._guarded(target, attribute, rest, depth)

    def _guarded(self, target: str, attribute: str, rest: str, depth: int) -> str:
        tested = self._look_alike(target) if self.source.boolean(0.35) else target
        if attribute == "tag":
            key = self.pick(('"t"', '"t"', "context.s", '"u"', "principal.name", "principal.boss.name"))
            other = self.pick((key, key, key, '"t"'))
            test, use = f"{tested}.hasTag({key})", f"{target}.getTag({other}){rest}"
        else:
            test, use = f"{tested} has {attribute}", f"{target}.{attribute}{rest}"
        match self.source.integer(0, 12):
            case 12:
                return odd_guard(self.source, test, use, self.bool(0))
            case 11:
                both = self.pick((f"{test} && !({test})", f"!({test}) && {test}"))
                return f"({both} && {use})"
            case 10:
                return f"({test} && {test} && {use})"
            case 9:
                return f"((if {test} then {self.pick(('true', self.bool(0)))} else false) && {use})"
            case 0 | 1:
                return f"({test} && {use})"
            case 2:
                return f"(if {test} then {use} else {self.bool(0)})"
            case 3:
                return f"(!({test}) || {use})"
            case 4:
                return f"(({test} || {self.bool(depth)}) && {use})"
            case 5:
                return f"(({test} && {self.bool(depth)}) && {use})"
            case 6:
                return (
                    f"(if {self.bool(depth)} then {test} else {self.pick((test, 'false', 'true'))}) && {use}"
                )
            case 7:
                return f"({self.bool(0)} || ({test} && {use}))"
            case _:
                return use

    def _optional(self, depth: int) -> tuple[str, str, str]:
        match self.source.integer(0, 7):
            case 7:
                return f"{self.group(depth)}{_TAG}", "peer", ".ok"
            case 0 | 1:
                return self.record(depth), self.pick(("f", "f", "g", "deep", "u", "zz")), " == 1"
            case 2:
                return "principal", "name", self.pick((" == 1", ' == "v"', ' like "*"'))
            case 3:
                return self.user(depth), "peer", ".ok"
            case 4:
                target, rest = self.pick(
                    (
                        (self.user, " == 1"), (self.group, " == principal"), (self.group, ".ok"),
                        (lambda _: "principal.same", " == 1"),
                    )
                )  # fmt: skip
                return target(depth), "tag", rest
            case 5:
                return "context", self.pick(("u", "names", "n")), self.pick((".ok", ".isEmpty()", " == 1"))
            case _:
                return "principal.rec", "deep", self.pick((".x == 1", " has x", " == {}"))

    def _look_alike(self, target: str) -> str:
        swaps = (
            ("context.a", "context.b"), ("principal", "resource"), ("[1]", "[1, 2]"), ("[1]", "[1, 2]"),
            ("true", "false"), ("rec", "twin"), ("boss", "peer"), ('"u"', '"v"'), ("1", "true"), ("<", "<="),
            ("User", "N::Mate"), ("context.n > 1", "!(context.n <= 1)"),
            ("principal", "principal.boss"), (".boss", ""), ("principal", "principal.boss"), (".boss", ""),
            ("context.n != 1", "!(context.n == 1)"), ("!=", "=="), ("==", "!="), ("f: ", "u: "),
            ("is User", "is Group"), ("has f", "has g"), ('like "*"', 'like "\\*"'), ("a: ", "b: "),
            (" < ", " > "), (" + ", " - "), (" && ", " || "), ("containsAll", "containsAny"),
        )  # fmt: skip
        old, new = self.pick(swaps)
        return target.replace(old, new, 1)

    def long(self, depth: int) -> str:
        if depth <= 0:
            return self.pick(("0", "1", "-1", "context.n", "principal.rec.g"))
        if self.source.boolean(0.3):
            return self._infix(("+", "-", "*"), self.long, depth - 1)
        return self.pick(
            (f"{self.record(depth - 1)}.g", f"-{self.long(0).lstrip('-')}", f"{self.group(depth - 1)}.level")
        )

    def text(self, depth: int) -> str:
        return self.pick(('"t"', "context.s", '"u"', "principal.name"))

    def entity(self, depth: int) -> str:
        if self.source.boolean(0.75):
            return self.pick((self.user, self.user, self.group))(depth)
        return self.pick(("principal", "resource", "action", *_LITERALS))

    def user(self, depth: int) -> str:
        """Draw an entity of the type `User`, in an environment whose principal is one."""
        if depth <= 0:
            return self.pick(("principal", "principal", 'User::"u"', 'User::"v"'))
        inner = depth - 1
        match self.source.integer(0, 5):
            case 0 | 1:
                return f"{self.user(inner)}.{self.pick(('boss', 'boss', 'boss', 'peer', 'same'))}"
            case 2:
                return f"(if {self.bool(inner)} then {self.user(inner)} else {self.user(inner)})"
            case 3:
                made = f"{{a: {self.of(self.user, inner)}, u: {self.user(inner)}}}"
                if self.source.boolean(0.3):
                    made = f"{{a: {self.any(0)}, u: {made}}}.u"
                return f"{made}.{self.pick(('u', 'a'))}"
            case 4:
                return self.pick((f"{self.record(inner)}.u", f'{self.group(inner)}.getTag("t")', "context.u"))
            case _:
                return self.user(0)

    def group(self, depth: int) -> str:
        """Draw an entity of the type `Group`, in an environment whose resource is one."""
        if depth <= 0 or self.source.boolean(0.4):
            return self.pick(("resource", 'Group::"g"', "principal.group"))
        return f"{self.user(depth - 1)}.group"

    def record(self, depth: int) -> str:
        if depth <= 0:
            return self.pick(_RECORDS)
        inner = depth - 1
        match self.source.integer(0, 4):
            case 0 | 1:
                comparison = self.pick(("context.n > 1", "context.n != 1", "context.n >= 1"))
                holds = f"[1].contains({self.long(0)})", f"[1, 2].contains({self.long(0)})"
                test = self.pick((*holds, comparison, self.bool(inner)))
                return f"(if {test} then {self.record(inner)} else {self.record(inner)})"
            case 2:
                return f"{self.user(inner)}.{self.pick(('rec', 'twin'))}"
            case 3:
                return f"{{f: {self.long(inner)}, g: {self.any(inner)}, u: {self.entity(inner)}}}"
            case _:
                return f"{{a: {self.record(inner)}, b: {self.any(inner)}}}.a"

    def entities(self, depth: int) -> str:
        if self.source.boolean(0.3):
            return "principal.users"
        return f"[{', '.join(self.entity(depth) for _ in range(self.source.integer(0, 2)))}]"

    def set(self, depth: int) -> str:
        make = self.pick((self.long, self.entity, self.record, self.text, self.set if depth else self.long))
        parts = ", ".join(self.of(make, depth - 1) for _ in range(self.source.integer(0, 2)))
        return self.pick(("context.longs", "principal.users", f"[{parts}]", f"[{parts}]"))


def _scope(source: Source, variable: str) -> str:
    """Draw a constraint; where no action fits a scope, no condition is typed, so most scopes are fit."""
    match source.integer(0, 35):
        case 0:
            return f"{variable} is {source.choice(_TYPES)}"
        case 1:
            return f"{variable} {source.choice(('==', 'in'))} {source.choice(_LITERALS)}"
        case 2:
            return f"{variable} is {source.choice(_TYPES)} in {source.choice(_LITERALS)}"
        case 3 | 4 if variable != "action":
            return f"{variable} {source.choice(('==', 'in', 'is User in'))} ?{variable}"
        case _:
            kind = "User" if variable == "principal" else "Group"
            return f"{variable} is {kind}" if source.boolean(0.8) else variable


def _action_scope(source: Source) -> str:
    match source.integer(0, 11):
        case 0:
            return f"action {source.choice(('==', 'in'))} {source.choice(_ACTIONS)}"
        case 1:
            return f"action in [{', '.join(source.choice(_ACTIONS) for _ in range(source.integer(0, 2)))}]"
        case 2 | 3:
            return 'action == Action::"view"'
        case _:
            return "action"


def _condition(source: Source) -> str:
    typed = _Typed(source)
    if source.boolean(DECIDING):
        return f"{source.choice(('when', 'when', 'unless'))} {{ {deciding(source)} }}"
    return f"{source.choice(('when', 'when', 'unless'))} {{ {typed.of(typed.bool, source.integer(1, 3))} }}"


def policies(source: Source, count: int) -> str:
    """Draw policies and templates, each with one or two conditions."""
    drawn = []
    for _ in range(count):
        scope = ", ".join((_scope(source, "principal"), _action_scope(source), _scope(source, "resource")))
        conditions = " ".join(_condition(source) for _ in range(source.integer(1, 2)))
        drawn.append(f"{source.choice(('permit', 'forbid'))}({scope}) {conditions};")
    return "\n".join(drawn)


def links(source: Source, text: str) -> list[tuple[str, str, tuple[tuple[str, str], ...]]]:
    """Draw a link for each template of a text."""
    drawn = []
    for number, policy in enumerate(text.split("\n")):
        slots = [slot for slot in ("?principal", "?resource") if slot in policy]
        kinds = ("User", "User", "Group", "N::Mate", "Color", "X", "Action", "Ghost")
        values = tuple((slot, f'{{"type": "{source.choice(kinds)}", "id": "u"}}') for slot in slots)
        if slots:
            drawn.append((f"policy{number}", f"link{number}", values))
    return drawn
