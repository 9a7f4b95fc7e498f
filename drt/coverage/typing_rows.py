"""The rows of the type checker (spec 08 §6, §12): which a case reaches, of those that there are.

Owns the classes of typing cases: what is tested, on what kind of operand, and which type it has.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from itertools import chain, islice

from drt.engines.reference_engine import LoadedReference
from reference import syntax as ast
from reference.policies import Body, condition
from reference.schema.schema import Schema
from reference.schema.types import EntityType, FalseType, RecordType, TrueType, Type
from reference.validation.attributes import attributes_of
from reference.validation.judgement import Typed
from reference.validation.policies import Checked, check_everywhere

PREFIX = "input: typing: "
MOST_CHECKS = 8
"""Environments in which a policy is checked, at most."""

_TRUTH = ("True", "False", "Bool")
_HOLDERS = ("a record", "an open record", "an entity", "several entity types")
_ROWS: dict[str, tuple[str, ...]] = {
    **{f"has of {holder}": _TRUTH for holder in ("a record", "an entity", "several entity types")},
    "has of an open record": ("True", "Bool"),
    **{f"attribute of {holder}": ("required", "tested", "untested", "undeclared") for holder in _HOLDERS},
    "tested": ("a variable", "an attribute", "a tag", "if", "a literal"),
    "has path": _TRUTH,
    "hasTag": _TRUTH,
    "getTag": ("tested", "untested", "no bound"),
    "&&": ("False", *(f"{a}, {b}" for a in ("True", "Bool") for b in _TRUTH)),
    "||": ("True", *(f"{a}, {b}" for a in ("False", "Bool") for b in _TRUTH)),
    "if": ("decided", "one type", "a bound", "no bound"),
    "==": ("other entity types", "literals", "comparable types", "no bound"),
    "in": _TRUTH,
    "is": _TRUTH,
    "is in": ("True", "Bool", "False, second half not reached", "False by the second half"),
    "set": ("empty", "one type", "a bound", "no bound"),
}  # fmt: skip
TYPING_ROWS = tuple(f"{PREFIX}{form}: {row}" for form, rows in _ROWS.items() for row in rows)
"""Every row, under the name of its event."""


def typing_rows(loaded: LoadedReference) -> Iterator[str]:
    """Yield the rows that the policies of a case reach, in either mode; none without a whole schema."""
    schema = loaded.schema
    if schema is None or schema.externals():
        return
    bodies = (*loaded.policy_set.static.values(), *loaded.policy_set.templates.values())
    for permissive in (False, True):
        for checked in chain.from_iterable(_checks(body, schema, permissive=permissive) for body in bodies):
            wrong = {(problem.kind, id(problem.expr)) for problem in checked.problems}
            waiting = [checked.typed]
            while waiting:
                typed = waiting.pop()
                waiting += typed.parts
                found = {kind for kind, place in wrong if place == id(typed.expr)}
                yield from (PREFIX + row for row in _rows(typed, found, schema))


def _checks(body: Body, schema: Schema, *, permissive: bool) -> Iterator[Checked]:
    return islice(check_everywhere(body, condition(body), schema, permissive=permissive), MOST_CHECKS)


def _rows(typed: Typed, wrong: Set[str], schema: Schema) -> Iterator[str]:
    """Yield the rows of one form, of which `wrong` was reported."""
    parts = tuple(part.type for part in typed.parts)
    truth = _truth(typed.type)
    match typed.expr:
        case ast.HasAttr() if holder := _holder(parts[0]):
            yield f"has of {holder}: {truth}"
        case ast.GetAttr(operand, attr) if holder := _holder(parts[0]):
            declared = attributes_of(parts[0], schema).attributes.get(attr)
            if declared is None or declared.required:
                yield f"attribute of {holder}: {'undeclared' if declared is None else 'required'}"
            elif "unsafe_optional_attribute_access" in wrong:
                yield f"attribute of {holder}: untested"
            else:
                yield f"attribute of {holder}: tested"
                yield f"tested: {_target(operand)}"
        case ast.HasPath():
            yield f"has path: {truth}"
        case ast.Binary("hasTag") if isinstance(parts[0], EntityType):
            yield f"hasTag: {truth}"
        case ast.Binary("getTag", operand) if isinstance(parts[0], EntityType):
            if "unsafe_tag_access" in wrong:
                yield "getTag: untested"
            else:
                yield f"getTag: {'no bound' if 'incompatible_types' in wrong else 'tested'}"
                yield f"tested: {_target(operand)}"
        case ast.And() | ast.Or():
            name = "&&" if isinstance(typed.expr, ast.And) else "||"
            yield f"{name}: {', '.join(map(_truth, parts))}"
        case ast.If():
            yield f"if: {_bound(parts[1:], wrong) if len(parts) == 3 else 'decided'}"
        case ast.Binary("==" | "!=", left, right):
            yield f"==: {_equality(left, right, parts, wrong)}"
        case ast.Binary("in"):
            yield f"in: {truth}"
        case ast.Is():
            yield f"is: {truth}"
        case ast.IsIn() if truth == "False":
            yield f"is in: False{' by the second half' if len(parts) > 1 else ', second half not reached'}"
        case ast.IsIn():
            yield f"is in: {truth}"
        case ast.SetOf():
            yield f"set: {_bound(parts, wrong) if parts else 'empty'}"


def _holder(type_: Type) -> str | None:
    match type_:
        case RecordType(open=is_open):
            return "an open record" if is_open else "a record"
        case EntityType(names):
            return "an entity" if len(names) == 1 else "several entity types"
        case _:
            return None


def _truth(type_: Type) -> str:
    match type_:
        case TrueType():
            return "True"
        case FalseType():
            return "False"
        case _:
            return "Bool"


def _target(expr: ast.Expr) -> str:
    match expr:
        case ast.Var():
            return "a variable"
        case ast.GetAttr():
            return "an attribute"
        case ast.If():
            return "if"
        case ast.Lit():
            return "a literal"
        case _:
            return "a tag"


def _bound(types: tuple[Type, ...], wrong: Set[str]) -> str:
    if "incompatible_types" in wrong:
        return "no bound"
    return "one type" if all(type_ == types[0] for type_ in types) else "a bound"


def _equality(left: ast.Expr, right: ast.Expr, types: tuple[Type, ...], wrong: Set[str]) -> str:
    match types:
        case EntityType(names), EntityType(others) if names.isdisjoint(others):
            return "other entity types"
    if isinstance(left, ast.Lit) and isinstance(right, ast.Lit):
        return "literals"
    return "no bound" if "incompatible_types" in wrong else "comparable types"
