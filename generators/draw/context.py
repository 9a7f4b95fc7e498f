"""The context of an expression: the paths it may mention, the guards in force, and its witness.

Paths are those of its request environments. The witness is the request under which its truth is aimed. A path
with optional steps may be used where each of them is guarded. The guards that a term needs are collected in
`pending` until the atom around it is complete; `guarded` are those in force.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from generators.choice.profiles import Profile
from generators.choice.sources import Source
from generators.draw.entities import Values
from generators.draw.syntax import (
    CONTEXT,
    PRINCIPAL,
    RESOURCE,
    Binary,
    Expr,
    ExtV,
    GetAttr,
    Has,
    RecordV,
    Uid,
    Value,
    Var,
)
from generators.draw.world import (
    Entity,
    EntityT,
    Environment,
    Path,
    Request,
    Rooted,
    Schema,
    Type,
)

_NOBODY = Uid("Nobody", "")


@dataclass(slots=True)
class Index:
    """The paths of a set of environments.

    They are kept by type; with an optional step; to an entity with tags; and to any entity.
    """

    by_type: dict[Type, list[Rooted]] = field(default_factory=dict)
    optional: list[Rooted] = field(default_factory=list)
    tagged: list[tuple[Rooted, Type]] = field(default_factory=list)
    entities: list[Rooted] = field(default_factory=list)


@dataclass(slots=True)
class Context:
    """The state while the expressions of one policy are drawn."""

    source: Source
    profile: Profile
    schema: Schema
    values: Values
    entities: dict[Uid, Entity]
    left_out: frozenset[str]
    environments: tuple[Environment, ...] = ()
    witness: Request = field(default_factory=lambda: Request(_NOBODY, _NOBODY, _NOBODY, RecordV(())))
    index: Index = field(default_factory=Index)
    guarded: set[Expr] = field(default_factory=set)
    pending: list[Expr] = field(default_factory=list)
    written: dict[tuple[str, str], ExtV] = field(default_factory=dict)

    def aim(self, environments: tuple[Environment, ...], witness: Request) -> None:
        """Turn to the environments that a policy admits, and to the witness of its conditions."""
        self.witness = witness
        self.guarded = set()
        self.pending = []
        self.narrow(environments)

    def narrow(self, environments: tuple[Environment, ...]) -> None:
        """Use the paths that exist, with one type, in all of these environments."""
        self.environments = environments
        known = self.schema.indices.get((environments, self.left_out))
        if known is None:
            known = self.schema.indices[environments, self.left_out] = self._build(environments)
        self.index = known

    def _build(self, environments: tuple[Environment, ...]) -> Index:
        index = Index()
        schema = self.schema
        principals = [schema.paths_of_type(name) for name in dict.fromkeys(e.principal for e in environments)]
        resources = [schema.paths_of_type(name) for name in dict.fromkeys(e.resource for e in environments)]
        contexts = [schema.paths_of_record(c) for c in dict.fromkeys(e.action.context for e in environments)]
        for root, families in ((PRINCIPAL, principals), (RESOURCE, resources), (CONTEXT, contexts)):
            for path in _common(families):
                self._add(index, root, path)
        return index

    def _add(self, index: Index, root: Var, path: Path) -> None:
        type_ = path.type
        if not path.attrs and not isinstance(type_, EntityT):
            return
        if "optional" in self.left_out and any(path.optional):
            return
        rooted = Rooted(root, path)
        index.by_type.setdefault(type_, []).append(rooted)
        if path.optional and path.optional[-1]:
            index.optional.append(rooted)
        if isinstance(type_, EntityT):
            index.entities.append(rooted)
            entity_type = self.schema.types.get(type_.name)
            if entity_type is not None and entity_type.tags is not None and "tags" not in self.left_out:
                index.tagged.append((rooted, entity_type.tags))

    def lookup(self, rooted: Rooted) -> Value | None:
        """Return the value of a path under the witness; None where it has none."""
        value = self.root_value(rooted.root)
        for attr in rooted.path.attrs:
            found = self.attribute(value, attr)
            if found is None:
                return None
            value = found
        return value

    def root_value(self, root: Var) -> Value:
        """Return the value of a variable under the witness."""
        match root.name:
            case "principal":
                return self.witness.principal
            case "resource":
                return self.witness.resource
            case "action":
                return self.witness.action
            case _:
                return self.witness.context

    def attribute(self, value: Value, attr: str) -> Value | None:
        """Return an attribute of an entity or record; None where it has none."""
        if isinstance(value, Uid):
            entity = self.entities.get(value)
            if entity is None:
                return None
            value = entity.attrs
        if isinstance(value, RecordV):
            for key, item in value.items:
                if key == attr:
                    return item
        return None

    def tags(self, value: Value | None) -> tuple[tuple[str, Value], ...]:
        """Return the tags of an entity; none where it does not exist."""
        entity = self.entities.get(value) if isinstance(value, Uid) else None
        return entity.tags.items if entity is not None else ()

    def use(self, rooted: Rooted) -> Expr:
        """Return a path as an expression and leave the guards that it needs pending."""
        expr = rooted.expression()
        path = rooted.path
        if True in path.optional:
            self._need(rooted)
        if self.source.boolean(self.profile.unknown_attribute):
            self.values.misfits.add("unknown-attribute")
            return GetAttr(expr, self.source.choice(("nope", "n", "name", "x")))
        return expr

    def _need(self, rooted: Rooted) -> None:
        path = rooted.path
        if self.source.boolean(self.profile.unguarded_access):
            self.values.misfits.add("unguarded-access")
            return
        steps = [place for place, optional in enumerate(path.optional) if optional]
        first, last = steps[0], steps[-1]
        single = [Has(rooted.expression(place), (path.attrs[place],)) for place in steps]
        if all(guard in self.guarded for guard in single):
            return
        first = 0 if self.source.integer(0, 3) == 3 else first
        words = path.attrs[first : last + 1]
        if len(words) > 1 and self.source.boolean():
            self.pending.append(Has(rooted.expression(first), words))
        else:
            self.pending.extend(single)

    def take_guards(self, mark: int) -> list[Expr]:
        """Take the pending guards since `mark` that are not in force yet, each once, in order."""
        guards = [guard for guard in dict.fromkeys(self.pending[mark:]) if guard not in self.guarded]
        del self.pending[mark:]
        return guards

    def holds(self, guard: Expr) -> None:
        """Put a guard in force, and each step of an extended one."""
        self.guarded.add(guard)
        if isinstance(guard, Has):
            left = guard.left
            for attr in guard.attrs:
                self.guarded.add(Has(left, (attr,)))
                left = GetAttr(left, attr)

    def need_tag(self, entity: Expr, tag: Expr) -> None:
        """Leave the guard of `entity.getTag(tag)` pending."""
        if self.source.boolean(self.profile.unguarded_access):
            self.values.misfits.add("unguarded-access")
            return
        self.pending.append(Binary("hasTag", entity, tag))


def _common(families: list[tuple[Path, ...]]) -> list[Path]:
    """Return the paths that all families have, in the order of the first."""
    first, *others = families
    if not others:
        return list(first)
    sets = [set(other) for other in others]
    return [path for path in first if all(path in other for other in sets)]
