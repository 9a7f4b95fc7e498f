"""Scalars and entities of residuals, and tests for attributes (spec 02 §4.6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..language.uids import Uid
from ..language.values import SetValue
from ..partial import terms as op
from ..partial.terms import RESOURCE, Operand, Term
from ..schema.types import EntityType, RecordType, SetType, Type
from . import formulas as f
from .formulas import FALSE, TRUE, Formula, Scalar, every, no, some
from .places import Places, Untranslated
from .truths import Truth
from .types_of import ResidualTypes


@dataclass(frozen=True, slots=True, eq=False)
class Valued:
    """A scalar, and whether it always has a value."""

    scalar: Scalar
    total: bool


def present(scalar: Scalar) -> Formula:
    """Return where a scalar has a value."""
    match scalar:
        case f.Literal() | f.Reference(f.Resource()):
            return TRUE
        case f.Reference(f.Referred(_, key)):
            return present(key)
        case _:
            return f.Present(scalar)


def exists(entity: f.Entity) -> Formula:
    """Return where an entity exists."""
    return TRUE if isinstance(entity, f.Resource) else f.Exists(entity)


class Scalars:
    """A translator of expressions that have a value of their own."""

    def __init__(self, types: ResidualTypes, places: Places, truth: Callable[[Operand], Truth]) -> None:
        self._types = types
        self._places = places
        self._truth = truth

    def of(self, operand: Operand) -> Valued:
        """Return the scalar of an expression; raise `Untranslated`."""
        if operand is RESOURCE:
            return Valued(f.Reference(self.entity(operand)), total=True)
        if not isinstance(operand, Term):
            if isinstance(operand, (dict, SetValue)):
                raise Untranslated("sets and records are not compared as a whole")
            return Valued(f.Literal(operand), total=True)
        match operand.op:
            case op.GET:
                return self._field(operand)
            case op.GET_TAG:
                return self._tag(operand)
            case op.IF:
                condition = self._truth(operand.children[0])
                if not condition.exact:
                    raise Untranslated("its condition has no formula")
                then, otherwise = self.of(operand.children[1]), self.of(operand.children[2])
                choice = f.Choice(condition.true, then.scalar, condition.false, otherwise.scalar)
                return Valued(choice, condition.total and then.total and otherwise.total)
            case op.VARIABLE:
                raise Untranslated(f"the {operand.extra} is unknown")
            case op.ADD | op.SUB | op.MUL | op.NEG:
                raise Untranslated("arithmetic of a database does not err where Cedar's does")
            case _:
                raise Untranslated("there is no such value in a table")

    def entity(self, operand: Operand) -> f.Entity:
        """Return the entity of an expression; raise `Untranslated`."""
        type_ = self._types.of(operand)
        if not isinstance(type_, EntityType):
            raise Untranslated("there is no such entity in a table")
        if operand is RESOURCE:
            return f.Resource(type_.name)
        return f.Referred(type_.name, self.of(operand).scalar)

    def place(self, operand: Operand, names: tuple[str, ...] = ()) -> tuple[f.Entity, tuple[str, ...]]:
        """Return the entity that an expression is read off, and the path to it; raise `Untranslated`."""
        path = list(reversed(names))
        while isinstance(operand, Term) and operand.op == op.GET:
            if isinstance(self._types.of(operand), EntityType) and path:
                break
            path.append(operand.extra)
            operand = operand.children[0]
            if isinstance(self._types.of(operand), EntityType):
                break
        return self.entity(operand), tuple(reversed(path))

    def _field(self, term: Term) -> Valued:
        if isinstance(self._types.of(term), (RecordType, SetType)):
            raise Untranslated("sets and records are not compared as a whole")
        entity, path = self.place(term)
        self._places.column(entity, path)
        total = isinstance(entity, f.Resource) and self._is_required(entity, path)
        return Valued(f.Field(entity, path), total)

    def _is_required(self, entity: f.Entity, path: tuple[str, ...]) -> bool:
        type_: Type | None = self._types.model.types.entity(entity.entity_type)
        for name in path:
            if not self._types.is_required(type_, name):
                return False
            type_ = self._types.attribute(type_, name)
        return True

    def _tag(self, term: Term) -> Valued:
        entity = self.entity(term.children[0])
        if isinstance(self._types.of(term), (RecordType, SetType)):
            raise Untranslated("a tag that is a set or a record has no column")
        self._places.tags(entity.entity_type)
        return Valued(f.Tag(entity, tag_name(term.children[1])), total=False)

    def has_path(self, operand: Operand, path: tuple[str, ...]) -> Truth:
        """Return `operand has path`: each attribute counts only where those before it are there."""
        entity, at, known = self._start(operand)
        true: Formula = TRUE
        false: Formula = FALSE
        type_ = self._types.of(operand)
        for position, name in enumerate(path, start=1):
            at = (*at, name)
            there, missing = self._has(entity, at, type_)
            false = some(false, every(true, missing))
            true = every(true, there)
            type_ = self._types.attribute(type_, name)
            if isinstance(type_, EntityType) and position < len(path):
                entity, at = f.Referred(type_.name, f.Field(entity, at)), ()
        return Truth(every(known, true), every(known, false), total=known is TRUE)

    def _start(self, operand: Operand) -> tuple[f.Entity, tuple[str, ...], Formula]:
        """Return where a path starts, and where what it starts from has a value."""
        if isinstance(self._types.of(operand), EntityType):
            entity = self.entity(operand)
            return entity, (), TRUE if isinstance(entity, f.Resource) else present(entity.key)
        entity, path = self.place(operand)
        return entity, path, exists(entity)

    def _has(self, entity: f.Entity, path: tuple[str, ...], type_: Type | None) -> tuple[Formula, Formula]:
        """Return where an attribute is there, and where it is missing, of an entity that is referred to."""
        if not self._types.is_declared(type_, path[-1]):
            return FALSE, TRUE
        there = exists(entity)
        if there is not TRUE:
            self._places.table(entity.entity_type)
        if not self._types.is_required(type_, path[-1]):
            self._places.column(entity, path)
            there = f.Present(f.Field(entity, path))
        return there, no(there)


def tag_name(operand: Operand) -> str:
    """Return a tag that is a literal; raise `Untranslated`."""
    if isinstance(operand, str):
        return operand
    raise Untranslated("a tag is looked up by a literal only")


def uids_of_type(uids: Iterable[Uid], entity_type: str) -> tuple[Uid, ...]:
    """Return the uids of a type, in order."""
    return tuple(sorted((uid for uid in uids if uid.type == entity_type), key=lambda uid: uid.id))
