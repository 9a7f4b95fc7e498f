"""Facts about hierarchies, stated on the footprint alone (spec 10 §5).

The facts leave out whether evaluation reaches a term: they hold of every entity of a closed, acyclic store,
so stating them of the value that an unreached term would have is sound as well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from drt.symbolic.store import Store, type_of
from drt.symbolic.terms import Term, implies, is_empty, member, not_, subset


def facts(footprint: Collection[Term], store: Store) -> Iterator[Term]:
    """State acyclicity of each term and transitivity of each pair."""
    terms = [term for term in footprint if store.ancestor_types(type_of(term))]
    yield from acyclicity(terms, store)
    yield from transitivity(terms, footprint, store)


def acyclicity(terms: Collection[Term], store: Store) -> Iterator[Term]:
    """State that no entity is its own ancestor."""
    for term in terms:
        if store.has_ancestors(type_of(term), type_of(term)):
            yield not_(member(term, store.ancestors(term, type_of(term))))


def transitivity(lower: Collection[Term], upper: Collection[Term], store: Store) -> Iterator[Term]:
    """State that the ancestors of an ancestor are ancestors."""
    for entity in lower:
        for above in upper:
            if entity is above or not store.has_ancestors(type_of(entity), type_of(above)):
                continue
            within = member(above, store.ancestors(entity, type_of(above)))
            for name in store.ancestor_types(type_of(above)):
                higher = store.ancestors(above, name)
                if store.has_ancestors(type_of(entity), name):
                    yield implies(within, subset(higher, store.ancestors(entity, name)))
                else:
                    yield implies(within, is_empty(higher))
