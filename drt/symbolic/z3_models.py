"""Models of Z3 as interpretations: the values of all symbols at the arguments that a problem mentions.

A set may be infinite in a model. It is cut down to the elements that the model names and one that it does
not: sets that differ still differ there (spec 10 §12).
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import z3

from drt.symbolic.finite import Complement, candidates_of, cut_down, is_small
from drt.symbolic.interpreter import Interpretation
from drt.symbolic.problems import Refused
from drt.symbolic.sorts import (
    BoolSort,
    EntitySort,
    IpSort,
    NumberSort,
    RecordSort,
    SetSort,
    Sort,
    StringSort,
)
from drt.symbolic.terms import Symbol, Term, below
from drt.symbolic.z3_sorts import WIDTHS
from drt.symbolic.z3_terms import Encoder, nothing
from reference.extensions.ipaddr import IpAddr
from reference.values import EntityUid


@dataclass(frozen=True, slots=True)
class _Point:
    """One argument list of one symbol, and the value there."""

    symbol: Symbol
    sorts: tuple[Sort, ...]
    arguments: tuple[object, ...]
    sort: Sort
    value: object


def interpretation(
    model: Any, encoder: Encoder, roots: Iterable[Term], members: Mapping[str, tuple[str, ...]]
) -> Interpretation:
    """Read a model; raises `Refused` where it is not understood."""
    decoder = _Decoder(model, encoder, members)
    points = [
        _Point(
            term.payload,
            tuple(arg.sort for arg in term.args),
            tuple(decoder.value_of(arg) for arg in term.args),
            term.sort,
            decoder.value_of(term),
        )
        for term in below(roots)
        if isinstance(term.payload, Symbol)
    ]
    named = [(point.sort, point.value) for point in points]
    named += [pair for point in points for pair in zip(point.sorts, point.arguments, strict=True)]
    named += [(arg.sort, decoder.value_of(arg)) for arg in _elements(roots)]
    whole = cut_down(named, members)
    tables: dict[Symbol, dict[tuple[object, ...], object]] = {}
    for point in points:
        tables.setdefault(point.symbol, {})[point.arguments] = whole(point.sort, point.value)
    return Interpretation(members, tables)


SMALLER_SECONDS = 3.0
"""How long a model is made smaller."""


def small_model(solver: Any, encoder: Encoder, roots: Iterable[Term]) -> Any:
    """Return a model with as many symbols as possible at the values of an empty input."""
    model = solver.model()
    until = time.monotonic() + SMALLER_SECONDS
    solver.set("timeout", 300)
    for term in below(roots):
        if not isinstance(term.payload, Symbol) or time.monotonic() > until:
            continue
        wish = _emptiest(term.sort, encoder.of[term])
        if wish is None:
            continue
        solver.push()
        solver.add(wish)
        if solver.check() == z3.sat:
            model = solver.model()
        else:
            solver.pop()
    return model


def _emptiest(sort: Sort, z: Any) -> Any | None:
    match sort:
        case BoolSort():
            return z3.Not(z)
        case NumberSort():
            return z == 0
        case StringSort():
            return z == z3.StringVal("")
        case SetSort():
            return z == nothing(z)
        case _:
            return None


def _elements(roots: Iterable[Term]) -> list[Term]:
    """Return the terms whose membership matters."""
    terms = list(below(roots))
    return [t.args[0] for t in terms if t.op == "member"] + [
        e for t in terms if t.op == "set" for e in t.args
    ]


class _Decoder:
    """Values of Z3 terms in one model."""

    def __init__(self, model: Any, encoder: Encoder, members: Mapping[str, tuple[str, ...]]) -> None:
        self.model = model
        self.encoder = encoder
        self.members = members
        self._names: dict[tuple[str, str], EntityUid] = {}
        self._taken = set(encoder.entities)
        for entity, z in encoder.entities.items():
            self._names[entity.type, str(model.eval(z, model_completion=True))] = entity

    def value_of(self, term: Term) -> Any:
        """Decode the value of a term."""
        return self.decode(term.sort, self.model.eval(self.encoder.of[term], model_completion=True))

    def decode(self, sort: Sort, z: Any) -> Any:
        """Decode a value of a sort."""
        match sort:
            case BoolSort() if z3.is_true(z) or z3.is_false(z):
                return z3.is_true(z)
            case NumberSort() if z3.is_bv_value(z):
                return z.as_signed_long()
            case NumberSort() if z3.is_int_value(z):
                return z.as_long()
            case StringSort() if z3.is_string_value(z):
                return text_of(z)
            case EntitySort(name) if name in self.members:
                ids = self.members[name]
                datatype = self.encoder.sorts.of(sort)
                index = next(i for i in range(len(ids)) if datatype.constructor(i).eq(z.decl()))
                return EntityUid(name, ids[index])
            case EntitySort(name):
                return self._entity(name, str(z))
            case IpSort():
                return self._address(z)
            case SetSort(element):
                return self._set(element, z)
            case RecordSort():
                return self._record(sort, z)
        raise _not_understood(z)

    def _entity(self, name: str, z: str) -> EntityUid:
        if (name, z) not in self._names:
            fresh = fresh_uid(name, self._taken)
            self._taken.add(fresh)
            self._names[name, z] = fresh
        return self._names[name, z]

    def _address(self, z: Any) -> IpAddr:
        datatype = self.encoder.sorts.of(IpSort())
        version = 4 if datatype.constructor(0).eq(z.decl()) else 6
        _, width, _ = WIDTHS[version]
        address, prefix = z.arg(0), z.arg(1)
        length = prefix.arg(0).as_long() if prefix.num_args() else width
        return IpAddr(4 if version == 4 else 6, address.as_long(), length)

    def _record(self, sort: RecordSort, z: Any) -> object:
        found = []
        for index, one in enumerate(sort.fields):
            part = z.arg(index)
            if one.required:
                found.append((one.name, self.decode(one.sort, part)))
            elif part.num_args():
                found.append((one.name, self.decode(one.sort, part.arg(0))))
        return tuple(found)

    def _set(self, element: Sort, z: Any) -> frozenset[object] | Complement:
        exceptions: dict[object, bool] = {}
        while z3.is_store(z):
            exceptions.setdefault(self.decode(element, z.arg(1)), z3.is_true(z.arg(2)))
            z = z.arg(0)
        if z3.is_quantifier(z) and is_small(element, self.members):
            for value in candidates_of(element, self.members):
                candidate = self.encoder.constant(element, value)
                exceptions.setdefault(value, z3.is_true(z3.simplify(z3.Select(z, candidate))))
            default = False
        elif z3.is_K(z):
            default = z3.is_true(z.arg(0))
        else:
            raise _not_understood(z)
        if default:
            return Complement(frozenset(value for value, held in exceptions.items() if not held))
        return frozenset(value for value, held in exceptions.items() if held)


def text_of(z: Any) -> str:
    """Decode a string value by its code points."""
    length = z3.Z3_get_string_length(z.ctx_ref(), z.as_ast())
    points = (ctypes.c_uint * length)()
    z3.Z3_get_string_contents(z.ctx_ref(), z.as_ast(), length, points)
    text = "".join(map(chr, points))
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise Refused("decode-model", "the solver's model has a text with a surrogate, which Cedar has not")
    return text


def fresh_uid(name: str, taken: Iterable[EntityUid]) -> EntityUid:
    """Make up an entity that is not taken."""
    used = {one.id for one in taken if one.type == name}
    number = 0
    while f"e{number}" in used:
        number += 1
    return EntityUid(name, f"e{number}")


def _not_understood(z: Any) -> Refused:
    return Refused("decode-model", f"the solver's model has a value that is not understood: {str(z)[:80]}")
