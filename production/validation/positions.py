"""Places of problems in the text that the policies were read from.

Nodes keep no positions. The text is parsed a second time, by a parser that notes where the leaves of
expressions stand. Both trees have the same form, so the site of an expression finds it in the second one.
This takes linear time, and only a report needs it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Final

from ..language.extensions import CONSTRUCTORS
from ..language.nodes import Call, If, Node, RecordOf, SetOf, Unary
from ..language.policies import ActionScope, Policy, Scope, Slot
from ..language.uids import Uid
from ..text.lexer import offsets_of
from ..text.parser import PolicyParser
from .problems import Place
from .scopes import scope_conditions
from .sites import nodes_of

_LINE_END: Final = re.compile(r"\r\n|\r|\n")


class Places:
    """The places of one text. Ids are those that reading gives: `policy0`, `policy1`, … in order."""

    def __init__(self, text: str, policies: Container[str]) -> None:
        """Read a text for the places of these policies; raises `PolicyError`."""
        self._text = text
        self._offsets = offsets_of(text)
        self._line_starts = [0, *(match.end() for match in _LINE_END.finditer(text))]
        self._lines: dict[int, str] = {}
        self._starts: dict[str, int] = {}
        self._sites: dict[str, list[int]] = {}
        parser = _NotingParser(text)
        number = 0
        while parser.tokens[parser.at]:
            policy_id = f"policy{number}"
            self._starts[policy_id] = parser.at
            policy = parser.policy()
            if policy_id in policies:
                self._sites[policy_id] = parser.sites_of(policy)
            number += 1

    def of(self, policy_id: str, site: int | None) -> Place | None:
        """Return where an expression starts, or the policy if there is no site.

        `None` for what the text lacks.
        """
        if site is None:
            token = self._starts.get(policy_id)
        else:
            sites = self._sites.get(policy_id, [])
            token = sites[site] if site < len(sites) else None
        return None if token is None else self._at(self._offsets[token])

    def _at(self, offset: int) -> Place:
        line = bisect_right(self._line_starts, offset)
        return Place(line, offset - self._line_starts[line - 1] + 1, self._line(line))

    def _line(self, line: int) -> str:
        """Return a line without its end; one object for all places in it, since lines may be long."""
        if line not in self._lines:
            end = self._line_starts[line] if line < len(self._line_starts) else len(self._text)
            self._lines[line] = self._text[self._line_starts[line - 1] : end].rstrip("\r\n")
        return self._lines[line]


class _NotingParser(PolicyParser):
    """A parser that notes the tokens of leaves: of the scope in order, of conditions by node."""

    __slots__ = ("_leaves", "_scope")

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._scope: list[int] = []
        self._leaves: dict[int, int] = {}

    def policy(self) -> Policy:
        self._scope = []
        self._leaves = {}
        return super().policy()

    def sites_of(self, policy: Policy) -> list[int]:
        """By site the token at which each expression of the policy just read starts."""
        scope = tuple(scope_conditions(policy))
        leaves = (node for node in nodes_of(scope) if not node.children)
        for leaf, token in zip(leaves, self._scope, strict=True):
            self._leaves[id(leaf)] = token
        return list(_starts(nodes_of((*scope, *policy.conditions)), self._leaves, self.tokens))

    def _operand(self) -> int:
        start, waiting = self.at, self.waiting[-1]
        known = len(self.operands)
        state = super()._operand()
        if len(self.operands) > known:
            takes_sign = self.waiting[-1] is not waiting
            self._leaves[id(self.operands[-1])] = start - 1 if takes_sign else start
        return state

    def _constraint(self, variable: str, slot: Slot) -> Scope:
        start = self.at
        self._scope.append(start)
        noted = len(self._scope)
        scope = super()._constraint(variable, slot)
        if scope.op == "All":
            self._scope.pop()
        elif scope.op != "is" and len(self._scope) == noted:
            self._scope.append(start + 2)  # An entity that the parser knew already.
        return scope

    def _entity_or_slot(self, slot: Slot) -> Uid | Slot:
        start = self.at
        while self.tokens[start] == "(":
            start += 1
        self._scope.append(start)
        return super()._entity_or_slot(slot)

    def _action_constraint(self) -> ActionScope:
        start = self.at
        self._scope.append(start)
        noted = len(self._scope)
        scope = super()._action_constraint()
        if scope.op == "All":
            self._scope.pop()
        elif len(self._scope) == noted:
            self._scope.append(start + 2)  # A constraint that the parser knew already.
        return scope

    def _action_list(self) -> tuple[Uid, ...]:
        start = self.at
        actions = super()._action_list()
        if not actions:
            self._scope.append(start)
        return actions

    def _action(self) -> Uid:
        self._scope.append(self.at)
        return super()._action()


def _starts(nodes: Iterable[Node], leaves: Mapping[int, int], tokens: Sequence[str]) -> Iterator[int]:
    """Yield the first token of each of the expressions in postorder, without parentheses around it."""
    finished: list[int] = []
    for node in nodes:
        count = len(node.children)
        if count:
            operands = finished[-count:]
            del finished[-count:]
            start = _start(node, operands, tokens)
        else:
            start = leaves[id(node)]
        finished.append(start)
        yield start


def _start(node: Node, operands: Sequence[int], tokens: Sequence[str]) -> int:
    """Return the first token of an expression by those of its operands."""
    match node:
        case If() | Unary("!" | "neg", _):
            return _before(operands[0], tokens)
        case Call(function, _) if function in CONSTRUCTORS:
            return _before(operands[0], tokens)
        case SetOf():
            # The scope `action in A` is read as `action in [A]`.
            bracket = _before(operands[0], tokens)
            return bracket if tokens[bracket] == "[" else operands[0]
        case RecordOf():
            colon = _before(min(operands), tokens)
            return colon - 2
        case _:
            return operands[0]


def _before(at: int, tokens: Sequence[str]) -> int:
    """Return the token before this one and its opening parentheses."""
    at -= 1
    while tokens[at] == "(":
        at -= 1
    return at
