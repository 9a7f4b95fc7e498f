"""Conditions that have one validation error each, by the kind of the error (spec 08 §13).

Each kind has several forms, over paths that exist in all environments of the context and need no guard, so
that what surrounds the error is well typed. A few forms only look wrong: the guard before the error has type
False for some schemas.
"""

from __future__ import annotations

from collections.abc import Callable

from generators.draw import literals
from generators.draw.context import Context
from generators.draw.operands import ONE, TEXT, Operands
from generators.draw.syntax import (
    ACTION,
    CONSTRUCTORS,
    CONTEXT,
    FALSE,
    PRINCIPAL,
    RESOURCE,
    TRUE,
    Binary,
    Call,
    Expr,
    GetAttr,
    Has,
    If,
    Is,
    Like,
    Lit,
    RecordLit,
    SetLit,
    Uid,
    Unary,
)
from generators.draw.trees import conjunction
from generators.draw.world import STRING, EntityT, SetT
from generators.faults.unfit_scopes import UNDECLARED_ACTION, UNDECLARED_TYPES
from generators.texts import scripts

EMPTY = SetLit(())
UNDECLARED_ATTRIBUTE = "undeclared_"


class ErrorForms(Operands):
    """Conditions with an error of each kind, drawn within a context; None where the schema allows none."""

    __slots__ = ("kinds",)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.kinds: dict[str, Callable[[], Expr | None]] = {
            "unexpected_type": self._unexpected_type,
            "incompatible_types": self._incompatible_types,
            "unsafe_attribute_access": self._unsafe_attribute,
            "unsafe_optional_attribute_access": self._unsafe_optional_attribute,
            "unsafe_tag_access": self._unsafe_tag,
            "wrong_number_of_arguments": self._wrong_number_of_arguments,
            "function_argument": self._function_argument,
            "non_literal_constructor": self._non_literal_constructor,
            "empty_set": self._empty_set,
            "invalid_enum_entity": self._invalid_enum_entity,
            "unrecognized_action": self._unrecognized_action,
            "unrecognized_entity_type": self._unrecognized_entity_type,
            "level_violation": self._level_violation,
        }

    def _unexpected_type(self) -> Expr:
        source = self.source
        long, text, boolean, entity = self.long(), self.text(), self.boolean(), self.entity()
        not_entities: tuple[Expr, ...] = (ONE, TEXT, CONTEXT)
        forms: tuple[Expr, ...] = (
            Binary("==", Binary(source.choice(("+", "-", "*")), long, text), ONE),
            Binary(source.choice(("<", "<=", ">", ">=")), text, source.choice((text, long))),
            Binary("<", self.extension("datetime"), self.extension("duration")),
            Binary(source.choice(("&&", "||")), boolean, long),
            Binary(source.choice(("&&", "||")), source.choice((text, entity)), boolean),
            Unary("!", long),
            Binary("==", Unary("neg", text), ONE),
            If(long, boolean, TRUE),
            Binary("in", text, entity),
            Binary("in", entity, SetLit((ONE,))),
            Binary("in", entity, source.choice(not_entities)),
            Binary("==", GetAttr(ONE, "a"), ONE),
            Has(source.choice((long, text, SetLit((ONE,)))), ("a",)),
            Has(self._non_record(), ("a", "b")),
            Unary("isEmpty", long),
            Binary(source.choice(("contains", "containsAll", "containsAny")), text, SetLit((TEXT,))),
            Binary(source.choice(("containsAll", "containsAny")), SetLit((ONE,)), ONE),
            Like(long, ("a", None)),
            Is(source.choice((text, CONTEXT)), source.choice(self.context.schema.entity_types).name),
            Binary("hasTag", entity, ONE),
            Binary("hasTag", CONTEXT, TEXT),
            Call("isInRange", (self.extension("ipaddr"), ONE)),
            Call("lessThan", (self.extension("decimal"), source.choice((ONE, self.extension("duration"))))),
            Binary("==", Call("offset", (self.extension("datetime"), ONE)), self.extension("datetime")),
            Binary("==", Call("toDays", (self.extension("datetime"),)), ONE),
            Call("isIpv4", (Call("ip", (ONE,)),)),
            long,
            text,
            CONTEXT,
        )
        return source.choice(forms)

    def _non_record(self) -> Expr:
        """Write a record whose attribute `a` has no attributes."""
        return RecordLit((("a", self.long()),))

    def _incompatible_types(self) -> Expr:
        source = self.source
        long, text, boolean = self.long(), self.text(), self.boolean()
        one, other = RecordLit((("a", long),)), RecordLit((("b", long),))
        forms: tuple[Expr, ...] = (
            Binary(source.choice(("==", "!=")), Binary("+", long, ONE), text),
            Binary("==", self.extension("ipaddr"), self.extension("decimal")),
            Binary("==", one, other),
            Binary("==", self.entity(), SetLit((TEXT,))),
            Binary("contains", SetLit((long, text)), ONE),
            Binary("contains", SetLit((long,)), text),
            Binary("contains", SetLit((PRINCIPAL, ACTION)), RESOURCE),
            Binary(source.choice(("containsAll", "containsAny")), SetLit((long,)), SetLit((text,))),
            Unary("isEmpty", SetLit((one, other))),
            Binary("==", If(boolean, long, text), ONE),
            Has(If(boolean, one, other), ("a",)),
            Binary("in", PRINCIPAL, SetLit((PRINCIPAL, ACTION))),
            Binary("in", If(boolean, PRINCIPAL, ACTION), PRINCIPAL),
        )
        return source.choice(forms)

    def _unsafe_attribute(self) -> Expr:
        source = self.source
        owners: tuple[Expr, ...] = (PRINCIPAL, RESOURCE, CONTEXT, ACTION, RecordLit((("a", ONE),)))
        owner = source.choice(owners)
        read = GetAttr(owner, UNDECLARED_ATTRIBUTE)
        forms: tuple[Expr, ...] = (
            read,
            Binary("==", read, ONE),
            Binary("<", Binary("+", read, TEXT), ONE),
            Binary("==", GetAttr(read, "more"), ONE),
            Has(read, ("a", "b")),
            Binary("contains", SetLit((read, ONE, TEXT)), ONE),
            Binary("in", read, SetLit((read, PRINCIPAL))),
            Binary("&&", Has(owner, (UNDECLARED_ATTRIBUTE,)), read),
            Binary("||", Has(owner, (UNDECLARED_ATTRIBUTE,)), read),
        )
        return source.choice(forms)

    def _unsafe_optional_attribute(self) -> Expr | None:
        source = self.source
        single = [rooted for rooted in self.context.index.optional if sum(rooted.path.optional) == 1]
        if not single:
            return None
        rooted = source.choice(single)
        read = rooted.expression()
        guard = Has(rooted.expression(len(rooted.path.attrs) - 1), rooted.path.attrs[-1:])
        use = Binary("==", read, read)
        forms: tuple[Expr, ...] = (
            use,
            Binary("&&", use, guard),
            Binary("||", guard, use),
            Binary("&&", Unary("!", guard), use),
            If(guard, TRUE, use),
            Binary("&&", Binary("==", guard, TRUE), use),
            Binary("&&", Binary("||", guard, self.boolean()), use),
            Binary("&&", If(guard, TRUE, FALSE), use),
        )
        return source.choice(forms)

    def _unsafe_tag(self) -> Expr | None:
        """Draw `getTag` without its guard, with one that differs as a tree, or on a type without tags."""
        source = self.source
        tagged = [rooted for rooted, _ in self.context.index.tagged if True not in rooted.path.optional]
        owner = source.choice(tagged).expression() if tagged else self.entity()
        tag = Lit(self.context.values.constants.tag())
        read = Binary("getTag", owner, tag)
        path = Has(PRINCIPAL, ("a", "b"))
        key, other = (If(test, TEXT, tag) for test in (path, conjunction(path)))
        if source.boolean():
            key, other = other, key
        use = Binary("==", read, read)
        forms: tuple[Expr, ...] = (
            use,
            Binary("&&", Binary("hasTag", owner, Lit("other")), use),
            Binary("||", Binary("hasTag", owner, tag), use),
            Binary("&&", Unary("!", Binary("hasTag", owner, tag)), use),
            Binary("&&", Binary("hasTag", owner, If(self.boolean(), tag, tag)), use),
            Binary("&&", Binary("hasTag", owner, key), self._equal_to_itself(Binary("getTag", owner, other))),
            self._equal_to_itself(Binary("getTag", ACTION, tag)),
        )
        return source.choice(forms)

    @staticmethod
    def _equal_to_itself(expr: Expr) -> Expr:
        return Binary("==", expr, expr)

    def _wrong_number_of_arguments(self) -> Expr:
        source = self.source
        kind = source.choice(tuple(CONSTRUCTORS))
        more = (TEXT, source.choice((TEXT, ONE)))
        constructed = Call(CONSTRUCTORS[kind], source.choice(((), more)))
        forms: tuple[Expr, ...] = (
            Binary("==", constructed, self.extension(kind)),
            Binary("==", constructed, self.extension(kind)),
            Binary("==", Call(CONSTRUCTORS[kind], (self.text(), TEXT)), self.extension(kind)),
            Call("isIpv4", (self.extension("ipaddr"), ONE)),
            Call("isInRange", (self.extension("ipaddr"),)),
            Call("lessThan", (self.extension("decimal"),)),
            Call("greaterThan", (self.extension("decimal"), ONE, TEXT)),
            Binary("==", Call("toTime", (self.extension("datetime"), TEXT)), self.extension("duration")),
            Binary("<", Call("toHours", (self.extension("duration"), ONE)), ONE),
        )
        return source.choice(forms)

    def _function_argument(self) -> Expr:
        source = self.source
        kind = source.choice(tuple(CONSTRUCTORS))
        bad = source.choice(literals.BAD_EXTENSION_TEXTS[kind])
        if source.boolean(self.context.profile.odd_scripts):
            bad = scripts.text(source)
        refused = Call(CONSTRUCTORS[kind], (Lit(bad),))
        return source.choice(
            (
                Binary("==", refused, self.extension(kind)),
                Binary("contains", SetLit((refused,)), self.extension(kind)),
                Binary("==", RecordLit((("a", refused),)), RecordLit((("a", refused),))),
            )
        )

    def _non_literal_constructor(self) -> Expr:
        source = self.source
        kind = source.choice(tuple(CONSTRUCTORS))
        good = self.context.values.constants.extension(kind).text or literals.BAD_EXTENSION_TEXTS[kind][1]
        computed: tuple[Expr, ...] = (
            If(self.boolean(), Lit(good), Lit(good)),
            GetAttr(RecordLit((("a", Lit(good)),)), "a"),
            *self.paths(STRING)[:3],
        )
        arguments: tuple[Expr, ...] = (source.choice(computed),)
        if source.integer(0, 4) == 4:
            arguments = (*arguments, TEXT)
        return Binary("==", Call(CONSTRUCTORS[kind], arguments), self.extension(kind))

    def _empty_set(self) -> Expr:
        long = self.long()
        sets = [
            expr
            for type_ in self.context.index.by_type
            if isinstance(type_, SetT)
            for expr in self.paths(type_)
        ]
        some = self.source.choice(sets) if sets else SetLit((long,))
        forms: tuple[Expr, ...] = (
            Unary("isEmpty", EMPTY),
            Binary("==", EMPTY, EMPTY),
            Binary("==", some, EMPTY),
            Binary("in", self.source.choice((PRINCIPAL, ACTION)), EMPTY),
            Binary(self.source.choice(("containsAll", "containsAny")), some, EMPTY),
            Binary("contains", EMPTY, long),
            Binary("contains", SetLit((EMPTY, SetLit((long,)))), EMPTY),
            Unary("isEmpty", If(self.boolean(), EMPTY, SetLit((long,)))),
            Has(RecordLit((("a", EMPTY),)), ("a",)),
            Binary("&&", Binary("in", PRINCIPAL, EMPTY), ONE),
        )
        return self.source.choice(forms)

    def _invalid_enum_entity(self) -> Expr | None:
        source = self.source
        enums = [entity_type.name for entity_type in self.context.schema.entity_types if entity_type.enum]
        if not enums:
            return None
        name = source.choice(enums)
        return self._about(Lit(Uid(name, "unlisted")), self.of(EntityT(name), RESOURCE))

    def _unrecognized_action(self) -> Expr:
        source = self.source
        kind = source.choice((source.choice(self.context.schema.actions).uid.type, "Elsewhere::Action"))
        return self._about(Lit(Uid(kind, UNDECLARED_ACTION)), ACTION)

    def _unrecognized_entity_type(self) -> Expr:
        source = self.source
        name = source.choice(UNDECLARED_TYPES)
        if source.integer(0, 2) == 0:
            return Is(self.entity(), name, source.choice((None, PRINCIPAL)))
        return self._about(Lit(Uid(name, "x")), self.entity())

    def _about(self, literal: Lit, like: Expr) -> Expr:
        """Draw a condition about an entity literal that the reference checks refuse."""
        listed = SetLit((literal, like)) if self.source.boolean() else SetLit((literal,))
        forms: tuple[Expr, ...] = (
            Binary("==", like, literal),
            Binary("in", like, literal),
            Binary("in", like, listed),
            Binary("contains", listed, like),
            Is(like, self.source.choice(self.context.schema.entity_types).name, literal),
            Binary("in", literal, like),
            Has(literal, ("a",)),
            Binary("==", GetAttr(literal, "a"), ONE),
            Binary("hasTag", literal, TEXT),
            Binary("&&", FALSE, Binary("==", like, literal)),
            Binary("==", If(self.boolean(), literal, like), like),
            Binary("==", RecordLit((("a", literal),)), RecordLit((("a", like),))),
        )
        return self.source.choice(forms)

    def _level_violation(self) -> Expr | None:
        """Draw a dereference that no level allows, or one of many steps; it is valid without a level."""
        source = self.source
        deep = [
            rooted.expression()
            for rooted in self.context.index.entities
            if len(rooted.path.attrs) > 1 and True not in rooted.path.optional
        ]
        if deep and source.boolean():
            found = source.choice(deep)
            return Binary("in", found, found)
        uid = Lit(self.context.witness.principal)
        return Has(uid, ("a",)) if source.boolean() else Binary("in", uid, RESOURCE)
