"""What production runs for the policies of a plan: each of its ways, on symbols and on one input.

A way gives a policy's status: by the stack machine, by a function for all rules of a plan, or by the index
over scopes and the code for what the index finds. The last two exist for any request and for requests of the
environment's types.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from inspect import getsource
from textwrap import dedent
from types import SimpleNamespace
from typing import Literal

from drt.symbolic.compiler import Compiler
from drt.symbolic.counterexample import Counterexample
from drt.symbolic.machine_code import Machine
from drt.symbolic.python_code import ByStatus, Executor
from drt.symbolic.python_expressions import Expressions
from drt.symbolic.python_values import NotUnderstood, Object, PythonValue, literal
from drt.symbolic.store import Store
from drt.symbolic.terms import FALSE, TRUE, Term, and_, not_, or_
from production import Request, Schema, Uid
from production.entities import Entities
from production.errors import FALSE as NOT_SATISFIED
from production.errors import STATUS_BITS, STATUS_OF_KIND
from production.errors import TRUE as SATISFIED
from production.execution.interpreter import Frame
from production.language.policies import Scope
from production.policy_set import PolicySet
from production.schema.request_types import RequestTypes
from production.serving import rules as serving
from production.serving.compiled_shapes import Program
from production.serving.index import Entry, Key, Place, ScopeIndex, SideIndex, Tables, key_of
from production.serving.plans import Plan, Plans
from production.serving.rules import Rule, status_of
from reference.policies import Body
from reference.support.recursion import deep_recursion
from reference.text.printer import print_body
from reference.validation.environments import Environment
from reference.values import EntityUid

WayName = Literal["machine", "generated", "generated, typed", "index", "index, typed"]
WAYS: tuple[WayName, ...] = ("machine", "generated", "generated, typed", "index", "index, typed")

UNINDEXED = 16
"""As many rules production runs without an index over scopes."""


@dataclass(slots=True)
class Site:
    """Policies, the environment of their requests, and what both engines know of the schema."""

    store: Store
    schema: Schema
    bodies: Mapping[str, Body]
    environment: Environment
    _plans: dict[int, Plan] = field(default_factory=dict)
    _executed: dict[int, dict[int, ByStatus]] = field(default_factory=dict)

    @property
    def variables(self) -> Mapping[str, Term]:
        """The parts of the request by their names in Cedar."""
        compiler = Compiler(self.store, self.environment)
        return {
            "principal": compiler.variable("principal"),
            "action": compiler.variable("action"),
            "resource": compiler.variable("resource"),
            "context": compiler.variable("context"),
        }

    def plan(self, *, indexed: bool) -> Plan:
        """Return production's plan; an indexed one is of as many copies as an index needs."""
        copies = UNINDEXED // len(self.bodies) + 1 if indexed else 1
        if copies not in self._plans:
            action = self.environment.action
            above = self.store.schema.action_ancestors(action) - {action}
            with deep_recursion():
                text = "\n".join(print_body(body) for body in self.bodies.values())
            policies = PolicySet.from_text("\n".join([text] * copies))
            self._plans[copies] = Plans(policies).plan(_uid(action), frozenset(map(_uid, above)))
        return self._plans[copies]

    def types(self) -> RequestTypes:
        """Return the types that production has for requests of the environment."""
        environment = self.environment
        principal, resource = (Uid(name, "") for name in (environment.principal, environment.resource))
        return self.schema._types.types_of(Request(principal, _uid(environment.action), resource, {}))

    def executed(self, program: Program) -> dict[int, ByStatus]:
        """Run a fused function on symbols; returns the statuses of each of its rules."""
        if id(program) not in self._executed:
            executor = Executor(Expressions(self.store, program.names))
            self._executed[id(program)] = executor.run(program.text, self.parameters())
        return self._executed[id(program)]

    def parameters(self) -> Mapping[str, Term]:
        """Return the parts of the request by the parameters of generated functions."""
        return {name[0]: term for name, term in self.variables.items()}


@dataclass(frozen=True, slots=True)
class Input:
    """An input as production reads it."""

    entities: Entities
    request: Request

    @property
    def frame(self) -> Frame:
        """The input as the machine takes it."""
        request = self.request
        parts = request.principal, request.action, request.resource, request._context
        return Frame(*parts, self.entities)


def read(schema: Schema, found: Counterexample) -> Input:
    """Read an input under the schema."""
    return Input(schema.read_entities(found.entities_json()), schema.read_request(found.request_json()))


def statuses(site: Site, way: WayName, number: int) -> ByStatus:
    """Return the conditions of each status of a policy; raises `NotUnderstood`."""
    if way == "machine":
        return _by_machine(site, number)
    types = site.types() if way.endswith("typed") else None
    plan = site.plan(indexed=way.startswith("index"))
    for program, rules in plan.fused(types).programs:
        ids = [rule.policy_id for rule in rules]
        if f"policy{number}" in ids:
            return site.executed(program).get(ids.index(f"policy{number}"), {})
    if any(rule.policy_id == f"policy{number}" for rule in plan.always):
        raise NotUnderstood("no code is generated for so large a policy")
    return _by_index(site, plan, types, number)


def status(site: Site, way: WayName, number: int, found: Input) -> int:
    """Run a policy on an input and return its status."""
    if way == "machine":
        rule = _rule(site, number)
        return NOT_SATISFIED if rule is None else status_of(rule, found.frame)
    types = site.types() if way.endswith("typed") else None
    plan = site.plan(indexed=way.startswith("index"))
    request = found.request
    arguments = request.principal, request.action, request.resource, request._context
    for program, rules in plan.fused(types).programs:
        ids = [rule.policy_id for rule in rules]
        if f"policy{number}" in ids:
            responses: dict[int, int] = {}
            mask = program.bind(found.entities, responses=responses, respond=_same)(*arguments)
            return int(mask) >> ids.index(f"policy{number}") * STATUS_BITS & (1 << STATUS_BITS) - 1
    for entry in plan.finder(found.entities._above)(request.principal, request.resource):
        if entry.rule.policy_id == f"policy{number}":
            shape = entry.resolve()
            compiled = shape.compiled(types)
            if shape.is_trivial or compiled is None:
                return SATISFIED if shape.is_trivial else status_of(entry.rule, found.frame)
            literals = entry.rule.policy.code.literals
            return int(compiled.bind(found.entities)(*arguments, literals))
    return NOT_SATISFIED


def _same(mask: int) -> int:
    return mask


def _rule(site: Site, number: int) -> Rule | None:
    """Return the rule of a policy; None where the plan of the action leaves it out."""
    plan = site.plan(indexed=False)
    return next((rule for rule in plan.always if rule.policy_id == f"policy{number}"), None)


def _by_machine(site: Site, number: int) -> ByStatus:
    rule = _rule(site, number)
    if rule is None:
        return {NOT_SATISFIED: TRUE}
    principal, resource = site.variables["principal"], site.variables["resource"]
    policy = rule.policy
    fits = and_(
        _fits(site.store, policy.principal, rule.principal, principal),
        _fits(site.store, policy.resource, rule.resource, resource),
    )
    if fits is FALSE:
        return {NOT_SATISFIED: TRUE}
    outcome = Machine(site.store, policy.code, site.variables).guards()
    failure = outcome.failure.where(fits)
    return {
        NOT_SATISFIED: not_(or_(failure.any, and_(fits, outcome.value))),
        SATISFIED: and_(fits, not_(failure.any), outcome.value),
        STATUS_OF_KIND["overflow"]: and_(failure.any, not_(failure.extension)),
        STATUS_OF_KIND["extension"]: failure.extension,
    }


ABOVE = Object("H")
"""The hierarchy, by the name that generated code has for it."""


def _fits(store: Store, scope: Scope, entity: Uid | None, variable: Term) -> Term:
    """Run production's own check of a scope."""
    named = Object(None) if entity is None else literal(entity)
    entities = Object(SimpleNamespace(_above=ABOVE))
    return _run(store, serving._fits, scope=Object(scope), entity=named, uid=variable, entities=entities)


def _holds(store: Store, key: Key, variable: Term) -> Term:
    """Run production's own check of the constraint of one side."""
    return _run(store, Key.holds, self=Object(key), uid=variable, above=ABOVE)


def _run(store: Store, function: Callable[..., bool], **arguments: PythonValue) -> Term:
    """Run a shipped function on symbols, and return the condition that it returns true."""
    return Executor(Expressions(store, {})).run_one(_source(function), arguments).get(SATISFIED, FALSE)


@cache
def _source(function: Callable[..., bool]) -> str:
    return dedent(getsource(function))


def _by_index(site: Site, plan: Plan, types: RequestTypes | None, number: int) -> ByStatus:
    """Return the statuses of a policy that the index finds, and its code decides."""
    places = [
        (entry, found)
        for index in plan.indexes
        for entry, found in _entries(site, index)
        if entry.rule.policy_id == f"policy{number}"
    ]
    if not places:
        return {NOT_SATISFIED: TRUE}
    found = or_(*(condition for _, condition in places))
    decided = {
        outcome: and_(found, condition) for outcome, condition in _of_shape(site, places[0][0], types).items()
    }
    decided[NOT_SATISFIED] = or_(not_(found), decided.get(NOT_SATISFIED, FALSE))
    return decided


def _of_shape(site: Site, entry: Entry, types: RequestTypes | None) -> ByStatus:
    """Return the statuses of a rule that the index has found."""
    shape = entry.resolve()
    if shape.is_trivial:
        return {SATISFIED: TRUE}
    program = shape.compiled(types)
    if program is None:
        raise NotUnderstood("no code is generated for so large a policy")
    executor = Executor(Expressions(site.store, program.names))
    literals: dict[str, PythonValue] = {"L": Object(entry.rule.policy.code.literals)}
    return executor.run_one(program.text, {**site.parameters(), **literals})


def _entries(site: Site, index: ScopeIndex) -> Iterator[tuple[Entry, Term]]:
    """Walk an index: every entry, and the condition under which a request leads to it."""
    principal, resource = site.variables["principal"], site.variables["resource"]
    for side, variable, other in (
        (index.principal, principal, resource),
        (index.resource, resource, principal),
    ):
        for key, place in _places(side):
            here = _holds(site.store, key, variable)
            for entry, there in _in_place(site.store, place, other):
                yield entry, and_(here, there)


def _places(side: SideIndex) -> Iterator[tuple[Key, Place]]:
    for is_equal, table in ((True, side.equal), (False, side.below)):
        for entity, place in table.items():
            if is_equal or entity in side.keys:
                yield Key(is_equal, entity), place


def _in_place(store: Store, place: Place, other: Term) -> Iterator[tuple[Entry, Term]]:
    """Walk the entries of a place, with the condition on the other side of the request."""
    if not place.is_tabled:
        for entry in place.entries:
            key = key_of(entry.rule, place.other)
            yield entry, TRUE if key is None else _holds(store, key, other)
        return
    tables: Tables = place.tables
    yield from ((entry, TRUE) for entry in tables.rest)
    for is_equal, table in ((True, tables.equal), (False, tables.below)):
        for entity, entries in table.items():
            held = _holds(store, Key(is_equal, entity), other)
            yield from ((entry, held) for entry in entries if is_equal or entity in tables.keys)


def _uid(entity: EntityUid) -> Uid:
    return Uid(entity.type, entity.id)
