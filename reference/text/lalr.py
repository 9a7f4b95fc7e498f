"""An LALR parser whose tokens and tables come from lark.

What a piece of text is depends on where it stands: spelled out in the grammar, like `when` or `==`, it is
that token where the parser can take it, and otherwise what its shape says. The parser keeps its own stack, so
depth costs no recursion.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

from lark import Lark
from lark.parse_tree_builder import ExpandSingleChild
from lark.parsers.lalr_analysis import Shift

SPELLED, END, NOTHING = "SPELLED", "END", "NOTHING"
"""Kinds of tokens beside the grammar's: spelled out in it, the end of the text, no token at all."""


class Token(str):
    """A piece of text: `kind` is its name in the grammar, `start` the place where it begins."""

    __slots__ = ("kind", "start")

    kind: str
    start: int


class Unexpected(Exception):
    """A token that cannot stand where it stands; `expected` are the kinds of those that can."""

    def __init__(self, token: Token, expected: frozenset[str]) -> None:
        super().__init__(token)
        self.token = token
        self.expected = expected


class Watch(Protocol):
    """An observer of some kinds of tokens before they are parsed."""

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of tokens to show."""

    def see(self, token: Token, before: str) -> None:
        """Look at a token."""


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A rule at its end: of the last `size` parts it builds one, which is a `goal` to the rules around.

    `build` is None if its one part only passes for something more.
    """

    size: int
    goal: str
    build: Callable[[list[Any]], Any] | None


class Grammar:
    """A grammar in lark's notation; the builder has a method for every rule or alias, taking its parts."""

    def __init__(self, text: str, starts: Sequence[str], builder: object) -> None:
        spread = cast(Any, _Spread(builder))
        lark = Lark(text, start=list(starts), parser="lalr", maybe_placeholders=False, transformer=spread)
        made = {start: lark.parse_interactive(start=start).parser_state.parse_conf for start in starts}
        self.starts = {start: (conf.start_state, conf.end_state) for start, conf in made.items()}
        self._take_table(made[starts[0]])
        self._take_tokens(lark)
        self.passed: dict[tuple[int, int, str], int] = {}

    def _take_table(self, conf: Any) -> None:
        """Fill `steps`: after a state and before a kind of token, the rule that ends, or the next state.

        `gotos`: after a state and a goal, the next state.
        """
        rules = {
            rule: Rule(len(rule.expansion), str(rule.origin.name), None if _passes(rule, build) else build)
            for rule, build in conf.callbacks.items()
        }
        self.steps: dict[int, dict[str, int | Rule]] = {}
        self.gotos: dict[int, dict[str, int]] = {}
        for state, row in conf.states.items():
            goals = {str(name): goal for name, (_, goal) in row.items() if name.islower()}
            self.gotos[state] = goals
            self.steps[state] = {
                str(name).strip("$"): then if action is Shift else rules[then]
                for name, (action, then) in row.items()
                if name not in goals
            }

    def _take_tokens(self, lark: Lark) -> None:
        """`token`: one token and what may be ignored before it; `spelled`: those spelled out."""
        self.spelled = {
            each.pattern.value: each.name for each in lark.terminals if each.pattern.type == "str"
        }
        shapes = {each.name: each.pattern.to_regexp() for each in lark.terminals if each.pattern.type == "re"}
        ignored = "|".join(shapes.pop(name) for name in lark.ignore_tokens)
        shapes[SPELLED] = "|".join(map(re.escape, sorted(self.spelled, key=len, reverse=True)))
        shapes |= {END: r"\Z", NOTHING: "."}
        kinds = "|".join(f"(?P<{name}>{shape})" for name, shape in shapes.items())
        self.token = re.compile(f"(?:{ignored})*+(?:{kinds})", re.DOTALL)

    def read(self, text: str, start: str, watch: Watch, begin: int = 0) -> Any:
        """Return what the builder makes of the text from `begin` on.

        Raises `Unexpected`, and whatever builder and watch raise.
        """
        state, accepting = self.starts[start]
        states, parts, before = [state], list[Any](), ""
        steps, gotos, spelled, watched = self.steps, self.gotos, self.spelled, watch.kinds
        passed = self.passed
        for found in self.token.finditer(text, begin):
            kind = shape = found.lastgroup or NOTHING
            token = Token(found[shape])
            row = steps[states[-1]]
            spelling = spelled.get(token)
            if spelling is not None and (spelling in row or shape == SPELLED):
                kind = spelling
            token.kind, token.start = kind, found.start(shape)
            if kind in watched:
                watch.see(token, before)
            before = kind
            while isinstance(step := row.get(kind), Rule):
                if step.build is None:
                    where = (states[-2], states[-1], kind)
                    state = passed.get(where) or self._pass(where)
                    states[-1] = state
                else:
                    first = len(parts) - step.size
                    parts[first:] = [step.build(parts[first:])]
                    del states[first + 1 :]
                    state = gotos[states[-1]][step.goal]
                    states.append(state)
                row = steps[state]
            if step is None:
                if kind == END and state == accepting:
                    break
                raise Unexpected(token, frozenset(row))
            states.append(step)
            parts.append(token)
        return parts[0]

    def _pass(self, where: tuple[int, int, str]) -> int:
        """Return the state that follows once no rule ends that only passes its one part, and keep it.

        Law: it depends only on the state before the part, the state after it, and the token that follows.
        """
        below, state, kind = where
        while isinstance(step := self.steps[state].get(kind), Rule) and step.build is None:
            state = self.gotos[below][step.goal]
        self.passed[where] = state
        return state


def _passes(rule: Any, build: object) -> bool:
    """Return whether the rule has one part, which lark leaves as it is."""
    return len(rule.expansion) == 1 and isinstance(build, ExpandSingleChild)


class _Spread:
    """lark hands the parts over in a list; the builder takes them one by one."""

    def __init__(self, builder: object) -> None:
        self._builder = builder

    def __getattr__(self, rule: str) -> Callable[[list[Any]], Any]:
        method = getattr(self._builder, rule)
        return lambda parts: method(*parts)
