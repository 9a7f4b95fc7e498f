"""Serving one plan over one store.

A server starts with the machine (the interpreter) and switches to generated code once it has answered enough
requests to pay for the compilation. Law (interning): one set of statuses has one response object, which is
immutable; how many are kept is bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, Literal

from ..entities import Entities
from ..errors import FALSE, STATUS_BITS, TRUE
from ..execution.interpreter import Frame
from ..language.uids import Uid
from ..language.values import Record
from ..response import Response, combine
from ..schema.request_types import RequestTypes
from .compiled_shapes import FUSED_RULES, Shape
from .entity_side import Group, Grouping, Side, satisfied
from .index import Entry, SideIndex
from .plans import Plan
from .rules import Rule, status_of
from .server_code import serving

Tier = Literal["auto", "machine", "generated"]
TIERS: Final[tuple[Tier, ...]] = ("auto", "machine", "generated")
Answer = Callable[[Uid, Uid, Uid, Record], Response]

_ASKED_OFTEN: Final = 48
_MOST_RESPONSES: Final = 4_096
_MOST_SIDES: Final = 65_536
_MASK: Final = (1 << STATUS_BITS) - 1
_MASK_BITS: Final = FUSED_RULES * STATUS_BITS


class Server:
    """The server of one plan: `answer` gives the response, and may be another function the next time."""

    __slots__ = (
        "_asked",
        "_entities",
        "_find",
        "_functions",
        "_grouping",
        "_lefts",
        "_plan",
        "_responses",
        "_rights",
        "_threshold",
        "_types",
        "answer",
    )

    answer: Answer

    def __init__(self, plan: Plan, entities: Entities, tier: Tier, types: RequestTypes | None = None) -> None:
        """With `types`, only requests that have them may be asked, over a store that fits their schema."""
        self._plan = plan
        self._types = types
        self._entities = entities
        self._threshold: float = {"auto": _ASKED_OFTEN, "generated": 0, "machine": float("inf")}[tier]
        self._asked = 0
        self._functions: dict[Shape | None, Callable[..., int]] = {}
        self._responses: dict[object, Response] = {}
        self._find = plan.finder(entities._above)
        self._grouping = Grouping(plan.removed)
        self._lefts: dict[Uid, Side] = {}
        self._rights: dict[Uid, Side] = {}
        self.answer = self._start
        if self._threshold == 0:
            self._promote()

    def _start(self, principal: Uid, action: Uid, resource: Uid, context: Record) -> Response:
        """Answer with the machine."""
        self._asked += 1
        if self._asked > self._threshold:
            self._promote()
            return self.answer(principal, action, resource, context)
        frame = Frame(principal, action, resource, context, self._entities)
        return self._machine_answer(frame)

    def _promote(self) -> None:
        """Switch to generated code for the rules that are always asked."""
        fused = self._plan.fused(self._types)
        if fused.is_direct:
            program, _ = fused.programs[0]
            self.answer = program.bind(self._entities, responses=self._responses, respond=self._respond)
            return
        self.answer = self._serving()

    def _respond(self, mask: int) -> Response:
        """Return the response to the statuses of a direct program, from now on kept."""
        response = combine(_statuses(mask, self._plan.always))
        return self._keep(mask, response)

    def _keep(self, key: object, response: Response) -> Response:
        if len(self._responses) >= _MOST_RESPONSES:
            self._responses.clear()
        self._responses[key] = response
        return response

    def _serving(self) -> Answer:
        """Answer with generated code: masks of the rules that are always asked, then what the sides hold."""
        plan = self._plan
        fused = plan.fused(self._types)
        masks = _masks([program.bind(self._entities) for program, _ in fused.programs])
        program = serving(
            has_masks=masks is not None,
            has_left=any(index.principal for index in plan.indexes),
            has_right=any(index.resource for index in plan.indexes),
            has_rest=bool(fused.left),
        )
        return program.bind(
            self._entities,
            masks=masks,
            above=self._entities._above,
            lefts=self._lefts,
            rights=self._rights,
            make_left=self._make_left,
            make_right=self._make_right,
            in_place=self._grouping.in_place,
            satisfied=satisfied,
            status_of=self._group_status,
            responses=self._responses,
            respond=self._respond_to_hits,
            nobody=Response("deny"),
            len=len,
            rest_statuses=self._rest_statuses,
        )

    def _make_left(self, principal: Uid) -> Side:
        return self._made_side(self._lefts, principal, [index.principal for index in self._plan.indexes])

    def _make_right(self, resource: Uid) -> Side:
        return self._made_side(self._rights, resource, [index.resource for index in self._plan.indexes])

    def _made_side(self, sides: dict[Uid, Side], uid: Uid, indexes: list[SideIndex]) -> Side:
        side = self._grouping.side(uid, indexes, self._entities._above)
        if len(sides) >= _MOST_SIDES:
            sides.clear()
        sides[uid] = side
        return side

    def _group_status(self, group: Group, principal: Uid, action: Uid, resource: Uid, context: Record) -> int:
        """Return the status of a group, by the machine until its shape has been asked for often."""
        frame = Frame(principal, action, resource, context, self._entities)
        entry = group.entries[0]
        status = self._entry_status(entry, frame)
        function = self._functions.get(group.shape)
        if function is satisfied:
            group.alone = combine(self._group_statuses(group, TRUE))
        group.function = function
        return status

    def _group_statuses(self, group: Group, status: int) -> list[tuple[str, bool, int]]:
        return _named(((entry.number, status) for entry in group.entries), self._plan.rules)

    def _rest_statuses(self, principal: Uid, action: Uid, resource: Uid, context: Record) -> tuple[int, ...]:
        """Return the statuses of the rules that are too large to be generated."""
        frame = Frame(principal, action, resource, context, self._entities)
        return tuple([status_of(rule, frame) for rule in self._plan.fused(self._types).left])

    def _respond_to_hits(
        self, key: object, mask: int, hits: tuple[Any, ...], rest: tuple[int, ...]
    ) -> Response:
        """Return the response to masks, to groups with their statuses, and to what the interpreter ran.

        The response is kept under `key`.
        """
        plan = self._plan
        statuses: list[tuple[str, bool, int]] = []
        for _, rules in plan.fused(self._types).programs:
            statuses += _statuses(mask, rules)
            mask >>= _MASK_BITS
        for group, status in zip(hits[::2], hits[1::2], strict=True):
            statuses += self._group_statuses(group, status)
        statuses += _named(enumerate(rest), plan.fused(self._types).left)
        return self._keep(key, combine(statuses))

    def _machine_answer(self, frame: Frame) -> Response:
        plan = self._plan
        always = [(number, status_of(rule, frame)) for number, rule in enumerate(plan.always)]
        found = [
            (entry.number, self._entry_status(entry, frame))
            for entry in self._find(frame.principal, frame.resource)
        ]
        return combine([*_named(always, plan.always), *_named(found, plan.rules)])

    def _entry_status(self, entry: Entry, frame: Frame) -> int:
        """Return the status of an entry, by the machine until its shape has been asked for often."""
        shape = entry.resolve()
        function = self._functions.get(shape)
        rule = entry.rule
        if function is None and shape not in self._functions:
            shape.asked += 1
            if shape.is_trivial and self._threshold != float("inf"):
                function = self._functions[shape] = satisfied
            elif shape.asked > self._threshold and (program := shape.compiled(self._types)) is not None:
                function = self._functions[shape] = program.bind(self._entities)
        if function is None:
            return status_of(rule, frame)
        return function(
            frame.principal, frame.action, frame.resource, frame.context, rule.policy.code.literals
        )


def _masks(programs: list[Callable[..., int]]) -> Callable[..., int] | None:
    """Return one function for the masks of all programs, the first in the lowest bits."""
    if len(programs) < 2:
        return programs[0] if programs else None

    def masks(principal: Uid, action: Uid, resource: Uid, context: Record) -> int:
        whole = 0
        for program in reversed(programs):
            whole = whole << _MASK_BITS | program(principal, action, resource, context)
        return whole

    return masks


def _statuses(mask: int, rules: list[Rule]) -> list[tuple[str, bool, int]]:
    """Unpack a mask of statuses."""
    statuses = []
    for position, rule in enumerate(rules):
        status = mask >> position * STATUS_BITS & _MASK
        if status != FALSE:
            statuses.append((rule.policy_id, rule.is_permit, status))
    return statuses


def _named(statuses: Iterable[tuple[int, int]], rules: list[Rule]) -> list[tuple[str, bool, int]]:
    """Return statuses by number as statuses by id."""
    return [(rules[number].policy_id, rules[number].is_permit, status) for number, status in statuses]
