"""Authorization (spec 04): a policy set, a store, and the servers prepared for the two."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NoReturn, Self

from .entities import Entities
from .errors import ERROR_KINDS, FIRST_ERROR, TRUE, ErrorKind, EvaluationError
from .execution.interpreter import Frame, run
from .language.arguments import choice_of, instance_of, iterable_of
from .language.deep_stack import at_any_depth, on_fresh_stack
from .language.gc_pause import without_collection
from .language.lowering import Code, lower_expression
from .language.nodes import Expression, Node
from .language.uids import Uid
from .language.values import Value, thawed
from .policy_set import PolicySet
from .request import Request
from .response import Response
from .schema.request_types import RequestTypes
from .serving.compiled_shapes import expression_program
from .serving.kept_plans import plans_of
from .serving.rules import status_of
from .serving.server import TIERS, Server, Tier

_MOST_SERVERS: Final = 4_096


@dataclass(frozen=True, slots=True)
class Candidate:
    """A policy that was asked: whether it applied, and if it erred, how."""

    policy_id: str
    """The id of the policy or link."""
    satisfied: bool
    """Whether it applied."""
    error: ErrorKind | None = None
    """The kind of its error, if it erred."""
    detail: str = ""
    """The message of its error, for people."""

    def __bool__(self) -> NoReturn:
        raise TypeError("a candidate is neither true nor false: ask for `candidate.satisfied`")


@dataclass(frozen=True, slots=True)
class Explanation:
    """A response and how it came about."""

    response: Response
    """The response, as `authorize` gives it."""
    candidates: tuple[Candidate, ...]
    """The policies that were evaluated, each with its result."""
    ruled_out: int
    """How many other policies the index and the plan ruled out."""

    def __bool__(self) -> NoReturn:
        raise TypeError("an explanation is neither true nor false: ask for `explanation.response.allowed`")


class Authorizer:
    """An authorizer of one policy set and one store. Safe to share between threads.

    `tier` forces one way of evaluating: `machine` or `generated`; `auto` starts with the first and
    switches to the second for frequent requests. Answers are the same.
    """

    __slots__ = ("_entities", "_policies", "_servers", "_tier")

    def __init__(self, policies: PolicySet, entities: Entities, *, tier: Tier = "auto") -> None:
        self._policies = instance_of(policies, PolicySet, "policies")
        self._entities = instance_of(entities, Entities, "entities")
        self._tier: Tier = choice_of(tier, TIERS, "tier")
        self._servers: dict[Uid, Server] = {}

    @property
    def policies(self) -> PolicySet:
        """The policies that are asked."""
        return self._policies

    @property
    def entities(self) -> Entities:
        """The store that is asked."""
        return self._entities

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self._policies!r}, {self._entities!r}>"

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce__(self) -> tuple[object, ...]:
        return _authorizer, (self._policies, self._entities, self._tier)

    def authorize(self, request: Request) -> Response:
        """Return the response to one request."""
        if type(request) is not Request:
            instance_of(request, Request, "a request")
        server = self._servers.get(request.action)
        try:
            if server is None:
                server = self._server(request.action)
            return server.answer(request.principal, request.action, request.resource, request._context)
        except RecursionError:
            return on_fresh_stack(lambda: self.authorize(request))

    def authorize_many(self, requests: Iterable[Request]) -> list[Response]:
        """Return the responses to many requests, in order."""
        authorize = self.authorize
        return [authorize(request) for request in iterable_of(requests, "requests")]

    @at_any_depth
    def explain(self, request: Request) -> Explanation:
        """Return the response and how it came about: every policy that was asked, with its result."""
        instance_of(request, Request, "a request")
        plan = plans_of(self._policies).plan(request.action, self._entities._above[request.action])
        found = plan.finder(self._entities._above)(request.principal, request.resource)
        rules = [*plan.always, *(entry.rule for entry in found)]
        frame = self._frame(request)
        candidates = []
        for rule in rules:
            status = status_of(rule, frame)
            error = ERROR_KINDS[status - FIRST_ERROR] if status >= FIRST_ERROR else None
            detail = _detail(rule.policy.code, frame) if error else ""
            candidates.append(Candidate(rule.policy_id, status == TRUE, error, detail))
        return Explanation(self.authorize(request), tuple(candidates), len(self._policies) - len(rules))

    @at_any_depth
    def evaluate(self, expression: Node, request: Request) -> Value:
        """Return the value of one expression under a request; raise `EvaluationError`."""
        instance_of(request, Request, "a request")
        instance_of(expression, Expression, "an expression")
        code = lower_expression(expression)
        program = expression_program(code) if self._tier == "generated" else None
        if program is None:
            return thawed(run(code, self._frame(request)))
        function = program.bind(self._entities)
        value, status = function(request.principal, request.action, request.resource, request._context)
        if status:
            raise EvaluationError(ERROR_KINDS[status - FIRST_ERROR])
        result: Value = value
        return thawed(result)

    def with_entities(self, entities: Entities) -> Authorizer:
        """Return the same policies over another store; what was compiled is kept."""
        return Authorizer(self._policies, entities, tier=self._tier)

    def with_policies(self, policies: PolicySet) -> Authorizer:
        """Return other policies over the same store."""
        return Authorizer(policies, self._entities, tier=self._tier)

    def _frame(self, request: Request) -> Frame:
        return Frame(request.principal, request.action, request.resource, request._context, self._entities)

    def server_for(self, action: Uid, types: RequestTypes | None = None) -> Server:
        """Return a server for the requests of an action, or for those of them that have these types."""
        with without_collection():
            plan = plans_of(self._policies).plan(action, self._entities._above[action])
            return Server(plan, self._entities, self._tier, types)

    @at_any_depth
    def _server(self, action: Uid) -> Server:
        server = self.server_for(action)
        if len(self._servers) >= _MOST_SERVERS:
            self._servers.clear()
        self._servers[action] = server
        return server


def _detail(code: Code, frame: Frame) -> str:
    """Return the message of the error that the code ends in."""
    try:
        run(code, frame)
    except EvaluationError as error:
        return str(error)
    return ""


def _authorizer(policies: PolicySet, entities: Entities, tier: Tier) -> Authorizer:
    """Return an authorizer of its parts, as pickles hold them."""
    return Authorizer(policies, entities, tier=tier)
