"""Systematic mutants of a shipped function: every statement, operator, constant and branch of it changed, one at a time."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import Any

from drt.proofs.live import NotPlanted, shipped

SWAPPED: dict[type, tuple[type, ...]] = {
    ast.Lt: (ast.LtE, ast.Gt), ast.LtE: (ast.Lt, ast.GtE), ast.Gt: (ast.GtE, ast.Lt), ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,), ast.NotIn: (ast.In,), ast.And: (ast.Or,), ast.Or: (ast.And,),
    ast.Add: (ast.Sub,), ast.Sub: (ast.Add,), ast.Mult: (ast.Add,), ast.FloorDiv: (ast.Mult,), ast.Mod: (ast.FloorDiv,),
    ast.LShift: (ast.RShift,), ast.RShift: (ast.LShift,), ast.BitAnd: (ast.BitOr,), ast.BitOr: (ast.BitAnd,),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of a function: where, from what to what, and the module that has it."""

    module: str
    function: str
    line: int
    change: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """The place and the change."""
        return f"{self.module}.{self.function}, line {self.line}: {self.change}"


def parts_of(name: str) -> tuple[str, str]:
    """Split the name of a function into its module's and its own.

    Raises:
        NotPlanted: there is no such module.
    """
    module = name
    while module:
        module, _, _ = module.rpartition(".")
        try:
            spec = find_spec(module)
        except ModuleNotFoundError:  # a part of the name is a class
            continue
        if spec is not None and spec.origin is not None and not spec.submodule_search_locations:
            return module, name[len(module) + 1 :]
    raise NotPlanted(f"there is no module of {name}")


def mutants(name: str) -> Iterator[Mutant]:
    """Yield every mutant of a function, by its full name.

    Raises:
        NotPlanted: there is no such function.
    """
    module, function = parts_of(name)
    tree = ast.parse(shipped(module).text)
    body = _found(tree, function)
    typed = {id(each) for annotation in _annotations(body) for each in ast.walk(annotation)}
    for place, node in enumerate(ast.walk(body)):
        for change in () if id(node) in typed else _changes(node):
            copy = deepcopy(tree)
            copied = _found(copy, function)
            target = [*ast.walk(copied)][place]
            before = _text(target)
            change(target, copied)
            ast.fix_missing_locations(copy)
            after = _text(target)
            line = getattr(node, "lineno", body.lineno)
            yield Mutant(module, function, line, f"`{before}` -> `{after}`", copy)


def _found(tree: ast.Module, function: str) -> Any:
    scope: Any = tree
    for part in function.split("."):
        names = [each for each in ast.walk(scope) if getattr(each, "name", None) == part]
        found = [each for each in names if isinstance(each, (ast.FunctionDef, ast.ClassDef))]
        if not found:
            raise NotPlanted(f"there is no function {function}")
        scope = found[0]
    return scope


def _annotations(body: Any) -> Iterator[ast.AST]:
    """Yield the types that a function writes down, which do nothing."""
    for node in ast.walk(body):
        for name in ("annotation", "returns"):
            if (found := getattr(node, name, None)) is not None:
                yield found


def _text(node: ast.AST) -> str:
    text = getattr(node, "shown", None) or " ".join(ast.unparse(node).split())
    return text if len(text) < 90 else f"{text[:87]}…"


Change = Callable[[Any, Any], None]


def _changes(node: ast.AST) -> Iterator[Change]:
    match node:
        case ast.Compare(ops=ops):
            for place, op in enumerate(ops):
                for other in SWAPPED.get(type(op), ()):
                    yield _setting("ops", [*ops[:place], other(), *ops[place + 1 :]])
        case ast.BoolOp(op=op, values=values):
            yield _setting("op", SWAPPED[type(op)][0]())
            for place in range(len(values)):
                yield partial(_without, place)
        case ast.BinOp(op=op) | ast.AugAssign(op=op):
            for other in SWAPPED.get(type(op), ()):
                yield _setting("op", other())
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield lambda target, body: _replace(target, target.operand, body)
        case ast.Constant(value=bool(value)):
            yield _setting("value", not value)
        case ast.Constant(value=int(value)):
            yield _setting("value", value + 1)
        case ast.IfExp() | ast.If(orelse=[_, *_]):
            yield _swap_branches
        case ast.If():
            yield lambda target, _: setattr(target, "test", ast.UnaryOp(ast.Not(), target.test))
        case ast.comprehension(ifs=[_, *_] as tests):
            yield _setting("ifs", tests[:-1])
        case ast.Slice(lower=lower, upper=upper):
            if lower is not None:
                yield _setting("lower", None)
            if upper is not None:
                yield _setting("upper", None)
        case ast.Call(args=[one, other, *_]) if ast.dump(one) != ast.dump(other):
            yield lambda target, _: target.args.__setitem__(slice(0, 2), [target.args[1], target.args[0]])
    yield from _dropped(node)


def _setting(name: str, value: Any) -> Change:
    return lambda target, _: setattr(target, name, value)


def _without(place: int, target: ast.BoolOp, body: Any) -> None:
    """Leave one operand of `and` or `or` out."""
    rest = [each for number, each in enumerate(target.values) if number != place]
    _replace(target, rest[0] if len(rest) == 1 else ast.BoolOp(target.op, rest), body)


def _swap_branches(target: Any, _: Any) -> None:
    target.body, target.orelse = target.orelse, target.body


def _dropped(node: ast.AST) -> Iterator[Change]:
    """Yield the changes that leave a statement or a case out."""
    match node:
        case ast.Expr(value=ast.Constant()):
            return
        case ast.Expr() | ast.AugAssign() | ast.Raise() | ast.Break() | ast.Continue():
            yield lambda target, body: _replace(target, ast.Pass(), body)
        case ast.Return(value=ast.Constant(value=None)):
            return
        case ast.Return(value=ast.expr()):
            yield _setting("value", ast.Constant(None))
        case ast.Match(cases=[_, _, *_] as cases):
            for place in range(len(cases)):
                yield partial(_drop_case, place)


def _drop_case(place: int, target: ast.Match, _: Any) -> None:
    target.shown = f"match without {ast.unparse(target.cases[place].pattern)}"  # type: ignore[attr-defined]
    del target.cases[place]


def _replace(target: Any, other: ast.AST, body: Any) -> None:
    """Put another node in the place of one; what is shown is the other."""
    for parent in ast.walk(body):
        for name, value in ast.iter_fields(parent):
            if value is target:
                setattr(parent, name, other)
            elif isinstance(value, list) and any(each is target for each in value):
                value[[each is target for each in value].index(True)] = other
    target.shown = ast.unparse(ast.fix_missing_locations(ast.copy_location(other, target)))
