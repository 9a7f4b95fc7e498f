"""Explored source, rewritten so that symbols are seen where Python would look past them.

Identity, `type`, singleton patterns, comprehensions and the builtins that copy a collection ask these helpers
first, which answer for symbols and stand-ins and otherwise do as Python does.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import cache
from importlib import import_module
from types import CodeType
from typing import Any

import z3

from drt.proofs.live import MADE, Key, codes_of, installed, shipped
from drt.proofs.symbols import Number, Symbol, Truth, formula, now, number, refuse
from production.execution.generated_support import NAMES
from production.serving import compiled_shapes

COPYING = (
    "tuple", "list", "set", "frozenset", "dict", "len", "sorted", "MappingProxyType", "iter", "range", "all",
)  # fmt: skip


class Anything:
    """A stand-in for a collection of any size; what it does not define, it refuses."""

    def over(self, run: Callable[[Any], Any]) -> Any:
        """Return the value of a comprehension over it; `run` is the comprehension of one iterable."""
        refuse("a comprehension")

    def copied(self, builtin: Callable[[Any], Any]) -> Any:
        """Return what one of `COPYING` makes of it."""
        refuse(f"`{getattr(builtin, '__name__', builtin)}`")

    def __iter__(self) -> Any:
        return self

    def __next__(self) -> Any:
        refuse("one element after the other")

    def __len__(self) -> Any:
        refuse("the length")

    def __getattr__(self, name: str) -> Any:
        if (name.startswith("__") and name.endswith("__")) or name == "plain":
            raise AttributeError(name)  # what Python itself looks for
        refuse(f"`{name}`")

    def __getitem__(self, key: Any) -> Any:
        refuse("an element or a slice")

    def __add__(self, other: Any) -> Any:
        refuse("a sum")

    __radd__ = __add__

    def __contains__(self, other: Any) -> Any:
        refuse("membership")

    def __eq__(self, other: object) -> Any:
        return True if self is other else refuse("equality")

    __hash__ = None  # type: ignore[assignment]


def _is(one: Any, other: Any) -> Any:
    if one is other:
        return True
    for each, against in ((one, other), (other, one)):
        same = getattr(type(each), "is_same", None)
        if same is not None:
            return same(each, against)
    if type(one) is Truth or type(other) is Truth:
        both = all(type(each) in (bool, Truth) for each in (one, other))
        return Truth(formula(one) == formula(other)) if both else False
    if type(one) is Number or type(other) is Number:
        both = all(type(each) in (int, Number) for each in (one, other))
        # Equal integers may be one object or two: the code must be right for either.
        return Truth(z3.And(_one_object(), number(one) == number(other))) if both else False
    return False


def _one_object() -> Any:
    return refuse("the identity") if now.follower is None else now.follower.identity()


def _type(value: Any) -> Any:
    return value.stands_for if issubclass(type(value), Symbol) else type(value)


def _over(iterable: Any, run: Callable[[Any], Any]) -> Any:
    if type(iterable) in (list, tuple, dict, set, frozenset, range, str):
        return run(iterable)
    iterator = iter(iterable)
    return iterator.over(run) if isinstance(iterator, Anything) else run(iterator)


class Below(Anything):
    """The integers from 0 up to and without a symbol."""

    def __init__(self, end: Number) -> None:
        self.end = end


def _copied(builtin: Any, value: Any) -> Any:
    if builtin is range and type(value) is Number:
        return Below(value)
    return value.copied(builtin) if isinstance(value, Anything) else builtin(value)


def _among(one: Any, characters: str) -> Any:
    return one.among(characters) if isinstance(one, Anything) else one in characters


def _plain(value: Any) -> Any:
    """Return what holds no symbol; refuse the rest."""
    if any(issubclass(type(each), (Symbol, Anything)) for each in _parts(value)):
        refuse("a comparison that is not followed")
    return value


def _parts(value: Any) -> tuple[Any, ...]:
    return value if type(value) is tuple else (value,)


HELPERS = {
    "_drt_plain": _plain,
    "_drt_is": _is,
    "_drt_type": _type,
    "_drt_over": _over,
    "_drt_copied": _copied,
    "_drt_among": _among,
}


class Rewriting(ast.NodeTransformer):
    """Puts the helpers in the place of what symbols cannot answer."""

    def __init__(self) -> None:
        self.names = 0

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        """Ask about identity."""
        self.generic_visit(node)
        if len(node.ops) == 1 and isinstance(node.ops[0], (ast.In, ast.NotIn)):
            return self._membership(node)
        if not any(isinstance(op, (ast.Is, ast.IsNot)) for op in node.ops):
            return node
        if len(node.ops) == 1:
            return self._identity(node.left, node.ops[0], node.comparators[0])
        node.left = _call("_drt_plain", node.left, node.left)
        node.comparators = [_call("_drt_plain", each, each) for each in node.comparators]
        return node

    def _membership(self, node: ast.Compare) -> ast.expr:
        """Ask whether a character is one of a text's."""
        [characters] = node.comparators
        if not (isinstance(characters, ast.Constant) and isinstance(characters.value, str)):
            return node
        asked = _call("_drt_among", node, node.left, characters)
        return (
            asked
            if isinstance(node.ops[0], ast.In)
            else ast.copy_location(ast.UnaryOp(ast.Not(), asked), node)
        )

    def _identity(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> ast.expr:
        if any(isinstance(side, ast.Constant) and side.value is None for side in (left, right)):
            return ast.copy_location(ast.Compare(left, [op], [right]), left)  # no symbol is None
        asked = _call("_drt_is", left, left, right)
        return asked if isinstance(op, ast.Is) else ast.copy_location(ast.UnaryOp(ast.Not(), asked), left)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Ask about types and copies."""
        self.generic_visit(node)
        if not isinstance(node.func, ast.Name) or len(node.args) != 1 or node.keywords:
            return node
        if isinstance(node.args[0], ast.Starred):
            return node
        if node.func.id == "type":
            return _call("_drt_type", node, node.args[0])
        return _call("_drt_copied", node, node.func, node.args[0]) if node.func.id in COPYING else node

    def visit_Match(self, node: ast.Match) -> ast.Match:
        """Refuse a subject whose patterns are not followed."""
        unclear = any(
            isinstance(each, ast.MatchSingleton) and each.value is not None
            for case in node.cases
            for pattern in ast.walk(case.pattern)
            if isinstance(pattern, ast.MatchOr)
            for each in ast.walk(pattern)
        )
        if unclear:
            node.subject = _call("_drt_plain", node.subject, node.subject)
        self.generic_visit(node)
        return node

    def visit_match_case(self, node: ast.match_case) -> ast.match_case:
        """Turn `True` and `False` in a pattern into guards."""
        self.generic_visit(node)
        captured: list[tuple[str, Any]] = []
        node.pattern = self._without_truths(node.pattern, captured)
        for name, value in reversed(captured):
            test = _call("_drt_is", node.pattern, ast.Name(name, ast.Load()), ast.Constant(value))
            node.guard = test if node.guard is None else ast.BoolOp(ast.And(), [test, node.guard])
        return node

    def _without_truths(self, pattern: Any, captured: list[tuple[str, Any]]) -> Any:
        """Return the pattern with a capture in the place of each `True` and `False`."""
        if isinstance(pattern, ast.MatchSingleton) and pattern.value is not None:
            self.names += 1
            captured.append((f"{MADE}{self.names}", pattern.value))
            return ast.copy_location(ast.MatchAs(None, captured[-1][0]), pattern)
        if isinstance(pattern, (ast.MatchSequence, ast.MatchClass, ast.MatchMapping)):
            pattern.patterns = [self._without_truths(each, captured) for each in pattern.patterns]
            if isinstance(pattern, ast.MatchClass):
                pattern.kwd_patterns = [self._without_truths(each, captured) for each in pattern.kwd_patterns]
        elif isinstance(pattern, ast.MatchAs) and pattern.pattern is not None:
            pattern.pattern = self._without_truths(pattern.pattern, captured)
        return pattern

    def _comprehension(self, node: Any) -> ast.expr:
        self.generic_visit(node)
        whole: ast.expr = node
        if any(isinstance(each, (ast.NamedExpr, ast.Await, ast.Yield)) for each in ast.walk(node)):
            return whole  # a name bound inside belongs to the function around it
        if any(isinstance(each, ast.Name) and each.id == "super" for each in ast.walk(node)):
            return whole
        self.names += 1
        name = f"{MADE}{self.names}"
        first = node.generators[0]
        iterable, first.iter = first.iter, ast.copy_location(ast.Name(name, ast.Load()), first.iter)
        arguments = ast.arguments([], [ast.arg(name)], None, [], [], None, [])
        return _call("_drt_over", node, iterable, ast.copy_location(ast.Lambda(arguments, node), node))

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension


def _call(helper: str, at: Any, *arguments: ast.expr) -> ast.Call:
    name = ast.copy_location(ast.Name(helper, ast.Load()), at)
    return ast.copy_location(ast.Call(name, list(arguments), []), at)


def rewritten(tree: ast.Module) -> ast.Module:
    """Return the module with every function rewritten; its own statements stay."""
    for statement in ast.walk(tree):
        if isinstance(statement, ast.ClassDef) or statement is tree:
            statement.body = [_inside(each) for each in statement.body]
    return ast.fix_missing_locations(tree)


def _inside(statement: ast.stmt) -> ast.stmt:
    if isinstance(statement, (ast.FunctionDef, ast.Assign, ast.AnnAssign)):
        kept = Rewriting().visit(statement)
        assert isinstance(kept, ast.stmt)
        return kept
    return statement


UNEXPLORED = (
    "reference.text.", "reference.json.", "production.text.", "production.documents.",
    "reference.schema.text_", "reference.schema.json_", "production.schema.json_", "production.schema.parser",
    "production.schema.printer",
)  # fmt: skip
"""Readers and writers of text and JSON: no theorem runs them on symbols."""


def explored_modules() -> list[str]:
    """Name the loaded modules of both engines that theorems explore."""
    engines = [name for name in sys.modules if name.split(".")[0] in ("reference", "production")]
    return sorted(name for name in engines if not name.startswith(UNEXPLORED))


@cache
def _codes(name: str) -> dict[Key, CodeType]:
    return codes_of(rewritten(ast.parse(shipped(name).text)))


class _Inside:
    """Whether the engines are rewritten at present, and which trees stand in for shipped ones."""

    depth = 0
    sources: dict[str, ast.Module] = {}  # noqa: RUF012
    changed: dict[str, dict[Key, CodeType]] = {}  # noqa: RUF012  # one process, one value


@contextmanager
def followed() -> Iterator[None]:
    """Run a block with both engines rewritten."""
    if _Inside.depth:
        yield
        return
    names = [name for name in explored_modules() if shipped(name).functions]
    for name in names:
        import_module(name).__dict__.update(HELPERS)
    with _generated_code(), installed({name: _Inside.changed.get(name) or _codes(name) for name in names}):
        _Inside.depth += 1
        try:
            yield
        finally:
            _Inside.depth -= 1


@contextmanager
def _generated_code() -> Iterator[None]:
    """Have production's generated code rewritten as well."""
    NAMES.update(HELPERS)
    compiled_shapes.compile = _compile  # type: ignore[attr-defined]
    try:
        yield
    finally:
        del compiled_shapes.compile  # type: ignore[attr-defined]
        for name in HELPERS:
            del NAMES[name]


def _compile(source: str, filename: str, mode: str, **flags: Any) -> Any:
    return compile(rewritten(ast.parse(source)), filename, mode, **flags)


@contextmanager
def planted(name: str, tree: ast.Module) -> Iterator[int]:
    """Run a block with a module changed, rewritten or not; yield how many live functions have changed."""
    shipped(name)
    _Inside.sources[name] = tree
    _Inside.changed[name] = codes_of(rewritten(deepcopy(tree)))
    try:
        with installed({name: codes_of(tree)}) as count:
            yield count
    finally:
        del _Inside.changed[name], _Inside.sources[name]


def running_source(name: str) -> ast.Module:
    """Return the source of a module as it runs: as shipped, or as planted."""
    return _Inside.sources.get(name) or ast.parse(shipped(name).text)
