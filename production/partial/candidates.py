"""The entities that a permission query chooses from, and rules run over many of them at once.

Law (bulk): a generated loop yields exactly the candidates for which the machine finds the rule satisfied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any, Final, TypeAlias

from ..entities import Entities
from ..errors import TRUE
from ..execution.codegen import TooLarge, write_code
from ..execution.codegen_writer import Writer
from ..execution.generated_support import NAMES
from ..execution.interpreter import Frame
from ..language.deep_stack import at_any_depth
from ..language.lowering import GET, Code, Instructions
from ..language.policies import Scope
from ..language.uids import Uid
from ..language.values import Record, Value
from ..schema.request_types import RequestTypes
from ..serving.rules import Rule, status_of
from .postings import Column, Postings, Selection, Side, lookup_of

Loop: TypeAlias = Callable[
    [Uid, Iterable[Uid], Sequence[Column], Uid, Record, Sequence[Value], Callable[[Uid], None]], None
]

_FEW: Final = 64
"""So few candidates are not worth generating code for."""
_SHARE: Final = 3
"""A rule is run over those that it may matter to if they are this many times fewer."""
_MOST_INSTRUCTIONS: Final = 1_500
_MOST_LOOPS: Final = 1_024


class Candidates:
    """The entities of one type in a store, also by the ancestors that they have and by their attributes."""

    __slots__ = ("_above", "_attributes", "_below", "_members", "every", "postings")

    def __init__(self, entities: Entities, type_name: str) -> None:
        uids = [uid for uid in entities._attributes if uid.type == type_name]
        self._members = frozenset(uids)
        self._above = entities._above
        self._attributes = entities._attributes
        self._below: dict[Uid, Selection] | None = None
        self.every = Selection(uids, self._attributes)
        self.postings = Postings(self.every, self._attributes)

    def some(self, uids: Sequence[Uid]) -> Selection:
        """Return a selection of these."""
        return Selection(uids, self._attributes)

    def fitting(self, scope: Scope) -> Selection:
        """Return the candidates that a constraint admits."""
        entity = scope.entity
        if not isinstance(entity, Uid):
            return self.every
        is_member = entity in self._members
        if scope.op == "==":
            return self.some([entity] if is_member else [])
        if self._below is None:
            below: dict[Uid, list[Uid]] = {}
            for uid in self.every.uids:
                for ancestor in self._above[uid]:
                    below.setdefault(ancestor, []).append(uid)
            self._below = {uid: self.some(uids) for uid, uids in below.items()}
        found = self._below.get(entity)
        if is_member:
            return self.some([entity, *(found.uids if found else ())])
        return found or self.some(())


@dataclass(frozen=True, slots=True)
class LoopCode:
    """A generated loop, and the attributes of candidates that it takes as columns."""

    code: CodeType
    columns: tuple[str, ...]


class Loops:
    """Generated loops over one side of requests, by the code of the rule that they run."""

    __slots__ = ("_made",)

    def __init__(self) -> None:
        self._made: dict[tuple[Side, RequestTypes, Instructions], LoopCode | None] = {}

    def get(self, side: Side, types: RequestTypes, code: Code) -> LoopCode | None:
        """Return the loop for a code, generated when first asked for; `None` if the machine must run it."""
        key = (side, types, code.instructions)
        if key not in self._made:
            if len(self._made) >= _MOST_LOOPS:
                self._made.clear()
            self._made[key] = _loop(side, types, code)
        return self._made[key]


@at_any_depth
def _loop(side: Side, types: RequestTypes, code: Code) -> LoopCode | None:
    if len(code.instructions) > _MOST_INSTRUCTIONS:
        return None
    # Whatever is not satisfied is passed over, erring or not.
    out = Writer(ending=lambda status: "continue", indent=2, types=types)
    try:
        write_code(out, code.instructions, "l{}".format)
    except TooLarge:
        return None
    if out.names:
        return None
    variable, given = ("p", "r") if side == "principal" else ("r", "p")
    lines, columns = _with_columns(out.lines, code.instructions, f"{variable}d")
    values = "".join(f", v{number}" for number in range(len(columns)))
    literals = "".join(f"l{number}, " for number in range(len(code.literals)))
    loop = f"for {variable}{values} in zip(candidates, *C):" if columns else f"for {variable} in candidates:"
    body = [
        f"def made({given}, candidates, C, a, c, L, hit):",
        *([f" {literals}= L"] if literals else []),
        *(f" {line}" for name, line in _prelude(given) if name in out.uses),
        f" {loop}",
        *(f"  {line}" for name, line in _prelude(variable) if any(name in each for each in lines)),
        *lines,
        f"  hit({variable})",
    ]
    module = compile("\n".join(body), "<generated query>", "exec", dont_inherit=True)
    (made,) = (constant for constant in module.co_consts if isinstance(constant, CodeType))
    return LoopCode(made, columns)


def _with_columns(
    lines: Iterable[str], instructions: Instructions, record: str
) -> tuple[list[str], tuple[str, ...]]:
    """Return lines that read a candidate's attributes from columns, and the names of those."""
    columns: dict[str, str] = {}
    spellings = {f" = {record}.get({name!r})": name for opcode, name in instructions if opcode == GET}
    replaced = []
    for line in lines:
        target, equals, rest = line.partition(" = ")
        name = spellings.get(equals + rest)
        if name is not None:
            line = f"{target} = {columns.setdefault(name, f'v{len(columns)}')}"
        replaced.append(line)
    return replaced, tuple(columns)


def _prelude(variable: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return (
        (f"{variable}d", f"{variable}d = A.get({variable}, E)"),
        (f"{variable}h", f"{variable}h = H[{variable}]"),
    )


class BulkRunner:
    """A runner of rules over many candidates for one side of an otherwise known request."""

    __slots__ = ("_action", "_context", "_entities", "_given", "_loops", "_side", "_types")

    def __init__(
        self, side: Side, given: Uid, action: Uid, context: Record, entities: Entities,
        types: RequestTypes, loops: Loops,
    ) -> None:  # fmt: skip
        self._side = side
        self._given = given
        self._action = action
        self._context = context
        self._entities = entities
        self._types = types
        self._loops = loops

    def satisfied(
        self, rule: Rule, candidates: Candidates, some: Selection, among: set[Uid] | None = None
    ) -> Sequence[Uid]:
        """Return those of some candidates for which the conditions of a rule hold.

        Those that are not `among` the given ones may be left out. The rule's scope is left to the caller.
        """
        code = rule.policy.code
        if not code.instructions:
            return some.uids
        if some is candidates.every and (lookup := lookup_of(self._side, code)) is not None:
            posted = candidates.postings.found(lookup)
            if posted is not None and lookup.is_whole:
                return posted.uids
            some = posted or some
        if among is not None and _SHARE * len(among) < len(some.uids):
            left = among if some is candidates.every else among.intersection(some.uids)
            some = candidates.some(list(left))
        uids = some.uids
        loop = self._loops.get(self._side, self._types, code) if len(uids) > _FEW else None
        if loop is None:
            return [uid for uid in uids if status_of(rule, self._frame(uid)) == TRUE]
        hits: list[Uid] = []
        store = self._entities
        names: dict[str, Any] = {**NAMES, "zip": zip}
        names |= {"A": store._attributes, "H": store._above, "G": store._tags}
        columns = [some.column(name) for name in loop.columns]
        run: Loop = FunctionType(loop.code, names)
        run(self._given, uids, columns, self._action, self._context, code.literals, hits.append)
        return hits

    def _frame(self, candidate: Uid) -> Frame:
        if self._side == "principal":
            return Frame(candidate, self._action, self._given, self._context, self._entities)
        return Frame(self._given, self._action, candidate, self._context, self._entities)
