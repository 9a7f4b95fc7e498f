"""Generated code for `&&`, `||`, `if`, `is … in` and guards.

A branch in which no statement had to be written becomes an expression.
"""

from __future__ import annotations

from ..language.uids import Uid
from .codegen_operators import write_in
from .codegen_writer import TYPE, Branch, Operand, Writer


def _open(out: Writer, header: str, condition: Operand, result: str) -> None:
    out.branches.append(Branch(result, len(out.lines), condition))
    out.line(f"if {header}:")
    out.indent += 1


def write_left(out: Writer, negation: str) -> None:
    """Generate the test of the left operand of `&&` or `||`."""
    condition = out.stack.pop()
    out.require(condition, bool)
    result = out.fresh()
    out.line(f"{result} = {condition.code}")
    _open(out, negation + result, condition, result)


def write_right(out: Writer, word: str) -> None:
    """Generate the end of `&&` or `||`."""
    value = out.stack.pop()
    out.require(value, bool)
    branch = out.branches.pop()
    out.indent -= 1
    if len(out.lines) == branch.header + 1:
        del out.lines[branch.header - 1 :]
        out.push(f"({branch.condition.code} {word} {value.code})", bool, branch.condition, value)
        return
    out.lines.append(" " * (out.indent + 1) + f"{branch.result} = {value.code}")
    out.stack.append(Operand(branch.result, bool))


def write_if(out: Writer, argument: object) -> None:
    """Generate the test of an `if`."""
    condition = out.stack.pop()
    out.require(condition, bool)
    _open(out, condition.code, condition, out.fresh())


def write_else(out: Writer, argument: object) -> None:
    """Generate the step from `then` to `else`."""
    branch = out.branches[-1]
    branch.then = out.stack.pop()
    out.line(f"{branch.result} = {branch.then.code}")
    out.indent -= 1
    out.line("else:")
    out.indent += 1


def write_end_if(out: Writer, argument: object) -> None:
    """Generate the end of an `if`."""
    otherwise = out.stack.pop()
    branch = out.branches.pop()
    assert branch.then is not None
    out.line(f"{branch.result} = {otherwise.code}")
    out.indent -= 1
    kind = otherwise.kind if otherwise.kind is branch.then.kind else None
    type_ = otherwise.type if otherwise.type is branch.then.type else None
    out.stack.append(Operand(branch.result, kind, type=type_))


def write_is_left(out: Writer, argument: tuple[str, int]) -> None:
    """Generate the type test of `is … in`."""
    target = out.stack[-1]
    out.require(target, Uid)
    result = out.fresh()
    out.line(f"{result} = False")
    _open(out, f"{out.atom(target)}.type == {argument[0]!r}", target, result)


def write_is_right(out: Writer, argument: object) -> None:
    """Generate the end of `is … in`."""
    write_in(out, None)
    value = out.stack.pop()
    branch = out.branches.pop()
    out.line(f"{branch.result} = {value.code}")
    out.indent -= 1
    out.stack.append(Operand(branch.result, bool))


def write_guard(out: Writer, wanted: bool) -> None:
    """Generate the return from a rule whose clause is not what is `wanted`."""
    value = out.stack.pop()
    if value.code in ("True", "False"):
        if (value.code == "True") is not wanted:
            out.line(out.ending("0"))
            out.dead = True
        return
    if value.kind is bool:
        out.line(f"if {'not ' if wanted else ''}{value.code}: {out.ending('0')}")
        return
    code = out.atom(value)
    out.fail(f"{code} is not {wanted}", f"(0 if {code} is {not wanted} else {TYPE})")
