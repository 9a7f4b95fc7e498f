"""Production's generated code for `like`, for all patterns and texts: each form of pattern asks what its matcher would.

Owns the evaluation of the code on symbols: its literals are the prefix and the suffix, of which nothing is known.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from itertools import product
from typing import Any

import z3

from drt.proofs.explore import explore
from drt.proofs.patterns_production import (
    KNOWN,
    LENGTH,
    PREFIX,
    SUFFIX,
    AnyText,
    Piece,
    Text,
    occurs,
    size_of,
)
from drt.proofs.symbols import formula, refuse
from drt.proofs.theorem import Counterexample, Goal
from production.execution import codegen_operators
from production.execution.codegen_writer import Operand, Writer
from production.language.wildcard import Wildcard

NOTHING = z3.Const("nothing", Text)
WORDS = {"prefix": PREFIX, "suffix": SUFFIX, "": NOTHING}
EMPTY = (size_of(NOTHING) == 0, occurs(NOTHING, 0), occurs(NOTHING, LENGTH))
"""The empty text occurs everywhere; here, at both ends."""


def code_for(pattern: Wildcard) -> tuple[str, dict[str, Any]]:
    """Return the expression that is generated for a text called `text`, and the objects that it names."""
    out = Writer(lambda status: status)
    out.stack.append(Operand("text", str, 0))
    codegen_operators.write_like(out, pattern)
    [made] = out.stack
    return (made.code, out.names) if made.kind is bool and not out.lines else refuse("code of another form")


class _Literals(ast.NodeTransformer):
    """Puts names in the place of texts."""

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        return (
            ast.Name(f"word_{node.value}", ast.Load())
            if node.value in WORDS
            else refuse(f"the literal {node.value!r}")
        )


def goal(decode: Callable[[Any], Counterexample]) -> Goal:
    """Return the obligation about every form of pattern: with a star or none, a prefix, pieces, a suffix, or none of them."""
    claims = [_is_right(Wildcard("prefix"))]
    for prefix, pieces, suffix in product(("", "prefix"), ((), ("piece",)), ("", "suffix")):
        claims.append(_is_right(Wildcard(prefix, pieces, suffix, starred=True)))
    return Goal("generated code asks what the matcher would", z3.And(*claims), (*KNOWN, *EMPTY), decode)


def _is_right(pattern: Wildcard) -> Any:
    """State that the code for a pattern gives what its form means, or calls its matcher."""
    text, held = code_for(pattern)
    if text in [f"{name}.matches(text)" for name, one in held.items() if one is pattern]:
        return z3.BoolVal(True)
    if pattern.pieces:
        return z3.BoolVal(False)
    tree = ast.fix_missing_locations(_Literals().visit(ast.parse(text, mode="eval")))
    code = compile(tree, "<generated like>", "eval")
    names = {"text": AnyText(), **{f"word_{word}": Piece(term) for word, term in WORDS.items()}}
    paths = explore(lambda: eval(code, names))
    return z3.And(*(z3.Implies(path.condition, formula(path.value) == _means(pattern)) for path in paths))


def _means(pattern: Wildcard) -> Any:
    """Return what a pattern without pieces means: a whole text, or a prefix and a suffix that do not overlap."""
    prefix, suffix = WORDS[pattern.prefix], WORDS[pattern.suffix]
    if not pattern.starred:
        return z3.And(occurs(prefix, 0), size_of(prefix) == LENGTH)
    end = LENGTH - size_of(suffix)
    return z3.And(occurs(prefix, 0), size_of(prefix) <= end, occurs(suffix, end))
