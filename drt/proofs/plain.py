"""Plain values of a model: the values of symbols, stand-ins and objects that hold them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import z3

from drt.proofs.symbols import Number, Truth, Unexplorable


def is_stand_in(one: Any) -> bool:
    """Return whether a model turns this into the value that it stands for: it has a method `plain`."""
    return hasattr(type(one), "plain")


class Values:
    """A model that gives constants these values, and nothing else."""

    def __init__(self, known: Sequence[tuple[Any, Any]]) -> None:
        self.known = known

    def eval(self, term: Any, model_completion: bool = True) -> Any:
        """Return the term with the values in their places."""
        return z3.simplify(z3.substitute(term, *self.known))


def symbolic_input(one: Any) -> Any:
    """Return what the explored code sees: a symbol for a constant, a stand-in as it is."""
    if is_stand_in(one):
        return one
    return Number(one) if z3.is_int(one) else Truth(one)


def plain_input(one: Any, model: Any) -> Any:
    """Return the input's value under a model."""
    return foretold(symbolic_input(one), model)


def foretold(value: Any, model: Any) -> Any:
    """Return a value with the model's values in the place of symbols."""
    kind = type(value)
    if kind is Truth:
        return z3.is_true(model.eval(value.term, model_completion=True))
    if kind is Number:
        found = model.eval(value.term, model_completion=True)
        if not z3.is_int_value(found):
            raise Unexplorable("a number of a path has no value in its model")
        return found.as_long()
    if is_stand_in(value):
        return value.plain(model)
    if kind in (tuple, list):
        return kind(foretold(each, model) for each in value)
    if kind is dict:
        return {foretold(key, model): foretold(each, model) for key, each in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return _rebuilt(value, model)
    return value


def _rebuilt(value: Any, model: Any) -> Any:
    """Return a record of the same class, made without its checks, of plain members; itself if all are plain."""
    held = [(one.name, getattr(value, one.name)) for one in fields(value) if hasattr(value, one.name)]
    plain = [(name, foretold(each, model)) for name, each in held]
    if all(each is other for (_, each), (_, other) in zip(held, plain, strict=True)):
        return value
    made = object.__new__(type(value))
    for name, each in plain:
        object.__setattr__(made, name, each)
    return made


def same(one: Any, other: Any) -> bool:
    """Return whether two plain values are of one kind and equal; errors by their kind."""
    if type(one) is not type(other):
        return False
    if isinstance(one, Exception):
        return getattr(one, "kind", None) == getattr(other, "kind", None)
    if isinstance(one, (tuple, list)):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    if is_dataclass(one) and not isinstance(one, type):
        return all(
            same(getattr(one, each.name, None), getattr(other, each.name, None))
            for each in fields(one)
            if each.compare
        )
    return bool(one == other)
