"""Stores in which entities may be missing, and residuals over them as terms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from drt.symbolic.compiler import Compiler
from drt.symbolic.outcomes import NEVER, Failure, Outcome
from drt.symbolic.sorts import BOOL, RecordSort, default, sort_of
from drt.symbolic.sorts import Field as FieldSort
from drt.symbolic.store import Store, type_of
from drt.symbolic.terms import FALSE, TRUE, Symbol, Term, and_, apply, const, field, present, record
from reference import syntax as ast
from reference.extensions.datetime import Datetime
from reference.extensions.decimal import Decimal
from reference.extensions.duration import Duration
from reference.extensions.ipaddr import IpAddr
from reference.partial.residuals import Failing, Known, Residual
from reference.validation.judgement import Typed
from reference.values import Bool, EntityUid, Long, Record, Set, String, Value


class RowStore(Store):
    """A symbolic store of the entities that have a row: others have no attributes, tags or ancestors."""

    def exists(self, entity: Term) -> Term:
        """Return whether an entity is in the store; actions always are."""
        name = type_of(entity)
        return TRUE if name in self.action_types else apply(Symbol("exists", name), BOOL, entity)

    def attributes(self, entity: Term) -> Term:
        """Return the attributes of an entity; none is certain to be there."""
        every, there = super().attributes(entity), self.exists(entity)
        assert isinstance(every.sort, RecordSort)
        sort = RecordSort(tuple(FieldSort(one.name, one.sort, False) for one in every.sort.fields))
        return record(
            sort, [(and_(there, present(every, one.name)), field(every, one.name)) for one in sort.fields]
        )

    def has_tag(self, entity: Term, key: Term) -> Term:
        """Return whether an entity exists and has a tag."""
        return and_(self.exists(entity), super().has_tag(entity, key))

    def is_below(self, entity: Term, group: Term) -> Term:
        """Return whether an entity exists and has another among its ancestors."""
        return and_(self.exists(entity), super().is_below(entity, group))

    def is_below_any(self, entity: Term, groups: Term) -> Term:
        """Return whether an entity exists and has an ancestor in a set."""
        return and_(self.exists(entity), super().is_below_any(entity, groups))


class ResidualCompiler(Compiler):
    """A compiler that also takes residuals (spec 09 §3)."""

    def residual(self, residual: Residual) -> tuple[Outcome, frozenset[Term]]:
        """Compile a residual; the second part is its footprint."""
        self.footprint = {}
        self._shared: dict[int, Outcome] = {}
        return self.outcome(cast(Typed, residual)), frozenset(self.footprint)

    def outcome(self, typed: Typed) -> Outcome:
        """Compile a typed expression, or a residual, whose forms are those of expressions."""
        match cast(Typed | Residual, typed):
            case Typed():
                return super().outcome(typed)
            case Known(value, type_):
                constant = const(sort_of(type_), plain(value))
                self._note(constant)
                return Outcome(NEVER, constant)
            case Failing(type_):
                sort = sort_of(type_)
                return Outcome(Failure(TRUE), const(sort, default(sort, self.store.members)))
            case open_:
                if id(open_) not in self._shared:
                    parts = cast(tuple[Typed, ...], open_.parts)
                    self._shared[id(open_)] = super().outcome(Typed(open_.form, open_.type, parts))
                return self._shared[id(open_)]

    def _operator(self, expr: ast.Expr, failure: Failure, values: Sequence[Term]) -> Outcome:
        match expr, values:
            case ast.HasPath(_, path), [value]:
                return Outcome(failure, self._has_path(value, path))
        return super()._operator(expr, failure, values)

    def _has_path(self, value: Term, path: tuple[str, ...]) -> Term:
        of = self._object(value)
        there = present(of, path[0])
        if there is FALSE or len(path) == 1:
            return there
        inner = field(of, path[0])
        self._note(inner)
        return and_(there, self._has_path(inner, path[1:]))


def plain(value: Value) -> Any:
    """Convert a value to that of a constant term."""
    match value:
        case Bool(held) | Long(held) | String(held):
            return held
        case Decimal(number) | Datetime(number) | Duration(number):
            return number
        case EntityUid() | IpAddr():
            return value
        case Set(elements):
            return frozenset(plain(element) for element in elements)
        case Record(fields):
            return tuple((name, plain(fields[name])) for name in sorted(fields))
    raise AssertionError(f"no value: {value!r}")
