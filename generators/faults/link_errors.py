"""Sets of schemas that miss linking by one rule: each miss has the name of its error (spec 13 §5).

Every schema of a set is read by itself; only together they offend. `ActionEntityTypeDeclared` is not among
them, since no schema that can be read declares such a type.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from generators.choice.sources import Source
from generators.draw.fragments import FEWEST, MOST, Name, assembled, fragments_of, shared_out, tied_to_enums
from generators.draw.syntax import Uid
from generators.draw.world import Action, EntityType, Schema

Fragments = tuple[Schema, ...]

_SHADE = EntityType("Shade", enum=("light", "dark"))


def unlinkable(source: Source, schema: Schema, misfits: set[str]) -> Fragments:
    """Split a schema so that one rule of linking is broken, and note the rule in `misfits`."""
    name = source.choice(tuple(MISSES))
    misfits.add(f"unlinkable:{name}")
    return MISSES[name](source, schema)


def _with(fragment: Schema, *declarations: EntityType | Action) -> Schema:
    """Add declarations to a fragment, each in the place of one of the same name."""
    types = {each.name: each for each in fragment.entity_types}
    actions = {each.uid: each for each in fragment.actions}
    for each in declarations:
        if isinstance(each, EntityType):
            types[each.name] = each
        else:
            actions[each.uid] = each
    return replace(fragment, entity_types=tuple(types.values()), actions=tuple(actions.values()))


def _two(source: Source, fragments: Fragments) -> tuple[int, int]:
    """Pick two fragments."""
    first = source.integer(0, len(fragments) - 1)
    other = source.integer(0, len(fragments) - 2)
    return first, other + (other >= first)


def _in_two(
    source: Source,
    fragments: Fragments,
    here: tuple[EntityType | Action, ...],
    there: tuple[EntityType | Action, ...],
) -> Fragments:
    """Add declarations to two of the fragments."""
    first, second = _two(source, fragments)
    found = list(fragments)
    found[first] = _with(found[first], *here)
    found[second] = _with(found[second], *there)
    return tuple(found)


def _spread(source: Source, schema: Schema, *declarations: EntityType | Action) -> Fragments:
    """Split a schema and add declarations to two fragments: the first to one, the rest to the other."""
    return _in_two(source, fragments_of(source, schema), declarations[:1], declarations[1:])


def _defined_twice(source: Source, schema: Schema) -> Fragments:
    """Define a type in two fragments."""
    if source.boolean(0.3):
        return _spread(source, schema, _SHADE, replace(_SHADE, enum=source.choice((_SHADE.enum, ("light",)))))
    free = [each for each in schema.entity_types if each.name not in tied_to_enums(schema)]
    if not free:
        return _spread(source, schema, EntityType("Added"), EntityType("Added"))
    name = source.choice(free).name
    return _both_define(source, schema, name)


def _both_define(source: Source, schema: Schema, name: Name) -> Fragments:
    """Split a schema so that two fragments define the same."""
    owned = shared_out(source, schema, source.integer(FEWEST, MOST))
    owned[0].add(name)
    owned[1].add(name)
    return assembled(source, schema, owned)


def _external_enum(source: Source, schema: Schema) -> Fragments:
    enums = [each for each in schema.entity_types if each.enum]
    if not enums or source.boolean(0.3):
        return _spread(source, schema, _SHADE, EntityType(_SHADE.name, external=True))
    first, *others = fragments_of(source, schema)
    at = source.integer(0, len(others) - 1)
    others[at] = _with(others[at], EntityType(source.choice(enums).name, external=True))
    return (first, *others)


def _foreign_ancestor(source: Source, schema: Schema) -> Fragments:
    """Declare a type external under an ancestor that its definition does not have."""
    fragments = fragments_of(source, schema)
    defined = [each for each in schema.entity_types if each.name not in tied_to_enums(schema)]
    pairs = [
        (name, above)
        for name in (each.name for each in defined)
        for above in (each.name for each in defined)
        if above not in schema.ancestors[name]
    ]
    if not pairs:
        added = (EntityType("Added", ("Above",), external=True), EntityType("Above"))
        return _in_two(source, fragments, (EntityType("Added"),), added)
    name, above = source.choice(pairs)
    return tuple(_declared_below(fragment, name, above) for fragment in fragments)


def _declared_below(fragment: Schema, name: str, above: str) -> Schema:
    """Declare a type external under one more parent, unless the fragment defines it."""
    known = fragment.types.get(name, EntityType(name, external=True))
    if not known.external:
        return fragment
    parent = fragment.types.get(above, EntityType(above, external=True))
    child = replace(known, parents=(*known.parents, above))
    return _with(fragment, *((child,) if name == above else (parent, child)))


def _lost_ancestor(source: Source, schema: Schema) -> Fragments:
    """Define a type below an external one whose definition has one more ancestor."""
    space = source.choice(("", "Far::"))
    low, middle, top = (f"{space}{base}" for base in ("Low", "Middle", "Top"))
    defined = EntityType(low, (middle,)), EntityType(middle, external=True)
    return _in_two(
        source, fragments_of(source, schema), defined, (EntityType(middle, (top,)), EntityType(top))
    )


def _action_twice(source: Source, schema: Schema) -> Fragments:
    free = [uid for uid in schema.actions_by_uid if uid not in tied_to_enums(schema)]
    if not free:
        added = Action(Uid("Action", "added"))
        return _spread(source, schema, added, added)
    return _both_define(source, schema, source.choice(free))


def _other_groups(source: Source, schema: Schema) -> Fragments:
    """Declare an action external under other groups than another fragment."""
    group, added = Uid("Action", "group"), Uid("Action", "added")
    groups = (Action(group),)
    inside, outside = Action(added, (group,)), Action(added)
    match source.integer(0, 2):
        case 0:
            here, there = inside, replace(outside, external=True)
        case 1:
            here, there = outside, replace(inside, external=True)
        case _:
            here, there = replace(inside, external=True), replace(outside, external=True)
    apart = tuple(replace(each, external=True) for each in groups)
    return _in_two(source, fragments_of(source, schema), (*groups, here), (*apart, there))


def _shadowed(source: Source, schema: Schema) -> Fragments:
    """Declare a base name in the empty namespace and in another one, each in a fragment of its own."""
    if source.boolean():
        return _spread(source, schema, EntityType("Twin"), EntityType("Other::Twin"))
    return _spread(source, schema, Action(Uid("Action", "twin")), Action(Uid("Other::Action", "twin")))


def _enum_above(source: Source, schema: Schema) -> Fragments:
    """Give a type that stays external an enumerated ancestor."""
    loose = EntityType("Loose", ("Step",), external=True), EntityType("Step", external=True)
    return _in_two(source, fragments_of(source, schema), loose, (EntityType("Step", (_SHADE.name,)), _SHADE))


def _builtin_name(source: Source, schema: Schema) -> Fragments:
    """Define a type named like a built-in one in one fragment only."""
    fragments = list(fragments_of(source, schema))
    name = source.choice(("String", "Long", "Bool"))
    at = source.integer(0, len(fragments) - 1)
    fragments[at] = _with(fragments[at], EntityType(name))
    return tuple(fragments)


def left_external(source: Source, schema: Schema) -> Fragments:
    """Make one schema or several that link, and leave a type or an action external."""
    if source.boolean(0.4):
        return (_one_left_external(source, schema),)
    fragments = fragments_of(source, schema)
    single = source.choice(fragments)
    declarations: tuple[EntityType | Action, ...] = (*single.entity_types, *single.actions)
    if source.boolean(0.4) and any(each.external for each in declarations):
        return (single,)
    lost: tuple[EntityType | Action, ...] = (
        EntityType("Nowhere", external=True),
        Action(Uid("Action", "nowhere"), external=True),
    )
    return _in_two(source, fragments, (source.choice(lost),), ())


def _one_left_external(source: Source, schema: Schema) -> Schema:
    """Declare one type or action external in the place of its definition."""
    tied = tied_to_enums(schema)
    names: list[Name] = [
        *(each.name for each in schema.entity_types if each.name not in tied),
        *schema.actions_by_uid,
    ]
    name = source.choice(names)
    if isinstance(name, Uid):
        return _with(schema, Action(name, schema.actions_by_uid[name].parents, external=True))
    return _with(schema, EntityType(name, schema.types[name].parents, external=True))


MISSES: dict[str, Callable[[Source, Schema], Fragments]] = {
    "DuplicateEntityType": _defined_twice,
    "ExternalIsEnum": _external_enum,
    "DefinedEntityAncestorsChanged, declared": _foreign_ancestor,
    "DefinedEntityAncestorsChanged, closed": _lost_ancestor,
    "DuplicateAction": _action_twice,
    "ExternalActionParentsMismatch": _other_groups,
    "Schema, shadowing": _shadowed,
    "Schema, enumerated ancestor": _enum_above,
    "ShadowsBuiltinType": _builtin_name,
    "Incomplete": left_external,
}
"""Each miss by the kind of its error and, where a kind has several causes, the cause."""
