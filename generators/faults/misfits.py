"""Cases broken on purpose, in one place, by name: a type error in one policy, a near miss in the schema."""

from __future__ import annotations

from dataclasses import replace

from generators.choice.sources import Source
from generators.draw import literals
from generators.draw.context import Context
from generators.draw.policies import Aimed
from generators.draw.syntax import (
    CONSTRUCTORS,
    CONTEXT,
    PRINCIPAL,
    TRUE,
    Binary,
    Call,
    Condition,
    Expr,
    GetAttr,
    Has,
    If,
    Is,
    Like,
    Lit,
    RecordLit,
    Unary,
)
from generators.draw.trees import Place, parts, places, put, with_parts
from generators.draw.world import Attr, EntityType, Schema

_WRONG_FOR_BOOLEAN: tuple[Expr, ...] = (Lit(1), Lit("a"), PRINCIPAL, CONTEXT, Lit(0), Lit(""))
_WRONG_FOR_NUMBER: tuple[Expr, ...] = (Lit("1"), TRUE, PRINCIPAL, CONTEXT, Call("decimal", (Lit("1.0"),)))
_WRONG_FOR_STRING: tuple[Expr, ...] = (Lit(1), TRUE, PRINCIPAL, CONTEXT)
_WRONG_FOR_ENTITY: tuple[Expr, ...] = (Lit("a"), Lit(1), TRUE, CONTEXT)
_WRONG_FOR_SET: tuple[Expr, ...] = (Lit(1), TRUE, PRINCIPAL, CONTEXT)
_NO_ATTRIBUTES: tuple[Expr, ...] = (Lit(1), Lit("a"), TRUE)

_OPERANDS: dict[str, tuple[Expr, ...]] = {
    **dict.fromkeys(("&&", "||"), _WRONG_FOR_BOOLEAN),
    **dict.fromkeys(("<", "<=", ">", ">=", "+", "-", "*"), _WRONG_FOR_NUMBER),
    "in": _WRONG_FOR_ENTITY,
    **dict.fromkeys(("contains", "containsAll", "containsAny"), _WRONG_FOR_SET),
    **dict.fromkeys(("hasTag", "getTag"), _WRONG_FOR_ENTITY),
}


def one_type_error(context: Context, policies: list[Aimed]) -> tuple[list[Aimed], int]:
    """Break one policy by a type error; return the policies and which it is."""
    source = context.source
    with source.span("type error"):
        candidates = [place for place, aimed in enumerate(policies) if aimed.policy.conditions]
        number = source.choice(candidates)
        aimed = policies[number]
        conditions = list(aimed.policy.conditions)
        which = 0 if source.boolean(0.8) else source.integer(0, len(conditions) - 1)
        body, name = break_expression(source, conditions[which].body, context.profile.evident_error)
        context.values.misfits.add(f"one-type-error:{name}")
        conditions[which] = Condition(conditions[which].kind, body)
        broken = replace(aimed.policy, conditions=tuple(conditions))
        changed = list(policies)
        changed[number] = replace(aimed, policy=broken)
        return changed, number


def break_some(context: Context, policies: list[Aimed]) -> list[Aimed]:
    """Make a part of some conditions ill-typed, as often as the profile says."""
    if not context.profile.broken_part:
        return policies
    source = context.source
    changed: list[Aimed] = []
    for aimed in policies:
        conditions = list(aimed.policy.conditions)
        for number, condition in enumerate(conditions):
            if source.boolean(context.profile.broken_part):
                body, name = break_expression(source, condition.body)
                context.values.misfits.add(f"broken-part:{name}")
                conditions[number] = Condition(condition.kind, body)
        changed.append(replace(aimed, policy=replace(aimed.policy, conditions=tuple(conditions))))
    return changed


def break_expression(source: Source, expr: Expr, evident: float = 0.45) -> tuple[Expr, str]:
    """Make one part of a condition ill-typed; return the condition and the name of the error.

    With probability `evident` the part is evaluated whatever the request.
    """
    if source.boolean(evident):
        spots = _first_evaluated(expr)
    else:
        spots = list(places(expr))
    breakable = [(place, node) for place, node in spots if not isinstance(node, Lit) and parts(node)]
    if not breakable:
        return source.choice(_WRONG_FOR_BOOLEAN), "condition"
    place, node = source.choice(breakable)
    broken, name = _break(source, node)
    return put(expr, place, broken), name


def _first_evaluated(expr: Expr) -> list[tuple[Place, Expr]]:
    """Return the parts on the left edge, which are evaluated whatever the request."""
    found: list[tuple[Place, Expr]] = []
    place: Place = ()
    while True:
        found.append((place, expr))
        own = parts(expr)
        if not own:
            return found
        expr, place = own[0], (*place, 0)


def _break(source: Source, node: Expr) -> tuple[Expr, str]:
    """Return a node with one type error in it."""
    match node:
        case Binary("&&", Has() | Binary("hasTag"), rest) if source.boolean():
            return rest, "guard dropped"
        case Binary(op, _, right) if op in _OPERANDS:
            wrong = source.choice(_OPERANDS[op])
            return Binary(op, wrong, right), f"operand of {op}"
        case Binary(op, left, right):
            # No other type has a least upper bound with a record of such an attribute (spec 08 §5.1).
            return Binary(op, _wrapped(left), right), f"operand of {op}"
        case Unary(op, _):
            wrong = source.choice(_WRONG_FOR_BOOLEAN if op == "!" else _WRONG_FOR_STRING)
            return Unary(op, wrong), f"operand of {op}"
        case GetAttr(left, attr):
            if source.boolean():
                return GetAttr(left, f"{attr}_"), "attribute renamed"
            return GetAttr(source.choice(_NO_ATTRIBUTES), attr), "attribute of a value without any"
        case Has(_, attrs):
            return Has(source.choice(_NO_ATTRIBUTES), attrs), "has on a value without attributes"
        case Like(_, pattern):
            return Like(source.choice(_WRONG_FOR_STRING), pattern), "operand of like"
        case Is(_, type_name, container):
            return Is(source.choice(_WRONG_FOR_ENTITY), type_name, container), "operand of is"
        case If(_, then, otherwise):
            return If(source.choice(_WRONG_FOR_BOOLEAN), then, otherwise), "guard of if"
        case Call(name, args):
            return _break_call(source, name, args)
        case _:
            own = list(parts(node))
            own[0] = GetAttr(Lit(1), "x")
            return with_parts(node, own), "element"


def _wrapped(expr: Expr) -> Expr:
    return RecordLit((("unlike_any_other", expr),))


def _break_call(source: Source, name: str, args: tuple[Expr, ...]) -> tuple[Expr, str]:
    if source.integer(0, 2) == 0:
        more = (*args, Lit("a"))
        # A method always keeps its receiver, without which it has no text (spec 06 §3).
        return Call(name, more if source.boolean() or len(args) < 2 else args[:-1]), "arity"
    for kind, constructor in CONSTRUCTORS.items():
        if constructor == name:
            if source.boolean():
                return Call(
                    name, (Lit(source.choice(literals.BAD_EXTENSION_TEXTS[kind])),)
                ), "constructor text"
            return Call(name, (source.choice(_WRONG_FOR_STRING),)), f"argument of {name}"
    return Call(name, (source.choice(_WRONG_FOR_ENTITY), *args[1:])), f"receiver of {name}"


def near_miss(source: Source, schema: Schema, misfits: set[str]) -> Schema:
    """Rename one attribute of the schema, make it optional or required, or remove one parent type."""
    standard = [place for place, entity_type in enumerate(schema.entity_types) if not entity_type.enum]
    number = source.choice(standard)
    entity_type = schema.entity_types[number]
    kind = source.choice(("renamed", "optional", "parent"))
    if kind == "parent" and entity_type.parents:
        drop = source.integer(0, len(entity_type.parents) - 1)
        parents = entity_type.parents[:drop] + entity_type.parents[drop + 1 :]
        changed = replace(entity_type, parents=parents)
    else:
        kind = "optional" if kind == "parent" else kind
        changed = _other_attribute(source, entity_type, kind)
    misfits.add(f"near-miss-schema:{kind}")
    types = list(schema.entity_types)
    types[number] = changed
    return Schema(tuple(types), schema.actions, schema.common_types)


def _other_attribute(source: Source, entity_type: EntityType, kind: str) -> EntityType:
    attrs = list(entity_type.shape.attrs)
    number = source.integer(0, len(attrs) - 1)
    old = attrs[number]
    if kind == "renamed":
        attrs[number] = Attr(f"{old.name}_", old.type, old.required)
    else:
        attrs[number] = Attr(old.name, old.type, not old.required)
    return replace(entity_type, shape=replace(entity_type.shape, attrs=tuple(attrs), alias=None))
