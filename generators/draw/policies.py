"""Policies: each has a witness request that its scope admits and at which its conditions are aimed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from generators.draw import literals
from generators.draw.approximate import truth
from generators.draw.conditions import Conditions
from generators.draw.context import Context
from generators.draw.entities import ancestors
from generators.draw.syntax import (
    ActionConstraint,
    Condition,
    Constraint,
    Expr,
    Link,
    Policy,
    Slot,
    Uid,
)
from generators.draw.triviality import is_trivial
from generators.draw.world import Environment, Request, Schema
from generators.texts import scripts


@dataclass(frozen=True, slots=True)
class Aimed:
    """A policy with the request it is aimed at, and the constants its context was compared with."""

    policy: Policy
    witness: Request
    environment: Environment
    slot_values: tuple[tuple[str, Uid], ...] = ()


def draw_policies(context: Context) -> list[Aimed]:
    """Draw a policy set.

    Later policies often share the witness of an earlier one, so that permits and forbids meet.
    """
    source, profile = context.source, context.profile
    lo, hi = profile.policies
    draw = _PolicyDraw(context)
    found: list[Aimed] = []
    for _ in range(source.integer(lo, hi)):
        with source.span("policy"):
            if found and source.boolean(profile.same_witness):
                earlier = source.choice(found)
                environment, witness = earlier.environment, earlier.witness
            else:
                environment = source.choice(context.schema.environments)
                witness = draw_witness(context, environment)
            found.append(draw.policy(environment, witness, len(found) < 1 + profile.one_type_error))
    return found


def draw_witness(context: Context, environment: Environment) -> Request:
    """Draw a request that fits an environment."""
    values = context.values
    return Request(
        values.uid(environment.principal),
        environment.action.uid,
        values.uid(environment.resource),
        values.record(environment.action.context),
    )


class _PolicyDraw:
    """One policy set in the making."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.source = context.source
        self.conditions = Conditions(context)

    def policy(self, environment: Environment, witness: Request, first: bool) -> Aimed:
        source, context = self.source, self.context
        effect: Literal["permit", "forbid"] = "permit" if source.integer(0, 99) < 68 else "forbid"
        template = source.boolean(context.profile.templates)
        slots: list[tuple[str, Uid]] = []
        principal = self._constraint("?principal", witness.principal, template, slots)
        action = self._action(witness.action)
        resource = self._constraint("?resource", witness.resource, template, slots)
        admitted = admitted_environments(context.schema, principal, action, resource)
        context.aim(admitted or (environment,), witness)
        conditions = self._conditions(first)
        annotations = self._annotations()
        policy = Policy(effect, principal, action, resource, conditions, annotations)
        return Aimed(policy, witness, environment, tuple(slots))

    def _constraint(
        self, slot: Literal["?principal", "?resource"], uid: Uid, template: bool, slots: list[tuple[str, Uid]]
    ) -> Constraint:
        """Draw a constraint of principal or resource that the witness mostly meets."""
        source, left_out = self.source, self.context.left_out
        kind = source.integer(0, 19)
        if template and source.boolean(0.75):
            return self._slot(slot, uid, kind, slots)
        if kind < 8:
            return Constraint()
        if kind < 10 and "scope-eq" not in left_out:
            return Constraint("==", entity=uid)
        if kind < 14 and "scope-in" not in left_out:
            return Constraint("in", entity=self._container(uid))
        if kind < 17 and "scope-is" not in left_out:
            return Constraint("is", uid.type)
        if kind >= 17 and "scope-is" not in left_out and "scope-in" not in left_out:
            return Constraint("is in", uid.type, self._container(uid))
        return Constraint()

    def _slot(
        self, slot: Literal["?principal", "?resource"], uid: Uid, kind: int, slots: list[tuple[str, Uid]]
    ) -> Constraint:
        if kind < 8:
            slots.append((slot, uid))
            return Constraint("==", entity=Slot(slot))
        slots.append((slot, self._container(uid)))
        if kind < 15:
            return Constraint("in", entity=Slot(slot))
        return Constraint("is in", uid.type, Slot(slot))

    def _container(self, uid: Uid) -> Uid:
        """Draw an entity that this one is in, mostly, or one that it could be in by its type."""
        source, context = self.source, self.context
        above = ancestors(uid, context.entities)
        if above and source.integer(0, 9) < 9:
            return source.choice(above)
        types = sorted(context.schema.ancestors.get(uid.type, ()))
        if types and source.integer(0, 3) == 3:
            return context.values.uid(source.choice(types))
        return uid

    def _action(self, uid: Uid) -> ActionConstraint:
        source, context = self.source, self.context
        kind = source.integer(0, 9)
        if uid not in context.schema.actions_by_uid or kind < 3:
            return ActionConstraint()
        if kind < 6:
            return ActionConstraint("==", (uid,))
        groups = sorted(context.schema.action_ancestors[uid], key=lambda group: group.id)
        target = source.choice([uid, *groups, *groups])
        if kind < 8:
            return ActionConstraint("in", (target,))
        others = [action.uid for action in context.schema.actions if action.uid.type == target.type]
        more = [source.choice(others) for _ in range(source.integer(0, 2))]
        more.insert(source.integer(0, len(more)), target)
        return ActionConstraint("in []", tuple(more))

    def _conditions(self, first: bool) -> tuple[Condition, ...]:
        """Draw none to three clauses.

        A set's first policy has at least one, so that no set is decided by scopes alone; so have the first
        two, where one of them is to be broken.
        """
        source, profile, left_out = self.source, self.context.profile, self.context.left_out
        count = source.choice(_CLAUSES_FIRST if first else _CLAUSES)
        clauses: list[Condition] = []
        aim = profile.satisfied_conditions ** (1 / max(count, 1))
        for _ in range(count):
            unless = "unless" not in left_out and source.integer(0, 3) == 3
            want = source.boolean(aim) is not unless
            depth = source.integer(0, profile.expression_depth)
            guarded = set(self.context.guarded)
            body = self._aimed_clause(depth, want)
            if first and not clauses and is_trivial(body):
                self.context.guarded = set(guarded)
                body = self.conditions.atoms.identity(1, want)
            if unless:
                self.context.guarded = guarded
            clauses.append(Condition("unless" if unless else "when", body))
        return tuple(clauses)

    def _aimed_clause(self, depth: int, want: bool) -> Expr:
        """Draw a clause body; one that misses its aim is drawn again, a few times."""
        context = self.context
        guarded, misfits = set(context.guarded), set(context.values.misfits)
        body = self.conditions.clause(depth, want)
        for _ in range(context.profile.redraws):
            if truth(context, body) is want:
                break
            context.guarded = set(guarded)
            context.values.misfits.intersection_update(misfits)
            body = self.conditions.clause(depth, want)
        return body

    def _annotations(self) -> tuple[tuple[str, str | None], ...]:
        source = self.source
        scripts_too = source.boolean(self.context.profile.odd_scripts)
        if not scripts_too and source.integer(0, 9) < 9:
            return ()
        found: dict[str, str | None] = {}
        for _ in range(source.integer(1, 2)):
            key = source.choice(("id", "note", "if", "permit", "__cedar", "_"))
            found[key] = (
                scripts.text(source)
                if scripts_too
                else source.choice((None, "", "x", *literals.ODD_STRINGS[:8]))
            )
        return tuple(found.items())


_CLAUSES_FIRST = (1, 1, 1, 2, 2, 3)
_CLAUSES = (1, 1, 1, 1, 2, 2, 0, 3)


def admitted_environments(
    schema: Schema, principal: Constraint, action: ActionConstraint, resource: Constraint
) -> tuple[Environment, ...]:
    """Return the environments in which no scope constraint has type False (spec 08 §4)."""
    admitted: list[Environment] = []
    for environment in schema.environments:
        if (
            _admits_action(schema, action, environment.action.uid)
            and _admits(schema, principal, environment.principal)
            and _admits(schema, resource, environment.resource)
        ):
            admitted.append(environment)
    return tuple(admitted)


def _admits(schema: Schema, constraint: Constraint, type_name: str) -> bool:
    entity = constraint.entity
    if constraint.op.startswith("is") and constraint.type != type_name:
        return False
    if not isinstance(entity, Uid):
        return True
    if constraint.op == "==":
        return entity.type == type_name
    return entity.type == type_name or entity.type in schema.ancestors.get(type_name, ())


def _admits_action(schema: Schema, constraint: ActionConstraint, uid: Uid) -> bool:
    match constraint.op:
        case "":
            return True
        case "==":
            return uid in constraint.actions
        case _:
            above = schema.action_ancestors.get(uid, frozenset())
            return any(target == uid or target in above for target in constraint.actions)


def draw_links(context: Context, policies: list[Aimed], ids: tuple[str, ...]) -> tuple[Link, ...]:
    """Draw links of every template: one with the values that its witness meets, and some with others."""
    source, values = context.source, context.values
    links: list[Link] = []
    for aimed, id_ in zip(policies, ids, strict=True):
        if not aimed.policy.slots:
            continue
        for number in range(source.choice((1, 2, 1, 3, 0))):
            pairs = aimed.slot_values
            if number:
                pairs = tuple((slot, values.uid(uid.type)) for slot, uid in pairs)
            if source.boolean(context.profile.unfit_scope):
                pairs = tuple((slot, _strange_value(context)) for slot, _ in pairs)
            odd = scripts.text(source) if source.boolean(context.profile.odd_scripts) else ""
            links.append(Link(id_, f"link{len(links)}{odd}", pairs))
    return tuple(links)


def _strange_value(context: Context) -> Uid:
    """Draw a slot value for which the link's scope may fit no action.

    It is of any type, unlisted in its type, an action, or of an undeclared type.
    """
    source, schema = context.source, context.schema
    context.values.misfits.add("unfit-link")
    match source.integer(0, 9):
        case 0:
            return Uid("Nope", "x")
        case 1:
            return source.choice(schema.actions).uid
        case 2:
            return Uid(source.choice(schema.entity_types).name, "unlisted")
        case _:
            return context.values.uid(source.choice(schema.entity_types).name)
