"""Functions of shipped modules, changed in place: the running engine itself has the change while it lasts.

Owns the way from a changed source to the live functions. Both engines see a planted defect everywhere, in
every module that holds the function; leaving the block puts the shipped code back.
"""

from __future__ import annotations

import ast
import gc
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from types import CodeType, FunctionType

Key = tuple[str, int]
"""A function of a module: its qualified name, and its number among those of that name."""


MADE = "_drt_"
"""Parameters of functions that the rewriting adds begin so: they are nobody's live function."""


class NotPlanted(Exception):
    """A change does not fit its module, or no live function has it."""


@dataclass(frozen=True, slots=True)
class Shipped:
    """A module as shipped: its source, and its live functions with their code."""

    name: str
    text: str
    functions: tuple[tuple[Key, FunctionType], ...]
    codes: dict[Key, CodeType] = field(repr=False)


@cache
def shipped(name: str) -> Shipped:
    """Read a module and find its live functions, once and before anything is changed in it."""
    module = import_module(name)
    assert module.__file__ is not None, f"{name} has no source"
    text = Path(module.__file__).read_text(encoding="utf-8")
    codes = codes_of(ast.parse(text))
    places = {(code.co_qualname, code.co_firstlineno, code.co_varnames): key for key, code in codes.items()}
    functions = []
    for each in _functions(len(sys.modules)).get(id(module.__dict__), ()):
        code = each.__code__
        key = places.get((code.co_qualname, code.co_firstlineno, code.co_varnames))
        if key is not None:
            functions.append((key, each))
    return Shipped(name, text, tuple(functions), codes)


@cache
def _functions(_: int) -> dict[int, list[FunctionType]]:
    """Find all live functions, by the identity of their module's names; anew once more modules are loaded."""
    found: dict[int, list[FunctionType]] = {}
    for each in gc.get_objects():
        if type(each) is FunctionType:
            found.setdefault(id(each.__globals__), []).append(each)
    return found


def codes_of(tree: ast.Module) -> dict[Key, CodeType]:
    """Compile a module; return the code of every function in it, nested ones too."""
    whole = compile(tree, "<changed>", "exec", dont_inherit=True)
    seen: Counter[str] = Counter()
    codes: dict[Key, CodeType] = {}
    pending = [whole]
    while pending:
        code = pending.pop(0)
        for inner in code.co_consts:
            if not isinstance(inner, CodeType):
                continue
            pending.append(inner)
            if not (inner.co_varnames and inner.co_varnames[0].startswith(MADE)):
                codes[inner.co_qualname, seen[inner.co_qualname]] = inner
                seen[inner.co_qualname] += 1
    return codes


@contextmanager
def installed(changes: Mapping[str, Mapping[Key, CodeType]]) -> Iterator[int]:
    """Run a block with modules changed to these; yield how many live functions have changed.

    Raises:
        NotPlanted: a changed function cannot take the place of the shipped one.
    """
    before: list[tuple[FunctionType, CodeType]] = []
    try:
        for name, changed in changes.items():
            module = shipped(name)
            for key, function in module.functions:
                code = changed.get(key)
                if code is None or code == module.codes[key]:
                    continue
                if code.co_freevars and len(code.co_freevars) != len(function.__code__.co_freevars):
                    continue  # a closure made before; the changed function around it makes others
                before.append((function, function.__code__))
                if not code.co_freevars:  # the change may leave out the names of an outer function
                    code = code.replace(co_freevars=function.__code__.co_freevars)
                try:
                    function.__code__ = code
                except ValueError as reason:
                    raise NotPlanted(f"{name}.{key[0]}: {reason}") from None
        yield len(before)
    finally:
        for function, code in reversed(before):
            function.__code__ = code
