"""Serving one plan over one store.

A server starts with the machine and goes over to generated code once it has been asked often enough to
pay for the compilation. Law (interning): one set of statuses has one response object, which is
immutable; how many are kept is bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, Literal

from production.entities import Entities
from production.errors import FALSE, STATUS_BITS, TRUE
from production.machine import Frame
from production.plans import Plan
from production.responses import Response, combine
from production.rules import Rule, status_of
from production.scope_index import Entry
from production.shapes import FUSED_RULES, Shape
from production.uids import Uid
from production.values import Record

Tier = Literal["auto", "machine", "generated"]
Answer = Callable[[Uid, Uid, Uid, Record], Response]

_ASKED_OFTEN: Final = 48
_MOST_RESPONSES: Final = 4_096
_MASK: Final = (1 << STATUS_BITS) - 1
_MASK_BITS: Final = FUSED_RULES * STATUS_BITS


class Server:
    """Answers the requests of one plan; `answer` is what to call, and may be another function the next
    time.
    """

    __slots__ = ("_asked", "_entities", "_find", "_functions", "_plan", "_responses", "_threshold", "answer")

    answer: Answer

    def __init__(self, plan: Plan, entities: Entities, tier: Tier) -> None:
        self._plan = plan
        self._entities = entities
        self._threshold: float = {"auto": _ASKED_OFTEN, "generated": 0, "machine": float("inf")}[tier]
        self._asked = 0
        self._functions: dict[Shape | None, Callable[..., int]] = {}
        self._responses: dict[object, Response] = {}
        self._find = plan.finder(entities.above)
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
        """Go over to generated code for the rules that are always asked."""
        fused = self._plan.fused
        if fused.is_direct:
            program, _ = fused.programs[0]
            self.answer = program.bind(self._entities, responses=self._responses, respond=self._respond)
            return
        self.answer = self._serving()

    def _respond(self, mask: int) -> Response:
        """The response to the statuses of a direct program, from now on kept."""
        response = combine(_statuses(mask, self._plan.always))
        return self._keep(mask, response)

    def _keep(self, key: object, response: Response) -> Response:
        if len(self._responses) >= _MOST_RESPONSES:
            self._responses.clear()
        self._responses[key] = response
        return response

    def _serving(self) -> Answer:
        """Answer with generated code: masks of the rules that are always asked, then what the index finds."""
        entities, functions, responses = self._entities, self._functions, self._responses
        masks = _masks([program.bind(entities) for program, _ in self._plan.fused.programs])
        left = self._plan.fused.left
        find = self._find

        def serve(principal: Uid, action: Uid, resource: Uid, context: Record) -> Response:
            mask = masks(principal, action, resource, context) if masks is not None else 0
            hits: tuple[int, ...] = ()
            for entry in find(principal, resource):
                function = functions.get(entry.shape)
                if function is _satisfied:
                    hits += (entry.number << STATUS_BITS | TRUE,)
                    continue
                if function is None:
                    frame = Frame(principal, action, resource, context, entities)
                    status = self._entry_status(entry, frame)
                else:
                    rule = entry.rule
                    status = function(
                        principal,
                        action,
                        resource,
                        context,
                        rule.principal,
                        rule.resource,
                        rule.policy.literals,
                    )
                if status:
                    hits += (entry.number << STATUS_BITS | status,)
            if left:
                frame = Frame(principal, action, resource, context, entities)
                return self._assemble(mask, hits, [status_of(rule, frame) for rule in left])
            key = (mask, hits) if hits else mask
            response = responses.get(key)
            return response if response is not None else self._keep(key, self._assemble(mask, hits, []))

        return serve

    def _assemble(self, mask: int, hits: tuple[int, ...], left: list[int]) -> Response:
        """The response to the masks of all programs, the statuses of found rules, and those left to the
        machine.
        """
        plan = self._plan
        statuses: list[tuple[str, bool, int]] = []
        for _, rules in plan.fused.programs:
            statuses += _statuses(mask, rules)
            mask >>= _MASK_BITS
        statuses += _named([(hit >> STATUS_BITS, hit & _MASK) for hit in hits], plan.rules)
        statuses += _named(enumerate(left), plan.fused.left)
        return combine(statuses)

    def _machine_answer(self, frame: Frame) -> Response:
        plan = self._plan
        always = [(number, status_of(rule, frame)) for number, rule in enumerate(plan.always)]
        found = [
            (entry.number, self._entry_status(entry, frame))
            for entry in self._find(frame.principal, frame.resource)
        ]
        return combine([*_named(always, plan.always), *_named(found, plan.rules)])

    def _entry_status(self, entry: Entry, frame: Frame) -> int:
        """The status of an entry, by the machine until its shape has been asked for often."""
        shape = entry.resolve()
        function = self._functions.get(shape)
        rule = entry.rule
        if function is None and shape not in self._functions:
            shape.asked += 1
            if shape.is_trivial and self._threshold != float("inf"):
                function = self._functions[shape] = _satisfied
            elif shape.asked > self._threshold and (program := shape.compiled()) is not None:
                function = self._functions[shape] = program.bind(self._entities)
        if function is None:
            return status_of(rule, frame)
        return function(
            frame.principal,
            frame.action,
            frame.resource,
            frame.context,
            rule.principal,
            rule.resource,
            rule.policy.literals,
        )


def _masks(programs: list[Callable[..., int]]) -> Callable[..., int] | None:
    """One function for the masks of all programs, the first in the lowest bits."""
    if len(programs) < 2:
        return programs[0] if programs else None

    def masks(principal: Uid, action: Uid, resource: Uid, context: Record) -> int:
        whole = 0
        for program in reversed(programs):
            whole = whole << _MASK_BITS | program(principal, action, resource, context)
        return whole

    return masks


def _satisfied(*arguments: object) -> int:
    return 1


def _statuses(mask: int, rules: list[Rule]) -> list[tuple[str, bool, int]]:
    """Unpack a mask of statuses."""
    statuses = []
    for position, rule in enumerate(rules):
        status = mask >> position * STATUS_BITS & _MASK
        if status != FALSE:
            statuses.append((rule.policy_id, rule.is_permit, status))
    return statuses


def _named(statuses: Iterable[tuple[int, int]], rules: list[Rule]) -> list[tuple[str, bool, int]]:
    """Statuses by number as statuses by id."""
    return [(rules[number].policy_id, rules[number].is_permit, status) for number, status in statuses]
