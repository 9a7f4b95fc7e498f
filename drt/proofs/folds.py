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

from drt.proofs.rewriting import HELPERS, rewritten, running_source
from drt.proofs.symbols import Unexplorable


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


def fold(module: str, name: str) -> Fold:
    """Take the function of a module apart.

    Raises:
        Unexplorable: it is not one loop over all of its parameter with straight code around it.
    """
    function = _function(module, name)
    [parameter] = [each.arg for each in function.args.args]
    loops = [place for place, each in enumerate(function.body) if isinstance(each, (ast.For, ast.While))]
    loop = function.body[loops[0]] if len(loops) == 1 else None
    if not isinstance(loop, ast.For) or loop.orelse:
        raise Unexplorable(f"{name} is not one plain loop")
    if not isinstance(loop.iter, ast.Name) or loop.iter.id != parameter:
        raise Unexplorable(
            f"the loop of {name} runs over `{ast.unparse(loop.iter)}`, not over all of `{parameter}`"
        )
    before, after = function.body[: loops[0]], function.body[loops[0] + 1 :]
    carried = tuple(sorted({name for each in before for name in _stored(each)}))
    if any(isinstance(each, (ast.Return, ast.Yield)) for each in ast.walk(loop)):
        raise Unexplorable(f"the loop of {name} returns")
    returned = ast.Tuple([ast.Name(each, ast.Load()) for each in carried], ast.Load())
    once = ast.For(
        loop.target,
        ast.Tuple([ast.Name("_element", ast.Load())], ast.Load()),
        loop.body,
        [ast.Return(returned)],
    )
    parts = {
        "before": ([], [*before, ast.Return(returned)]),
        "turn": ([*carried, "_element"], [once, ast.Return(ast.Constant(None))]),
        "after": (list(carried), after),
    }
    names = _compiled(module, parts)
    return Fold(carried, names["before"], names["turn"], names["after"])


def worklist(module: str, name: str, todo: str) -> Fold:
    """Take a function apart that loops while a list holds something; its parts take its parameters first.

    Raises:
        Unexplorable: it is not such a loop with straight code around it.
    """
    function = _function(module, name)
    parameters = [each.arg for each in function.args.args]
    loops = [place for place, each in enumerate(function.body) if isinstance(each, (ast.For, ast.While))]
    loop = function.body[loops[0]] if len(loops) == 1 else None
    if not isinstance(loop, ast.While) or loop.orelse or ast.unparse(loop.test) != todo:
        raise Unexplorable(f"{name} is not one loop while `{todo}` holds something")
    if any(isinstance(each, (ast.Return, ast.Yield)) for each in ast.walk(loop)):
        raise Unexplorable(f"the loop of {name} returns")
    before, after = function.body[: loops[0]], function.body[loops[0] + 1 :]
    before = [each for each in before if not isinstance(each, ast.Expr)]
    carried = tuple(sorted({name for each in before for name in _stored(each)}))
    returned = ast.Return(ast.Tuple([ast.Name(each, ast.Load()) for each in carried], ast.Load()))
    once = ast.For(
        ast.Name("_once", ast.Store()), ast.Tuple([ast.Constant(0)], ast.Load()), loop.body, [returned]
    )
    parts = {
        "before": (parameters, [*before, returned]),
        "turn": ([*parameters, *carried], [once, ast.Return(ast.Constant(None))]),
        "after": ([*parameters, *carried], after),
    }
    names = _compiled(module, parts)
    return Fold(carried, names["before"], names["turn"], names["after"])


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
        made.append(ast.FunctionDef(name, arguments, body or [ast.Pass()], [], None))
    tree = rewritten(ast.Module(list(made), []))
    names = {**import_module(module).__dict__, **HELPERS}
    exec(compile(ast.fix_missing_locations(tree), f"<parts of {module}>", "exec"), names)
    return names
