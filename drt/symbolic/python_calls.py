"""What generated code calls: methods of the store's views and of texts, and extension functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drt.symbolic import calls
from drt.symbolic.compiler import like
from drt.symbolic.outcomes import NEVER, Outcome
from drt.symbolic.python_values import (
    Above,
    Keys,
    Maybe,
    NotUnderstood,
    Object,
    PythonValue,
    Tags,
    literal,
    pattern_of,
)
from drt.symbolic.sorts import RecordSort
from drt.symbolic.store import Store, type_of
from drt.symbolic.terms import FALSE, Term, field, not_, overlap, present
from production.language.extensions import FUNCTIONS, Function
from production.language.wildcard import Wildcard
from reference.syntax import Star

NAMES_OF = {id(function.apply): name for name, function in FUNCTIONS.items()}
"""The extension functions by what generated code calls."""


def function_name(function: Any) -> str:
    """Return the name of an extension function, named by its row or by what it applies."""
    if isinstance(function, Function):
        return function.name
    name = NAMES_OF.get(id(function))
    if name is None or FUNCTIONS[name].apply is not function:
        raise NotUnderstood(f"a call of {function!r}")
    return name


def called(function: str, operands: Sequence[Term]) -> Outcome:
    """Call an extension function on values; constructors of literals have been folded."""
    if FUNCTIONS[function].is_constructor:
        raise NotUnderstood(f"a call of the constructor {function!r}")
    return calls.method(function, NEVER, operands)


def method(of: PythonValue, name: str, arguments: Sequence[PythonValue], store: Store) -> PythonValue:
    """Call a method of a view, a set's keys, a text or a prepared pattern."""
    match of, name, arguments:
        case Object("A"), "get", [Term() as entity, _]:
            return store.attributes(entity)
        case Object("A"), "get", [Maybe(_, entity), _]:
            return store.attributes(entity)
        case Object("G"), "get", [Term() as entity, _]:
            return Tags(entity)
        case Object("G"), "get", [Maybe(_, entity), _]:
            return Tags(entity)
        case Tags(entity), "get", [key]:
            return _tag(entity, _text(key), store)
        case Term() | Maybe(), "get", [Term() as key]:
            return _attribute(of if isinstance(of, Term) else of.value, key)
        case Keys(left), "isdisjoint", [Keys(right)]:
            return not_(overlap(left, right))
        case Keys(left), "isdisjoint", [Above(entity)]:
            return not_(store.is_below_any(entity, left))
        case _, "startswith", [Term() as prefix]:
            return like(_text(of), (*_literal_text(prefix), Star()))
        case _, "endswith", [Term() as suffix]:
            return like(_text(of), (Star(), *_literal_text(suffix)))
        case Object(Wildcard() as pattern), "matches", [text]:
            return like(_text(text), pattern_of(pattern))
    raise NotUnderstood(f"a call of the method {name!r}")


def looked_up(of: PythonValue, index: PythonValue, store: Store) -> PythonValue:
    """Look up a literal of the policy, the ancestors of an entity, or a required attribute of a record."""
    key = _text(index)
    if isinstance(of, Object) and isinstance(of.value, tuple) and isinstance(key.payload, int):
        return literal(of.value[key.payload])
    if of == Object("H"):
        return Above(key)
    if isinstance(of, Maybe):
        of = of.value
    if isinstance(of, Term) and isinstance(of.sort, RecordSort):
        found = _attribute(of, key)
        return found.value
    raise NotUnderstood("a look-up in what is no record")


def _attribute(of: Term, key: Term) -> Maybe:
    if not isinstance(of.sort, RecordSort) or not isinstance(key.payload, str):
        raise NotUnderstood("an access to an attribute of what is no record")
    there = present(of, key.payload)
    return Maybe(there, FALSE if there is FALSE else field(of, key.payload))


def _tag(entity: Term, key: Term, store: Store) -> Maybe:
    sort = store.tag_sort(type_of(entity))
    if sort is None:
        return Maybe(FALSE, FALSE)
    return Maybe(store.has_tag(entity, key), store.tag(entity, key, sort))


def _text(value: PythonValue) -> Term:
    """Return a value that is a term, whether or not it may be `None`."""
    if isinstance(value, Maybe):
        return value.value
    if isinstance(value, Term):
        return value
    raise NotUnderstood(f"an operand of the form {type(value).__name__}")


def _literal_text(value: Term) -> str:
    if not isinstance(value.payload, str):
        raise NotUnderstood("a prefix that is no literal")
    return value.payload
