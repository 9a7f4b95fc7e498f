"""Formulas of `in`, sets and tags (spec 02 §4.3, §4.4, §4.7)."""

from __future__ import annotations

from ..language.uids import Uid
from ..language.values import SetValue, Value
from ..partial import terms as op
from ..partial.residual_nodes import order
from ..partial.rules import Known
from ..partial.terms import Operand, Term
from ..schema.types import EntityType, SetType
from . import formulas as f
from .formulas import FALSE, TRUE, Formula, every, no, some
from .places import Places, Untranslated
from .scalars import Scalars, Valued, exists, present, tag_name, uids_of_type
from .truths import Truth
from .types_of import ResidualTypes


class Memberships:
    """A translator of tests whether something is in something."""

    def __init__(self, types: ResidualTypes, places: Places, scalars: Scalars, known: Known) -> None:
        self._types = types
        self._places = places
        self._scalars = scalars
        self._known = known

    def truth(self, term: Term) -> Truth:
        """Return where a test is true and where it is false; raise `Untranslated`."""
        match term.op:
            case op.IN:
                return self._in(term)
            case op.HAS_TAG:
                return self._has_tag(term)
            case op.CONTAINS:
                return self._contains(*term.children)
            case op.CONTAINS_ANY:
                return self._contains_any(*term.children)
            case op.CONTAINS_ALL:
                return self._contains_all(*term.children)
            case op.IS_EMPTY:
                elements, defined = self._elements(term.children[0])
                filled = f.HasAnyElement(elements)
                return Truth(every(defined, no(filled)), every(defined, filled), defined is TRUE)
            case _:
                self._scalars.of(term)
                raise Untranslated("there is no such condition in a database")

    # in

    def _in(self, term: Term) -> Truth:
        left, right = term.children
        below = self._scalars.of(left)
        if term.extra:
            above = self._scalars.of(right)
            where = every(present(below.scalar), present(above.scalar))
            return Truth(FALSE, where, below.total and above.total)
        if isinstance(right, Uid):
            return _decided(self._in_listed(left, below, (right,)), below)
        if isinstance(right, SetValue):
            uids = tuple(uid for uid in right._members if isinstance(uid, Uid))
            return _decided(self._in_listed(left, below, uids), below)
        if isinstance(self._types.of(right), SetType):
            return self._in_elements(left, below, right)
        above = self._scalars.of(right)
        return _decided(self._in_scalar(left, below, right, above), below, above)

    def _in_listed(self, left: Operand, below: Valued, uids: tuple[Uid, ...]) -> Formula:
        entity = self._scalars.entity(left)
        if entity.entity_type in self._types.model.action_types:
            return f.OneOf(below.scalar, self._actions_in(uids, entity.entity_type), False)
        found: list[Formula] = []
        for name in sorted({uid.type for uid in uids}):
            of_type = uids_of_type(uids, name)
            if name == entity.entity_type:
                found.append(f.OneOf(below.scalar, of_type, False))
            if name in self._above(entity):
                self._places.ancestors(entity.entity_type, name)
                found.append(f.Below(entity, of_type, name))
        return some(*found)

    def _actions_in(self, uids: tuple[Uid, ...], action_type: str) -> tuple[Uid, ...]:
        """Return the actions of a type that are in one of some uids, as the schema says."""
        below = self._types.model.action_descendants
        inside = {Uid(*one) for uid in uids for one in below.of((uid.type, uid.id))}
        return uids_of_type(inside.union(uids), action_type)

    def _in_scalar(self, left: Operand, below: Valued, right: Operand, above: Valued) -> Formula:
        entity, other = self._scalars.entity(left), self._scalars.entity(right)
        listed = self._listed(left, other.entity_type)
        if listed is not None:
            return f.OneOf(above.scalar, listed, False)
        if entity.entity_type in self._types.model.action_types:
            raise Untranslated("the actions in a group of a table are not looked up")
        found: list[Formula] = []
        if entity.entity_type == other.entity_type:
            found.append(f.Equal(below.scalar, above.scalar, False))
        if other.entity_type in self._above(entity):
            self._places.ancestors(entity.entity_type, other.entity_type)
            found.append(f.Below(entity, above.scalar, other.entity_type))
        return some(*found)

    def _in_elements(self, left: Operand, below: Valued, right: Operand) -> Truth:
        elements, defined = self._elements(right)
        type_ = self._types.of(right)
        assert isinstance(type_, SetType)
        assert isinstance(type_.element, EntityType)
        listed = self._listed(left, type_.element.name)
        if listed is None:
            raise Untranslated("only an entity with known ancestors is looked for in a set of a table")
        return _tested(f.HasElement(elements, listed), defined, below)

    def _listed(self, left: Operand, entity_type: str) -> tuple[Uid, ...] | None:
        """Return an entity and its ancestors, those of a type, if the ancestors are known."""
        if not isinstance(left, Uid):
            return None
        ancestors = self._known.ancestors.get(left)
        return None if ancestors is None else uids_of_type((left, *ancestors), entity_type)

    def _above(self, entity: f.Entity) -> frozenset[str]:
        return self._types.model.entity_ancestors.of(entity.entity_type)

    # Tags

    def _has_tag(self, term: Term) -> Truth:
        scalar = self._scalars.of(term.children[0])
        if term.extra:
            return Truth(FALSE, present(scalar.scalar), scalar.total)
        entity, name = self._scalars.entity(term.children[0]), tag_name(term.children[1])
        self._places.tags(entity.entity_type)
        return _decided(f.HasTag(entity, name), scalar)

    # Sets

    def _elements(self, operand: Operand) -> tuple[f.Elements, Formula]:
        """Return the elements of a set of a table, and where that is there."""
        if not isinstance(operand, Term) or operand.op != op.GET:
            raise Untranslated("no table has the elements of this set")
        entity, path = self._scalars.place(operand)
        self._places.elements(entity, path)
        if not isinstance(entity, f.Resource):
            self._places.table(entity.entity_type)
        return f.Elements(entity, path), exists(entity)

    def _contains(self, left: Operand, right: Operand) -> Truth:
        wanted = self._scalars.of(right)
        if isinstance(left, SetValue):
            values = _scalars_in(left)
            return Truth(
                f.OneOf(wanted.scalar, values, False), f.OneOf(wanted.scalar, values, True), wanted.total
            )
        elements, defined = self._elements(left)
        return _tested(f.HasElement(elements, wanted.scalar), defined, wanted)

    def _contains_any(self, left: Operand, right: Operand) -> Truth:
        if isinstance(left, SetValue):
            left, right = right, left
        if not isinstance(right, SetValue):
            raise Untranslated("two sets of tables are not compared")
        elements, defined = self._elements(left)
        return _tested(f.HasElement(elements, _scalars_in(right)), defined)

    def _contains_all(self, left: Operand, right: Operand) -> Truth:
        if not isinstance(right, SetValue):
            raise Untranslated("a set of a table is not compared as a whole")
        elements, defined = self._elements(left)
        found = every(*(f.HasElement(elements, (value,)) for value in _scalars_in(right)))
        return _tested(found, defined)


def _scalars_in(values: SetValue) -> tuple[Value, ...]:
    listed = tuple(sorted(values._members, key=order))
    if any(isinstance(value, (dict, SetValue)) for value in listed):
        raise Untranslated("sets and records are not compared as a whole")
    return listed


def _decided(found: Formula, *operands: Valued) -> Truth:
    """Return a test that is false wherever its operands have a value and it is not true."""
    where = every(*(present(operand.scalar) for operand in operands))
    return Truth(found, every(where, no(found)), all(operand.total for operand in operands))


def _tested(found: Formula, defined: Formula, *operands: Valued) -> Truth:
    """Return a test of a set that is there where `defined` is true."""
    where = every(defined, *(present(operand.scalar) for operand in operands))
    total = defined is TRUE and all(operand.total for operand in operands)
    return Truth(every(defined, found), every(where, no(found)), total)
