"""Draws policies: each has a witness request that its scope admits and its conditions are aimed at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from generators import literals, scripts
from generators.conditions import Conditions
from generators.entities import ancestors
from generators.focus import Focus
from generators.guess import truth
from generators.syntax import (
    ActionConstraint,
    Condition,
    Constraint,
    Expr,
    Link,
    Policy,
    Slot,
    Uid,
)
from generators.trivial import is_trivial
from generators.world import Environment, Request, Schema


@dataclass(frozen=True, slots=True)
class Aimed:
    """A policy with the request it is aimed at, and the constants its context was compared with."""

    policy: Policy
    witness: Request
    environment: Environment
    slot_values: tuple[tuple[str, Uid], ...] = ()


def draw_policies(focus: Focus) -> list[Aimed]:
    """A policy set; later policies often share the witness of an earlier one, so that permits and forbids
    meet.
    """
    source, profile = focus.source, focus.profile
    lo, hi = profile.policies
    draw = _PolicyDraw(focus)
    found: list[Aimed] = []
    for _ in range(source.integer(lo, hi)):
        with source.span("policy"):
            if found and source.boolean(profile.same_witness):
                earlier = source.choice(found)
                environment, witness = earlier.environment, earlier.witness
            else:
                environment = source.choice(focus.schema.environments)
                witness = draw_witness(focus, environment)
            found.append(draw.policy(environment, witness, len(found) < 1 + profile.one_type_error))
    return found


def draw_witness(focus: Focus, environment: Environment) -> Request:
    """A request that fits an environment."""
    values = focus.values
    return Request(
        values.uid(environment.principal),
        environment.action.uid,
        values.uid(environment.resource),
        values.record(environment.action.context),
    )


class _PolicyDraw:
    """One policy set in the making."""

    def __init__(self, focus: Focus) -> None:
        self.focus = focus
        self.source = focus.source
        self.conditions = Conditions(focus)

    def policy(self, environment: Environment, witness: Request, first: bool) -> Aimed:
        source, focus = self.source, self.focus
        effect: Literal["permit", "forbid"] = "permit" if source.integer(0, 99) < 68 else "forbid"
        template = source.boolean(focus.profile.templates)
        slots: list[tuple[str, Uid]] = []
        principal = self._constraint("?principal", witness.principal, template, slots)
        action = self._action(witness.action)
        resource = self._constraint("?resource", witness.resource, template, slots)
        admitted = admitted_environments(focus.schema, principal, action, resource)
        focus.aim(admitted or (environment,), witness)
        conditions = self._conditions(first)
        annotations = self._annotations()
        policy = Policy(effect, principal, action, resource, conditions, annotations)
        return Aimed(policy, witness, environment, tuple(slots))

    def _constraint(
        self, slot: Literal["?principal", "?resource"], uid: Uid, template: bool, slots: list[tuple[str, Uid]]
    ) -> Constraint:
        """A constraint of principal or resource that the witness mostly meets."""
        source, left_out = self.source, self.focus.left_out
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
        """Something the entity is in, mostly; otherwise something it could be in by its type."""
        source, focus = self.source, self.focus
        above = ancestors(uid, focus.entities)
        if above and source.integer(0, 9) < 9:
            return source.choice(above)
        types = sorted(focus.schema.ancestors.get(uid.type, ()))
        if types and source.integer(0, 3) == 3:
            return focus.values.uid(source.choice(types))
        return uid

    def _action(self, uid: Uid) -> ActionConstraint:
        source, focus = self.source, self.focus
        kind = source.integer(0, 9)
        if uid not in focus.schema.actions_by_uid or kind < 3:
            return ActionConstraint()
        if kind < 6:
            return ActionConstraint("==", (uid,))
        groups = sorted(focus.schema.action_ancestors[uid], key=lambda group: group.id)
        target = source.choice([uid, *groups, *groups])
        if kind < 8:
            return ActionConstraint("in", (target,))
        others = [action.uid for action in focus.schema.actions if action.uid.type == target.type]
        more = [source.choice(others) for _ in range(source.integer(0, 2))]
        more.insert(source.integer(0, len(more)), target)
        return ActionConstraint("in []", tuple(more))

    def _conditions(self, first: bool) -> tuple[Condition, ...]:
        """None to three clauses, at least one in a set's first policy, so that no set is decided by scopes
        alone; in the first two, where one is to be broken.
        """
        source, profile, left_out = self.source, self.focus.profile, self.focus.left_out
        count = source.choice(_CLAUSES_FIRST if first else _CLAUSES)
        clauses: list[Condition] = []
        aim = profile.satisfied_conditions ** (1 / max(count, 1))
        for _ in range(count):
            unless = "unless" not in left_out and source.integer(0, 3) == 3
            want = source.boolean(aim) is not unless
            depth = source.integer(0, profile.expression_depth)
            guarded = set(self.focus.guarded)
            body = self._aimed_clause(depth, want)
            if first and not clauses and is_trivial(body):
                self.focus.guarded = set(guarded)
                body = self.conditions.atoms.identity(1, want)
            if unless:
                self.focus.guarded = guarded
            clauses.append(Condition("unless" if unless else "when", body))
        return tuple(clauses)

    def _aimed_clause(self, depth: int, want: bool) -> Expr:
        """A clause body; one that misses its aim is drawn again, a few times."""
        focus = self.focus
        guarded, misfits = set(focus.guarded), set(focus.values.misfits)
        body = self.conditions.clause(depth, want)
        for _ in range(focus.profile.redraws):
            if truth(focus, body) is want:
                break
            focus.guarded = set(guarded)
            focus.values.misfits.intersection_update(misfits)
            body = self.conditions.clause(depth, want)
        return body

    def _annotations(self) -> tuple[tuple[str, str | None], ...]:
        source = self.source
        scripts_too = source.boolean(self.focus.profile.odd_scripts)
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
    """The environments in which no scope constraint has type False (spec 08 §4)."""
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


def draw_links(focus: Focus, policies: list[Aimed], ids: tuple[str, ...]) -> tuple[Link, ...]:
    """Links of every template: one with the values its witness meets, and some with others."""
    source, values = focus.source, focus.values
    links: list[Link] = []
    for aimed, id_ in zip(policies, ids, strict=True):
        if not aimed.policy.slots:
            continue
        for number in range(source.choice((1, 2, 1, 3, 0))):
            pairs = aimed.slot_values
            if number:
                pairs = tuple((slot, values.uid(uid.type)) for slot, uid in pairs)
            if source.boolean(focus.profile.unfit_scope):
                pairs = tuple((slot, _strange_value(focus)) for slot, _ in pairs)
            odd = scripts.text(source) if source.boolean(focus.profile.odd_scripts) else ""
            links.append(Link(id_, f"link{len(links)}{odd}", pairs))
    return tuple(links)


def _strange_value(focus: Focus) -> Uid:
    """Draw a slot value for which the link's scope may fit no action: of any type, unlisted in its type, an
    action, of an undeclared type.
    """
    source, schema = focus.source, focus.schema
    focus.values.misfits.add("unfit-link")
    match source.integer(0, 9):
        case 0:
            return Uid("Nope", "x")
        case 1:
            return source.choice(schema.actions).uid
        case 2:
            return Uid(source.choice(schema.entity_types).name, "unlisted")
        case _:
            return focus.values.uid(source.choice(schema.entity_types).name)
