"""Database filters by the production engine: the rows of a store in SQLite that a filter selects."""

from __future__ import annotations

from drt.engines.production_partial import NO_SCHEMA, PartialSession
from drt.model.case import Store
from drt.model.outcome import Rejected, Unsupported
from drt.model.partial_outcome import PartialError, Permitted
from drt.model.question import FilterLayout

NO_DATABASE = Unsupported("filters-without-sqlalchemy")


class FilteringSession(PartialSession):
    """The questions of spec 09 to a loaded case, and those about filters."""

    __slots__ = ()

    def filter_rows(
        self, request: str, entities: Store, layout: FilterLayout
    ) -> Permitted | PartialError | Rejected | Unsupported:
        """Answer the question `FilterRows`."""
        try:
            from drt.engines.filter_database import selected
        except ModuleNotFoundError:
            return NO_DATABASE
        return NO_SCHEMA if self.partial is None else selected(self.partial, request, entities, layout)
