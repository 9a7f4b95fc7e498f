"""Expressions of a wanted type, each with its value under the witness where that is plain to see.

The value only serves to aim constants; where it is not known the aim is off and nothing else happens.
"""

from __future__ import annotations

from collections.abc import Callable

from generators.draw import extension_values, literals
from generators.draw.context import Context
from generators.draw.literals import LONG_MAX, LONG_MIN
from generators.draw.numeric_hints import bounded, datetime_at, is_long, number, truncated
from generators.draw.syntax import (
    CONSTRUCTORS,
    FALSE,
    TRUE,
    Binary,
    Call,
    Expr,
    ExtV,
    GetAttr,
    If,
    Lit,
    RecordLit,
    RecordV,
    SetLit,
    SetV,
    Unary,
    Value,
)
from generators.draw.world import (
    BOOL,
    DATETIME,
    DURATION,
    EXTENSIONS,
    LONG,
    STRING,
    EntityT,
    Prim,
    RecordT,
    Rooted,
    SetT,
    Type,
    is_exact,
)

Term = tuple[Expr, Value | None]

_OTHER_TYPES: tuple[Type, ...] = (LONG, STRING, BOOL, SetT(LONG), SetT(STRING), RecordT(()), *EXTENSIONS)
_UNITS = tuple(extension_values.UNITS)


class Terms:
    """Terms drawn within a context.

    `boolean` draws a condition of at most a depth; it is set by its owner.
    """

    __slots__ = ("_draw", "boolean", "context", "source")

    def __init__(self, context: Context) -> None:
        self.context = context
        self.source = context.source
        self.boolean: Callable[[int, bool | None], Expr]
        self._draw: dict[str, Callable[[int], Term]] = {
            "Long": self.long,
            "String": self.string,
            "Bool": self.inner_boolean,
            "decimal": lambda depth: self.plain(Prim("decimal"), depth),
            "ipaddr": lambda depth: self.plain(Prim("ipaddr"), depth),
            "datetime": self.datetime,
            "duration": self.duration,
        }

    def term(self, type_: Type, depth: int) -> Term:
        """Draw an expression of the type, or of another where the profile says so."""
        context = self.context
        profile = context.profile
        if profile.mistyped_expression and self.source.boolean(profile.mistyped_expression):
            context.values.misfits.add("mistyped-expression")
            type_ = self.source.choice(_OTHER_TYPES)
        if profile.loose_type and self.source.boolean(profile.loose_type):
            return self.loose(type_, depth)
        if isinstance(type_, Prim):
            return self._draw[type_.name](depth)
        return self.plain(type_, depth)

    def loose(self, type_: Type, depth: int) -> Term:
        """Draw something near the type: the empty set, an entity of another type, other attributes."""
        context, source = self.context, self.source
        context.values.misfits.add("loose-type")
        match type_:
            case SetT():
                return SetLit(()), SetV(())
            case EntityT():
                rooted = source.choice(context.index.entities) if context.index.entities else None
                if rooted is not None and source.boolean():
                    return context.use(rooted), context.lookup(rooted)
                uid = context.values.uid(source.choice(context.schema.entity_types).name)
                return Lit(uid), uid
            case RecordT(attrs):
                fields = [
                    (attr.name, self.literal_of(attr.type, 0)[0]) for attr in attrs if source.boolean(0.7)
                ]
                return RecordLit((*fields, ("more", Lit(1)))), None
            case Prim("Long" | "String"):
                return self.literal_of(source.choice((LONG, STRING)), 0)
            case _:
                return self.plain(type_, depth)

    def has_path(self, type_: Type) -> bool:
        """Return whether there is a path of the type."""
        return type_ in self.context.index.by_type

    def path(self, type_: Type, present: bool = False) -> Term | None:
        """Draw a path of the type, with `present` rather one that has a value under the witness."""
        rooted = self.rooted(type_, present)
        if rooted is None:
            return None
        value = self.context.lookup(rooted)
        return self.context.use(rooted), value

    def rooted(self, type_: Type, present: bool = False) -> Rooted | None:
        """Draw a path of the type together with its root."""
        paths = self.context.index.by_type.get(type_)
        if not paths:
            return None
        rooted = self.source.choice(paths)
        if present and self.context.lookup(rooted) is None:
            rooted = self.source.choice(paths)
        return rooted

    def plain(self, type_: Type, depth: int) -> Term:
        """Draw what every type has: a path, literal, tag, conditional or field of a record literal."""
        kind = self.source.integer(0, 15)
        if not is_exact(type_):
            return self.path(type_) or self.literal_of(type_, depth)
        if kind >= 14 and depth > 0:
            return self.wrapped(type_, depth - 1)
        if kind == 13:
            tag = self.tag(type_)
            if tag is not None:
                return tag
        if kind < 9:
            found = self.path(type_)
            if found is not None:
                return found
        return self.literal_of(type_, depth)

    def wrapped(self, type_: Type, depth: int) -> Term:
        """Draw the value behind an `if`, or in a record literal that is taken apart at once."""
        source, left_out = self.source, self.context.left_out
        if source.boolean() and "if" not in left_out:
            condition, _ = self.inner_boolean(depth)
            then, _ = self.term(type_, depth)
            otherwise, _ = self.term(type_, depth)
            return If(condition, then, otherwise), None
        inner, value = self.term(type_, depth)
        if "records" in left_out:
            return inner, value
        name = self.context.values.constants.key()
        items: tuple[tuple[str, Expr], ...] = ((name, inner),)
        if source.boolean():
            other = source.choice(literals.ATTRIBUTE_NAMES)
            if other != name:
                items = (*items, (other, self.term(source.choice((LONG, STRING)), 0)[0]))
        return GetAttr(RecordLit(items), name), value

    def tag(self, type_: Type) -> Term | None:
        """Draw `entity.getTag(…)` for some entity with tags of the type."""
        found = [rooted for rooted, tag_type in self.context.index.tagged if tag_type == type_]
        if not found:
            return None
        rooted = self.source.choice(found)
        tags = self.context.tags(self.context.lookup(rooted))
        entity = self.context.use(rooted)
        name, value = self.tag_name(tags)
        self.context.need_tag(entity, name)
        return Binary("getTag", entity, name), value

    def tag_name(self, tags: tuple[tuple[str, Value], ...]) -> Term:
        """Draw a tag name, mostly one of those given, with the tag's value; sometimes a computed name."""
        source = self.source
        computed = self.context.index.by_type.get(STRING)
        if computed and source.integer(0, 7) == 7:
            rooted = source.choice(computed)
            if True not in rooted.path.optional:
                return rooted.expression(), dict(tags).get(str(self.context.lookup(rooted)))
        if tags and source.integer(0, 4) < 4:
            name, value = source.choice(tags)
            return Lit(name), value
        return Lit(self.context.values.constants.tag()), None

    def inner_boolean(self, depth: int) -> Term:
        """Draw a Boolean inside a term: it guards itself, and its guards are not in force outside."""
        context = self.context
        if depth <= 0:
            found = self.path(BOOL) if self.source.boolean() else None
            return found if found is not None else (TRUE if self.source.boolean() else FALSE, None)
        guarded, pending = set(context.guarded), context.pending
        context.pending = []
        condition = self.boolean(depth - 1, None)
        context.guarded, context.pending = guarded, pending
        return condition, None

    # Types with operations of their own.

    def long(self, depth: int) -> Term:
        """Draw an integer: arithmetic, a duration in units, or plain."""
        source, left_out = self.source, self.context.left_out
        kind = source.integer(0, 11)
        if depth > 0 and kind >= 5:
            if kind < 10 and "arithmetic" not in left_out:
                return self.arithmetic(depth - 1)
            if kind >= 10 and "duration" not in left_out:
                return self.in_units(*self.term(DURATION, depth - 1))
        return self.plain(LONG, depth)

    def in_units(self, duration: Expr, value: Value | None) -> Term:
        """Write a duration as a number of milliseconds, seconds, minutes, hours or days."""
        name = self.source.choice(_UNITS)
        return Call(name, (duration,)), truncated(value, extension_values.UNITS[name])

    def arithmetic(self, depth: int) -> Term:
        """Draw `+ - *` or `neg` over at least one path where there is one."""
        source = self.source
        op = source.choice(("+", "-", "*", "+", "-", "neg"))
        left, a = self.path(LONG) or self.term(LONG, depth)
        if op == "neg":
            return Unary("neg", left), bounded(-a) if is_long(a) else None
        if source.boolean(self.context.profile.extreme_constants):
            right, b = self.extreme()
        else:
            right, b = self.term(LONG, depth) if depth > 0 else self.literal_of(LONG, 0)
        if source.integer(0, 3) == 3:
            left, a, right, b = right, b, left, a
        if not (is_long(a) and is_long(b)):
            return Binary(op, left, right), None
        result = a + b if op == "+" else a - b if op == "-" else a * b
        return Binary(op, left, right), bounded(result)

    def extreme(self) -> Term:
        """Draw an integer at the end of its range."""
        value = self.source.choice(literals.EXTREME_LONGS)
        return Lit(value), value

    def string(self, depth: int) -> Term:
        """Draw a string."""
        return self.plain(STRING, depth)

    def datetime(self, depth: int) -> Term:
        """Draw an instant: computed from others, or plain."""
        if depth > 0 and self.source.integer(0, 9) >= 5:
            inner, value = self.term(DATETIME, depth - 1)
            at = number(value)
            if self.source.boolean() or "duration" in self.context.left_out:
                return Call("toDate", (inner,)), datetime_at(
                    None if at is None else at - at % extension_values.DAY
                )
            by, length = self.term(DURATION, depth - 1)
            step = number(length)
            return Call("offset", (inner, by)), datetime_at(None if at is None or step is None else at + step)
        return self.plain(DATETIME, depth)

    def duration(self, depth: int) -> Term:
        """Draw a duration: computed from instants, or plain."""
        if depth > 0 and self.source.integer(0, 9) >= 5 and "datetime" not in self.context.left_out:
            inner, value = self.term(DATETIME, depth - 1)
            at = number(value)
            if self.source.boolean():
                return Call("toTime", (inner,)), None if at is None else extension_values.duration_value(
                    at % extension_values.DAY
                )
            since, start = self.term(DATETIME, depth - 1)
            begin = number(start)
            if at is None or begin is None or not LONG_MIN <= at - begin <= LONG_MAX:
                return Call("durationSince", (inner, since)), None
            return Call("durationSince", (inner, since)), extension_values.duration_value(at - begin)
        return self.plain(DURATION, depth)

    # Literals.

    def literal_of(self, type_: Type, depth: int) -> Term:
        """Draw a literal of the type; sets are not empty, records have every attribute."""
        match type_:
            case Prim():
                value = self.context.values.value(type_)
                return self.literal(value), value
            case EntityT(name):
                uid = self.context.values.uid(name)
                return Lit(uid), uid
            case SetT(element):
                size = self.source.integer(1, 3)
                items = [self.term(element, depth - 1) for _ in range(size)]
                known = [value for _, value in items if value is not None]
                return SetLit(tuple(e for e, _ in items)), SetV(tuple(known)) if len(known) == size else None
            case RecordT(attrs):
                fields = [(attr.name, self.term(attr.type, depth - 1)) for attr in attrs]
                values = tuple((name, value) for name, (_, value) in fields if value is not None)
                record = RecordLit(tuple((name, expr) for name, (expr, _) in fields))
                return record, RecordV(values) if len(values) == len(attrs) else None

    def literal(self, value: Value) -> Expr:
        """Write a value as an expression."""
        match value:
            case ExtV(kind, text, _):
                source, profile = self.source, self.context.profile
                if source.boolean(profile.bad_extension_text):
                    self.context.values.misfits.add("bad-extension-text")
                    return Call(CONSTRUCTORS[kind], (Lit(source.choice(literals.BAD_EXTENSION_TEXTS[kind])),))
                self.context.written[CONSTRUCTORS[kind], text] = value
                if not text:
                    epoch = Call("datetime", (Lit("1970-01-01"),))
                    return Call("offset", (epoch, Call("duration", (Lit(f"{value.key[0]}ms"),))))
                return Call(CONSTRUCTORS[kind], (Lit(text),))
            case SetV(items):
                return SetLit(tuple(self.literal(item) for item in items))
            case RecordV(items):
                return RecordLit(tuple((name, self.literal(item)) for name, item in items))
            case _:
                return Lit(value)
