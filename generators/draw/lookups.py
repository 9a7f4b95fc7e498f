"""Policies that look things up from the resource, in other entities too, and compare what they find.

Made for filters of databases: entities that are referred to may be missing, attributes and tags may be
absent, and any test may stand in a negation or in a forbid.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from generators.choice.sources import Source
from generators.draw.syntax import (
    CONSTRUCTORS,
    PRINCIPAL,
    RESOURCE,
    TRUE,
    ActionConstraint,
    Binary,
    Call,
    Condition,
    Expr,
    ExtV,
    GetAttr,
    Has,
    If,
    Is,
    Like,
    Lit,
    Policy,
    RecordV,
    SetLit,
    SetV,
    Uid,
    Unary,
    Value,
)
from generators.draw.world import (
    BOOL,
    DECIMAL,
    LONG,
    STRING,
    Entity,
    EntityT,
    Path,
    Prim,
    Request,
    Schema,
    SetT,
    Type,
)

OWN_VALUE = 0.8
"""The share of constants that some entity has in the same place."""


ELSEWHERE = 0.6
"""The share of lookups in entities that the resource refers to."""


def lookup_policies(
    source: Source, schema: Schema, entities: Sequence[Entity], requests: Sequence[Request]
) -> tuple[Policy, ...]:
    """Draw policies for the action and the type of resource of some request; the first one permits."""
    if not requests:
        return ()
    every = [Lookups(source, schema, entities, request) for request in requests]
    lookups = source.choice([one for one in every if one.far] or every)
    action = ActionConstraint("==", (lookups.request.action,))
    policies = [Policy("permit", action=action, conditions=(Condition("when", _often(source, lookups)),))]
    for _ in range(source.integer(1, 3)):
        kind: Literal["when", "unless"] = "when" if source.boolean() else "unless"
        effect: Literal["permit", "forbid"] = "permit" if source.boolean(0.4) else "forbid"
        conditions = (Condition(kind, lookups.test(source.integer(0, 3))),)
        policies.append(Policy(effect, action=action, conditions=conditions))
    return tuple(policies)


def _often(source: Source, lookups: Lookups) -> Expr:
    return TRUE if source.boolean(0.8) else lookups.test(1)


class Lookups:
    """Tests on the resource of one request."""

    def __init__(self, source: Source, schema: Schema, entities: Sequence[Entity], request: Request) -> None:
        self.source = source
        self.schema = schema
        self.request = request
        self.of_type = [entity for entity in entities if entity.uid.type == request.resource.type]
        self.by_uid = {entity.uid: entity for entity in entities}
        self.paths = schema.paths_of_type(request.resource.type)
        entities_at = {path.attrs for path in self.paths if path.attrs and isinstance(path.type, EntityT)}
        self.far = [
            path for path in self.paths if any(path.attrs[:n] in entities_at for n in range(len(path.attrs)))
        ]

    def test(self, depth: int) -> Expr:
        """Draw a test of several lookups."""
        if depth == 0:
            far = bool(self.far) and self.source.boolean(ELSEWHERE)
            return self._guarded(self.source.choice(self.far if far else self.paths))
        match self.source.integer(0, 5):
            case 0 | 1:
                return Unary("!", self.test(depth - 1))
            case 2 | 3:
                op = self.source.choice(("&&", "||"))
                return Binary(op, self.test(0), self.test(depth - 1))
            case 4:
                return If(self.test(0), self.test(depth - 1), self.test(0))
            case _:
                return Binary("==", self.test(depth - 1), self.test(0))

    def _guarded(self, path: Path) -> Expr:
        """Test the value at a path, after a test for each step that is optional."""
        expr: Expr = RESOURCE
        guards: list[Expr] = []
        for attr, optional in zip(path.attrs, path.optional, strict=True):
            if optional:
                guards.append(Has(expr, (attr,)))
            expr = GetAttr(expr, attr)
        found = self._leaf(expr, path)
        for guard in reversed(guards):
            found = Binary("&&", guard, found)
        return found

    def _leaf(self, expr: Expr, path: Path) -> Expr:
        match path.type:
            case t if t == BOOL:
                return expr
            case Prim() | SetT(Prim() | EntityT()):
                return self._comparison(expr, path.type, self._values(path))
            case EntityT(name):
                return self._of_entity(expr, name, path)
            case _ if path.attrs:
                return Has(self._before(path), path.attrs[-1:])
            case _:
                return TRUE

    def _before(self, path: Path) -> Expr:
        expr: Expr = RESOURCE
        for attr in path.attrs[:-1]:
            expr = GetAttr(expr, attr)
        return expr

    def _comparison(self, expr: Expr, type_: Type, values: Sequence[Value]) -> Expr:
        source = self.source
        if isinstance(type_, SetT):
            elements = [item for value in values if isinstance(value, SetV) for item in value.items]
            one, other = self._constant(type_.element, elements), self._constant(type_.element, elements)
            match source.integer(0, 3):
                case 0:
                    return Unary("isEmpty", expr)
                case 1:
                    return Binary("contains", expr, one)
                case _:
                    op = source.choice(("containsAll", "containsAny"))
                    return Binary(op, expr, SetLit((one, other)))
        constant = self._constant(type_, values)
        if type_ == STRING and source.boolean(0.3):
            return Like(expr, source.choice((("a", None), (None,), (None, "e", None), ("",))))
        if type_ == DECIMAL and source.boolean(0.6):
            return Call(source.choice(("lessThan", "greaterThanOrEqual")), (expr, constant))
        ordered = type_ == LONG or (isinstance(type_, Prim) and type_.name in ("datetime", "duration"))
        op = source.choice(("<", "<=", ">", "==", "!=") if ordered else ("==", "!="))
        if source.boolean(0.2):
            return Binary("contains", SetLit((constant, self._constant(type_, values))), expr)
        return Binary(op, expr, constant)

    def _of_entity(self, expr: Expr, name: str, path: Path) -> Expr:
        source = self.source
        declared = self.schema.types.get(name)
        if declared is not None and declared.tags is not None and source.boolean(0.4):
            return self._of_tag(expr, declared.tags, path)
        match source.integer(0, 4):
            case 0:
                return Is(expr, name)
            case 1 if declared is not None and declared.shape.attrs:
                return Has(expr, (source.choice(declared.shape.attrs).name,))
            case 2 | 3:
                above = [
                    uid for uid in self.by_uid if uid.type in (name, *self.schema.ancestors.get(name, ()))
                ]
                if above:
                    return Binary("in", expr, Lit(source.choice(above)))
                return Binary("in", expr, expr)
            case _:
                principal = self.request.principal.type == name and source.boolean(0.4)
                other = PRINCIPAL if principal else self._constant(EntityT(name), self._values(path))
                return Binary(source.choice(("==", "!=")), expr, other)

    def _of_tag(self, expr: Expr, type_: Type, path: Path) -> Expr:
        tagged = [
            self.by_uid[uid] for uid in self._values(path) if isinstance(uid, Uid) and uid in self.by_uid
        ]
        pairs = [pair for entity in tagged for pair in entity.tags.items]
        tag = self.source.choice(pairs)[0] if pairs else "a"
        has = Binary("hasTag", expr, Lit(tag))
        if not isinstance(type_, Prim) or self.source.boolean(0.3):
            return has
        found = Binary("getTag", expr, Lit(tag))
        values = [value for name, value in pairs if name == tag]
        return Binary("&&", has, found if type_ == BOOL else self._comparison(found, type_, values))

    def _constant(self, type_: Type, values: Sequence[Value]) -> Expr:
        if values and self.source.boolean(OWN_VALUE):
            return _literal(self.source.choice(values))
        match type_:
            case EntityT(name):
                declared = self.schema.types.get(name)
                ids = declared.enum if declared is not None and declared.enum else ("elsewhere",)
                return Lit(Uid(name, self.source.choice(ids)))
            case Prim("Bool"):
                return TRUE
            case Prim("Long"):
                return Lit(self.source.integer(-1, 3))
            case Prim("String"):
                return Lit(self.source.choice(("", "a", "b")))
            case Prim(name):
                return Call(CONSTRUCTORS[name], (Lit(_SAMPLES[name]),))
            case _:
                raise AssertionError(type_)

    def _values(self, path: Path) -> list[Value]:
        """List what the entities of the resource's type have at a path."""
        return list(self._at(path, [entity.uid for entity in self.of_type]))

    def _at(self, path: Path, values: Sequence[Value]) -> Iterator[Value]:
        for value in values:
            found: Value | None = value
            for attr in path.attrs:
                record = self._record(found)
                found = None if record is None else dict(record.items).get(attr)
            if found is not None:
                yield found

    def _record(self, value: Value | None) -> RecordV | None:
        match value:
            case RecordV():
                return value
            case Uid() if value in self.by_uid:
                return self.by_uid[value].attrs
            case _:
                return None


_SAMPLES = {"decimal": "1.5", "datetime": "2024-01-01", "duration": "1h", "ipaddr": "10.0.0.1"}


def _literal(value: Value) -> Expr:
    match value:
        case ExtV(kind, text, key) if not text:
            since = Call("duration", (Lit(f"{key[0]}ms"),))
            return Call("offset", (Call(CONSTRUCTORS[kind], (Lit("1970-01-01"),)), since))
        case ExtV(kind, text):
            return Call(CONSTRUCTORS[kind], (Lit(text),))
        case bool() | int() | str() | Uid():
            return Lit(value)
        case _:
            raise AssertionError(value)
