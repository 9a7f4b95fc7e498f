"""A loop over any number of elements, taken apart: what comes before it, one turn on any state, what comes after.

Owns the reading of the loop out of the function's source as it runs. What holds before the first turn, is kept by
a turn on any state, and implies the claim after the last turn, holds of the function for any number of turns.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from drt.proofs.live import MADE
from drt.proofs.rewriting import HELPERS, rewritten, running_source
from drt.proofs.symbols import Unexplorable

RETURNED, INNER = f"{MADE}returned", f"{MADE}inner"


@dataclass(frozen=True, slots=True)
class Fold:
    """The parts of a function that is a loop over its parameter.

    `before()` returns the states of the `carried` names, `turn(states, element)` the same after one turn, or None
    if the loop ends there, and `after(states)` what the function returns.
    """

    carried: tuple[str, ...]
    before: Callable[..., tuple[Any, ...]]
    turn: Callable[..., tuple[Any, ...] | None]
    after: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Returned:
    """What the function returns before its loop has ended by itself."""

    value: Any


def fold(module: str, name: str) -> Fold:
    """Take the function of a module apart that is a loop over its one parameter; its parts take no parameters.

    Raises:
        Unexplorable: it is not one loop over all of its parameter with straight code around it.
    """
    function, place = _one_loop(module, name)
    [parameter] = _parameters(function)
    loop = _over(function.body[place], name, parameter)
    _refuse_returns(loop, name)
    return _apart(module, function, place, [], loop.target, ["_element"])


def each(module: str, name: str, over: str) -> Fold:
    """Take a function apart that loops over all of `over`; its parts take its parameters first.

    A part that returns before the end of the loop gives `Returned`. Other loops of the function are before or after.

    Raises:
        Unexplorable: it has not one such loop.
    """
    function, place = _one_loop(module, name, over)
    loop = _over(function.body[place], name, over)
    function.body[: place + 1] = [_Marked().visit(each) for each in function.body[: place + 1]]
    return _apart(module, function, place, _parameters(function), loop.target, ["_element"])


def worklist(module: str, name: str, todo: str, inner: str | None = None) -> Fold:
    """Take a function apart that loops while a list holds something; its parts take its parameters first.

    A loop over all of `inner` within is a call of `INNER` with what it runs over and the state.

    Raises:
        Unexplorable: it is not such a loop with straight code around it.
    """
    function, place = _one_loop(module, name)
    loop = function.body[place]
    if not isinstance(loop, ast.While) or loop.orelse or ast.unparse(loop.test) != todo:
        raise Unexplorable(f"{name} is not one loop while `{todo}` holds something")
    _refuse_returns(loop, name)
    if inner is not None:
        [nested] = [at for at, each in enumerate(loop.body) if isinstance(each, ast.For)] or [-1]
        _over(loop.body[nested], name, inner)
        state = [ast.Name(each, ast.Load()) for each in _carried(function.body[:place])]
        call = ast.Call(ast.Name(INNER, ast.Load()), [ast.parse(inner, mode="eval").body, *state], [])
        loop.body[nested] = ast.Expr(call)
    return _apart(module, function, place, _parameters(function), ast.Name("_once", ast.Store()), [])


def within(module: str, name: str, over: str) -> Fold:
    """Take the loop over `over` within a function's loop; its turn takes the parameters and the outer loop's state.

    Raises:
        Unexplorable: it is not such a loop.
    """
    function, place = _one_loop(module, name)
    outer = function.body[place]
    assert isinstance(outer, (ast.For, ast.While))
    loops = [each for each in outer.body if isinstance(each, (ast.For, ast.While))]
    if len(loops) != 1:
        raise Unexplorable(f"the loop of {name} is not one plain loop")
    loop = _over(loops[0], name, over)
    _refuse_returns(loop, name)
    function.body[place] = loop
    return _apart(module, function, place, _parameters(function), loop.target, ["_element"])


def _one_loop(module: str, name: str, over: str | None = None) -> tuple[ast.FunctionDef, int]:
    """Return a function without its docstring, and the place of its only loop, or of its only one over this."""
    function = _function(module, name)
    function.body = [each for each in function.body if not _is_text(each)]
    loops = [place for place, each in enumerate(function.body) if isinstance(each, (ast.For, ast.While))]
    if over is not None and len(loops) > 1:
        loops = [place for place in loops if _iterated(function.body[place]) == over]
    if len(loops) != 1:
        raise Unexplorable(f"{name} is not one plain loop")
    return function, loops[0]


def _iterated(loop: ast.stmt) -> str:
    return ast.unparse(loop.iter) if isinstance(loop, ast.For) else ""


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _parameters(function: ast.FunctionDef) -> list[str]:
    return [each.arg for each in function.args.args]


def _over(loop: ast.stmt, name: str, over: str) -> ast.For:
    if not isinstance(loop, ast.For) or loop.orelse:
        raise Unexplorable(f"{name} is not one plain loop")
    if ast.unparse(loop.iter) != over:
        raise Unexplorable(
            f"the loop of {name} runs over `{ast.unparse(loop.iter)}`, not over all of `{over}`"
        )
    return loop


def _refuse_returns(loop: ast.stmt, name: str) -> None:
    if any(isinstance(each, (ast.Return, ast.Yield)) for each in ast.walk(loop)):
        raise Unexplorable(f"the loop of {name} returns")


class _Marked(ast.NodeTransformer):
    """Marks what is returned before the end of the loop."""

    def visit_Return(self, node: ast.Return) -> ast.Return:
        value = node.value or ast.Constant(None)
        return ast.Return(ast.Call(ast.Name(RETURNED, ast.Load()), [value], []))


def _apart(
    module: str,
    function: ast.FunctionDef,
    place: int,
    parameters: list[str],
    target: ast.expr,
    element: list[str],
) -> Fold:
    """Compile what comes before the loop at a place, one turn of it, and what comes after."""
    before, loop, after = function.body[:place], function.body[place], function.body[place + 1 :]
    assert isinstance(loop, (ast.For, ast.While))
    carried = _carried(before)
    returned = ast.Return(ast.Tuple([ast.Name(each, ast.Load()) for each in carried], ast.Load()))
    turned = ast.Tuple([ast.Name(each, ast.Load()) for each in element] or [ast.Constant(0)], ast.Load())
    once = ast.For(target, turned, loop.body, [returned])
    parts = {
        "before": (parameters, [*before, returned]),
        "turn": ([*parameters, *carried, *element], [once, ast.Return(ast.Constant(None))]),
        "after": ([*parameters, *carried], after),
    }
    names = _compiled(module, parts)
    return Fold(carried, names["before"], names["turn"], names["after"])


def _carried(before: list[ast.stmt]) -> tuple[str, ...]:
    return tuple(sorted({name for each in before for name in _stored(each)}))


def _function(module: str, name: str) -> ast.FunctionDef:
    """Find a function by its name, or a method by its class's and its own."""
    scope: Any = running_source(module)
    for part in name.split("."):
        [scope] = [
            each
            for each in scope.body
            if isinstance(each, (ast.FunctionDef, ast.ClassDef)) and each.name == part
        ]
    assert isinstance(scope, ast.FunctionDef)
    return deepcopy(scope)


def _stored(statement: ast.stmt) -> set[str]:
    return {
        each.id
        for each in ast.walk(statement)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    }


def _compiled(module: str, parts: dict[str, tuple[list[str], list[Any]]]) -> dict[str, Any]:
    """Compile the parts as functions that see the names of the module."""
    made = []
    for name, (parameters, body) in parts.items():
        arguments = ast.arguments([], [ast.arg(each) for each in parameters], None, [], [], None, [])
        made.append(ast.FunctionDef(MADE + name, arguments, body or [ast.Pass()], [], None))
    tree = rewritten(ast.Module(list(made), []))
    names = {**import_module(module).__dict__, **HELPERS, RETURNED: Returned}
    exec(compile(ast.fix_missing_locations(tree), f"<parts of {module}>", "exec"), names)
    return {name: names[MADE + name] for name in parts}
