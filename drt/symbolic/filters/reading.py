"""What SQL says of entities: a statement over a layout as a Cedar condition on the resource.

Law (reading): in a database that holds a conforming store by the layout, the statement returns the row of an
entity exactly if the condition is true of it; the condition never errs. An entity without a row does not
exist: it has no attributes, tags or ancestors.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from drt.symbolic.filters import sql as q
from drt.symbolic.filters.conditions import (
    FALSE,
    TRUE,
    Alternative,
    Condition,
    OnlyAncestor,
    Scalar,
    both,
    conjunction,
    disjunction,
    either,
    negated,
    swapped,
)
from drt.symbolic.filters.layout import EntityRows, Layout
from drt.symbolic.filters.literals import as_value, compared, glob_pattern, like_pattern, type_of_literals
from drt.symbolic.filters.rows import RESOURCE, Rows, attribute, exists, tags
from drt.symbolic.filters.sql import UnreadableSql, conjuncts
from reference.schema.schema import Schema
from reference.schema.types import BOOL, STRING, EntityType, SetType, Type, describe, entity
from reference.syntax import Binary, Expr, Like, SetOf, Unary

Guarded = tuple[Expr, Expr]
"""Where a value is there, and the value."""

Demands = dict[str, Sequence[q.Sql]]
"""The values, one of which a column of a table must have, by column."""

_MIRRORED = {">": "<", ">=": "<="}


def condition_of(statement: q.Select, layout: Layout, schema: Schema, resource: str) -> Expr:
    """Read a statement that selects the keys of resources; raise `UnreadableSql`."""
    rows = layout.of_type(resource)
    if rows is None or statement.table != rows.table:
        raise UnreadableSql(f"the filter is on the table `{statement.table}`, not on that of {resource}")
    if statement.what != q.Column(statement.alias, rows.key):
        raise UnreadableSql(f"the filter does not select the key of {resource}")
    here = Rows(statement.alias, rows, RESOURCE, TRUE)
    return Reader(layout, schema, here).condition(statement.where).true


class Reader:
    """A reader of conditions on one row."""

    def __init__(self, layout: Layout, schema: Schema, here: Rows) -> None:
        self.layout = layout
        self.schema = schema
        self.here = here

    # Conditions

    def condition(self, sql: q.Sql) -> Condition:
        """Read a condition."""
        match sql:
            case q.Constant(bool() | 0 | 1 as value):
                return Condition(TRUE, FALSE) if value else Condition(FALSE, TRUE)
            case q.Conjunction(operands):
                return conjunction(map(self.condition, operands))
            case q.Disjunction(operands):
                return disjunction(map(self.condition, operands))
            case q.Negation(operand):
                return swapped(self.condition(operand))
            case q.Comparison(op, left, right):
                return self.comparison(op, self.scalar(left), self.scalar(right))
            case q.OneOf(operand, values):
                return self.one_of(self.scalar(operand), [self.scalar(value) for value in values])
            case q.IsNull(operand):
                scalar = self.scalar(operand)
                if scalar.ancestors:
                    raise UnreadableSql("an ancestor is compared with NULL")
                return Condition(negated(scalar.defined), scalar.defined)
            case q.Matching(operand, op, text, escape):
                pattern = glob_pattern(text) if op == "GLOB" else like_pattern(text, escape)
                return tested(self.typed(self.scalar(operand), STRING), lambda value: Like(value, pattern))
            case q.Exists(query):
                found = self.exists(query)
                return Condition(found, negated(found))
            case _:
                return tested(self.typed(self.scalar(sql), BOOL), lambda value: value)

    def comparison(self, op: str, left: Scalar, right: Scalar) -> Condition:
        """Read a comparison: NULL where an operand is."""
        if op in _MIRRORED:
            return self.comparison(_MIRRORED[op], right, left)
        if right.ancestors:
            left, right = right, left
        type_ = (
            left.type or right.type or type_of_literals(value for _, value in left.literals + right.literals)
        )
        if left.ancestors:
            if op != "=":
                raise UnreadableSql(f"an ancestor is compared by `{op}`")
            return Condition(self._above(left, self.typed(right, type_)), None)
        pairs = [
            (both(here, there), a, b)
            for here, a in self.typed(left, type_)
            for there, b in self.typed(right, type_)
        ]
        return tested([(guard, compared(op, a, b, type_)) for guard, a, b in pairs], lambda value: value)

    def one_of(self, left: Scalar, values: Sequence[Scalar]) -> Condition:
        """Read `IN`; of several literals, one set is made."""
        if left.ancestors or len(values) == 1 or any(one.alternatives for one in values):
            return disjunction([self.comparison("=", left, one) for one in values])
        literals = [literal for one in values for literal in one.literals]
        type_ = left.type or type_of_literals(value for _, value in [*left.literals, *literals])
        wanted = SetOf(tuple(value for one in values for _, value in self.typed(one, type_)))
        return tested(self.typed(left, type_), lambda value: Binary("contains", wanted, value))

    @staticmethod
    def _above(left: Scalar, others: Sequence[Guarded]) -> Expr:
        """Return where an entity's only ancestor of a type is another."""
        return either(
            *(
                both(one.guard, there, strictly_in(one.value, other))
                for one in left.alternatives
                if isinstance(one.value, OnlyAncestor)
                for there, other in others
            )
        )

    # Values

    def typed(self, scalar: Scalar, type_: Type) -> list[Guarded]:
        """Return the alternatives of a value of a type, literals converted; raise `UnreadableSql`."""
        if scalar.type not in (None, type_):
            raise UnreadableSql(f"expected {describe(type_)}, found {describe(scalar.type or type_)}")
        found: list[Guarded] = []
        for one in scalar.alternatives:
            if isinstance(one.value, OnlyAncestor):
                raise UnreadableSql(f"an ancestor of type {one.value.type} is used as a value")
            found.append((one.guard, one.value))
        integer_key = isinstance(type_, EntityType) and self.layout.has_integer_keys(min(type_.names))
        found += [
            (guard, as_value(value, type_, integer_key=integer_key)) for guard, value in scalar.literals
        ]
        return found

    def scalar(self, sql: q.Sql) -> Scalar:
        """Read a value."""
        match sql:
            case q.Constant(None):
                return Scalar(None)
            case q.Constant(str() | int() as value):
                return Scalar(None, literals=((TRUE, value),))
            case q.Column(table, name) if table == self.here.alias:
                return self.column(self.here, name)
            case q.Column(table, _):
                raise UnreadableSql(f"the table `{table}` is not in scope")
            case q.Coalesce(operand, q.Constant(False | 0)):
                return Scalar(BOOL, (Alternative(TRUE, self.condition(operand).true),))
            case q.Coalesce():
                raise UnreadableSql("`coalesce` has another default than false")
            case q.Case(branches, otherwise):
                return self.case(branches, otherwise)
            case q.Select():
                return self.looked_up(sql)
            case _:
                condition = self.condition(sql)
                certain = swapped(condition).true
                return Scalar(BOOL, (Alternative(condition.true, TRUE), Alternative(certain, FALSE)))

    def case(self, branches: Sequence[tuple[q.Sql, q.Sql]], otherwise: q.Sql) -> Scalar:
        """Read `CASE`: each branch where its condition is the first that is true."""
        before: list[Expr] = []
        read: list[tuple[Expr, Scalar]] = []
        for test, value in (*branches, (q.Constant(True), otherwise)):
            reached = self.condition(test).true
            read.append((both(*map(negated, before), reached), self.scalar(value)))
            before.append(reached)
        return alternatives(read)

    def column(self, rows: Rows, name: str) -> Scalar:
        """Read a column of an entity's row: its key, an attribute, or its only ancestor of a type."""
        if name == rows.rows.key:
            return Scalar(entity(rows.type), (Alternative(exists(rows, self.schema), rows.entity),))
        for one in rows.rows.attributes:
            if one.column == name:
                guard, value, type_ = attribute(rows, one.path, self.schema)
                return Scalar(type_, (Alternative(guard, value),))
        for ancestor in rows.rows.ancestors:
            if ancestor.column == name:
                above = OnlyAncestor(rows.entity, rows.type, ancestor.type)
                return Scalar(entity(ancestor.type), (Alternative(rows.guard, above),))
        raise UnreadableSql(f"the layout has nothing for the column `{name}` of `{rows.rows.table}`")

    # Other tables

    def looked_up(self, query: q.Select) -> Scalar:
        """Read a value that is looked up: of the row of another entity, or a tag."""
        if not isinstance(query.what, q.Column) or query.what.table != query.alias:
            raise UnreadableSql("a query selects something else than a column of its table")
        where, name = own_columns(query), query.what.name
        for one in self.layout.tables:
            if one.table == query.table and self._is_of(where, one.key, one):
                return alternatives(
                    [
                        (TRUE, self.column(Rows(query.alias, one, uid, guard), name))
                        for guard, uid in self._owners(where[one.key], one)
                    ]
                )
            held = one.tags
            if held is None or (held.table, held.value) != (query.table, name):
                continue
            if self._is_of(where, held.owner, one, held.name):
                return self._tag(one, where[held.owner], where[held.name])
        raise UnreadableSql(f"no reading for a query of the table `{query.table}`")

    def _tag(self, one: EntityRows, owner: Sequence[q.Sql], name: Sequence[q.Sql]) -> Scalar:
        [(_, tag)] = self._wanted(name, STRING)
        found = [
            Alternative(both(guard, Binary("hasTag", uid, tag)), Binary("getTag", uid, tag))
            for guard, uid in self._owners(owner, one)
        ]
        return Scalar(tags(one.type, self.schema), tuple(found))

    def exists(self, query: q.Select) -> Expr:
        """Read whether a table has a row: of an ancestor, an element or a tag."""
        where = own_columns(query)
        for one in self.layout.tables:
            for read in (self._ancestor_row, self._element_row, self._tag_row):
                found = read(one, query.table, where)
                if found is not None:
                    return found
        raise UnreadableSql(f"no reading for a test for a row of the table `{query.table}`")

    def _ancestor_row(self, one: EntityRows, table: str, where: Demands) -> Expr | None:
        for rows in one.ancestor_tables:
            if rows.table == table and self._is_of(where, rows.descendant, one, rows.ancestor):
                return either(
                    *(
                        both(guard, there, strictly_in(OnlyAncestor(uid, one.type, rows.type), other))
                        for guard, uid in self._owners(where[rows.descendant], one)
                        for there, other in self._wanted(where[rows.ancestor], entity(rows.type))
                    )
                )
        return None

    def _element_row(self, one: EntityRows, table: str, where: Demands) -> Expr | None:
        for held in one.sets:
            others = () if len(where) == 1 else (held.element,)
            if held.table == table and self._is_of(where, held.owner, one, *others):
                return either(
                    *(
                        self._element(Rows("", one, uid, guard), held.path, where.get(held.element))
                        for guard, uid in self._owners(where[held.owner], one)
                    )
                )
        return None

    def _tag_row(self, one: EntityRows, table: str, where: Demands) -> Expr | None:
        held = one.tags
        if held is None or held.table != table or not self._is_of(where, held.owner, one, held.name):
            return None
        return either(
            *(
                both(guard, there, Binary("hasTag", uid, tag))
                for guard, uid in self._owners(where[held.owner], one)
                for there, tag in self._wanted(where[held.name], STRING)
            )
        )

    def _element(self, owner: Rows, path: tuple[str, ...], wanted: Sequence[q.Sql] | None) -> Expr:
        guard, elements, type_ = attribute(owner, path, self.schema)
        if not isinstance(type_, SetType):
            raise UnreadableSql(f"`{'.'.join(path)}` of {owner.type} is no set")
        if wanted is None:
            return both(guard, negated(Unary("isEmpty", elements)))
        listed = self._wanted(wanted, type_.element)
        return either(*(both(guard, there, Binary("contains", elements, one)) for there, one in listed))

    def _is_of(self, where: Demands, key: str, rows: EntityRows, *others: str) -> bool:
        """Return whether a query demands something of these columns alone, and its key refers to a type."""
        if set(where) != {key, *others}:
            return False
        return self.scalar(where[key][0]).type in (None, entity(rows.type))

    def _owners(self, keys: Sequence[q.Sql], rows: EntityRows) -> list[Guarded]:
        """Return the entities that a key refers to."""
        return self._wanted(keys, entity(rows.type))

    def _wanted(self, values: Sequence[q.Sql], type_: Type) -> list[Guarded]:
        return [pair for value in values for pair in self.typed(self.scalar(value), type_)]


def tested(values: Sequence[Guarded], test: Callable[[Expr], Expr]) -> Condition:
    """Return where a test of a value is true and where it is false."""
    tests = [(guard, test(value)) for guard, value in values]
    return Condition(
        either(*(both(guard, one) for guard, one in tests)),
        either(*(both(guard, negated(one)) for guard, one in tests)),
    )


def alternatives(read: Sequence[tuple[Expr, Scalar]]) -> Scalar:
    """Join values of one type, each where its guard is true; raise `UnreadableSql`."""
    types = {scalar.type for _, scalar in read if scalar.type is not None}
    if len(types) > 1:
        raise UnreadableSql("the branches of a value have different types")
    return Scalar(
        next(iter(types), None),
        tuple(
            Alternative(both(guard, one.guard), one.value)
            for guard, scalar in read
            for one in scalar.alternatives
        ),
        tuple((both(guard, inner), value) for guard, scalar in read for inner, value in scalar.literals),
    )


def strictly_in(ancestor: OnlyAncestor, other: Expr) -> Expr:
    """Return whether another entity is an ancestor, and not the entity itself."""
    inside = Binary("in", ancestor.entity, other)
    if ancestor.entity_type != ancestor.type:
        return inside
    return both(negated(Binary("==", ancestor.entity, other)), inside)


def own_columns(query: q.Select) -> Demands:
    """Return what a query demands of the columns of its table, each one of some values.

    Raises `UnreadableSql` for any other condition.
    """
    found: Demands = {}
    for part in conjuncts(query.where):
        match part:
            case q.Comparison("=", q.Column(alias, name), value) if (
                alias == query.alias and name not in found
            ):
                found[name] = (value,)
            case q.OneOf(q.Column(alias, name), values) if alias == query.alias and name not in found:
                found[name] = values
            case _:
                raise UnreadableSql(f"no reading for a condition on rows of the table `{query.table}`")
    return found
