"""The entities that a permission query chooses from, and rules run over many of them at once.

Law (bulk): a generated loop yields exactly the candidates for which the machine finds the rule satisfied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from types import CodeType, FunctionType
from typing import Any, Final, Literal, TypeAlias

from ..entities import Entities
from ..errors import TRUE
from ..execution.codegen import TooLarge, write_code
from ..execution.codegen_writer import Writer
from ..execution.generated_support import NAMES
from ..execution.interpreter import Frame
from ..language.deep_stack import at_any_depth
from ..language.lowering import Instructions
from ..language.policies import Scope
from ..language.uids import Uid
from ..language.values import Record, Value
from ..schema.request_types import RequestTypes
from ..serving.rules import Rule, status_of

Side: TypeAlias = Literal["principal", "resource"]
Loop: TypeAlias = Callable[[Uid, Iterable[Uid], Uid, Record, Sequence[Value], Callable[[Uid], None]], None]

_FEW: Final = 64
"""So few candidates are not worth generating code for."""
_MOST_INSTRUCTIONS: Final = 1_500
_MOST_LOOPS: Final = 1_024


class Candidates:
    """The entities of one type in a store, also by the ancestors that they have."""

    __slots__ = ("_above", "_below", "_members", "uids")

    def __init__(self, entities: Entities, type_name: str) -> None:
        self.uids = [uid for uid in entities._attributes if uid.type == type_name]
        self._members = frozenset(self.uids)
        self._above = entities._above
        self._below: dict[Uid, list[Uid]] | None = None

    def fitting(self, scope: Scope) -> Sequence[Uid]:
        """Return the candidates that a constraint admits."""
        entity = scope.entity
        if not isinstance(entity, Uid):
            return self.uids
        if scope.op == "==":
            return [entity] if entity in self._members else []
        below = self._below
        if below is None:
            below = {}
            for uid in self.uids:
                below.setdefault(uid, []).append(uid)
                for ancestor in self._above[uid]:
                    below.setdefault(ancestor, []).append(uid)
            self._below = below
        return below.get(entity, [])


class Loops:
    """Generated loops over one side of requests, by the code of the rule that they run."""

    __slots__ = ("_made",)

    def __init__(self) -> None:
        self._made: dict[tuple[Side, RequestTypes, Instructions], CodeType | None] = {}

    def get(self, side: Side, types: RequestTypes, instructions: Instructions) -> CodeType | None:
        """Return the loop for a code, generated when first asked for; `None` if the machine must run it."""
        key = (side, types, instructions)
        if key not in self._made:
            if len(self._made) >= _MOST_LOOPS:
                self._made.clear()
            self._made[key] = _loop(side, types, instructions)
        return self._made[key]


@at_any_depth
def _loop(side: Side, types: RequestTypes, instructions: Instructions) -> CodeType | None:
    if len(instructions) > _MOST_INSTRUCTIONS:
        return None
    # Whatever is not satisfied is passed over, erring or not.
    out = Writer(ending=lambda status: "continue", indent=2, types=types)
    try:
        write_code(out, instructions, "L[{}]".format)
    except TooLarge:
        return None
    variable, given = ("p", "r") if side == "principal" else ("r", "p")
    outer = [line for name, line in _prelude(given) if name in out.uses]
    inner = [line for name, line in _prelude(variable) if name in out.uses]
    body = [
        f"def made({given}, candidates, a, c, L, hit):",
        *(f" {line}" for line in outer),
        f" for {variable} in candidates:",
        *(f"  {line}" for line in inner),
        *out.lines,
        f"  hit({variable})",
    ]
    module = compile("\n".join(body), "<generated query>", "exec", dont_inherit=True)
    (code,) = (constant for constant in module.co_consts if isinstance(constant, CodeType))
    return code if not out.names else None


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

    def satisfied(self, rule: Rule, candidates: Sequence[Uid]) -> Sequence[Uid]:
        """Return the candidates for which the conditions of a rule hold; its scope is left to the caller."""
        code = rule.policy.code
        if not code.instructions:
            return candidates
        loop = None
        if len(candidates) > _FEW:
            loop = self._loops.get(self._side, self._types, code.instructions)
        if loop is None:
            return [uid for uid in candidates if status_of(rule, self._frame(uid)) == TRUE]
        hits: list[Uid] = []
        store = self._entities
        names: dict[str, Any] = {
            **NAMES, "A": store._attributes, "H": store._above, "G": store._tags,
        }  # fmt: skip
        run: Loop = FunctionType(loop, names)
        run(self._given, candidates, self._action, self._context, code.literals, hits.append)
        return hits

    def _frame(self, candidate: Uid) -> Frame:
        if self._side == "principal":
            return Frame(candidate, self._action, self._given, self._context, self._entities)
        return Frame(self._given, self._action, candidate, self._context, self._entities)
