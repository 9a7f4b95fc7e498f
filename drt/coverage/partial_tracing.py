"""Partial evaluation that reports each row of spec 09 §4 that it applies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from drt.coverage.partial_rows import PREFIX
from drt.engines.reference_engine import LoadedReference
from drt.model.case import Case
from reference import syntax as ast
from reference.errors import InputError
from reference.partial.decisions import decided_by_type
from reference.partial.errors import Refusal
from reference.partial.evaluator import PartialEvaluator
from reference.partial.residuals import Failing, Known, Open, Residual, error_free
from reference.partial.typed import typed_condition
from reference.schema.schema import Schema
from reference.values import Bool, EntityUid, Record, Set


@dataclass(frozen=True)
class TracedEvaluator(PartialEvaluator):
    """A partial evaluator that reports the row of each node."""

    seen: Callable[[str], None]

    def node(self, node: Open) -> Residual:
        """Evaluate a node whose operands are evaluated, and report it."""
        result = super().node(node)
        self.seen(PREFIX + self.row(node, result))
        return result

    def row(self, node: Open, result: Residual) -> str:
        """Name the row by which a node has a result."""
        if decided_by_type(node, self.schema) is not None:
            return f"by type: {_type_test(node, result)}"
        if _undecided(node, self.schema):
            self.seen(f"{PREFIX}by type: undecided, as an operand may err")
        match node.form, node.parts:
            case ast.Var(name), _:
                return f"{name}: {'unknown' if result is node else 'known'}"
            case ast.And(), (left, right):
                return f"&&: {_connective(left, right, stops=False)}"
            case ast.Or(), (left, right):
                return f"||: {_connective(left, right, stops=True)}"
            case ast.If(), (condition, _, _):
                return f"if: {_condition(condition)}"
            case ast.Binary("in"), (Known(EntityUid() as uid), Known(group)):
                return self._in(uid, group)
            case ast.Binary("hasTag" | "getTag" as op), (Known(), Known()):
                return f"{op}: {_found(node, result)}"
            case ast.GetAttr(), (Known(value),):
                return f"attribute of {_holder(value)}: {_found(node, result)}"
            case ast.HasAttr(), (Known(value),):
                return f"has of {_holder(value)}: {_found(node, result)}"
            case ast.HasPath(), (Known(),):
                return f"has path: {'stopped' if isinstance(result, Open) else _found(node, result)}"
            case _:
                return f"{_form(node)}: {_generic(node, result)}"

    def _in(self, uid: EntityUid, group: object) -> str:
        groups = group.elements if isinstance(group, Set) else frozenset([group])
        form = "in a set" if isinstance(group, Set) else "in"
        ancestors = self.entities.ancestors(uid)
        if uid in groups:
            return f"{form}: the entity itself"
        if not groups:
            return f"{form}: empty"
        if ancestors is None:
            return f"{form}: unknown ancestors"
        return f"{form}: {'no' if ancestors.isdisjoint(groups) else 'an'} ancestor"


def _undecided(node: Open, schema: Schema) -> bool:
    """Return whether types would decide a test if none of its operands could err."""
    if all(error_free(part) for part in node.parts):
        return False
    free = tuple(Open(ast.Var("context"), part.type) for part in node.parts)
    return decided_by_type(Open(node.form, node.type, free), schema) is not None


def _type_test(node: Open, result: Residual) -> str:
    match node.form:
        case ast.Is():
            same = isinstance(result, Known) and result.value == Bool(True)
            return "is, of the type" if same else "is, of another type"
        case ast.Binary(op):
            return op
        case form:
            return "has path" if isinstance(form, ast.HasPath) else "has"


def _connective(left: Residual, right: Residual, *, stops: bool) -> str:
    match left, right:
        case Known(Bool(truth)), _:
            return f"left {'true' if truth else 'false'}"
        case Failing(), _:
            return "left errs"
        case _, Known(Bool(truth)) if truth != stops:
            return f"right {'true' if truth else 'false'}"
        case _, Known(Bool(truth)):
            may = "free of errors" if error_free(left) else "may err"
            return f"right {'true' if truth else 'false'}, left {may}"
        case _:
            return "rebuilt"


def _condition(condition: Residual) -> str:
    match condition:
        case Known(Bool(truth)):
            return f"condition {'true' if truth else 'false'}"
        case Failing():
            return "condition errs"
        case _:
            return "rebuilt"


def _found(node: Open, result: Residual) -> str:
    tests = isinstance(node.form, ast.HasAttr | ast.HasPath) or (
        isinstance(node.form, ast.Binary) and node.form.op == "hasTag"
    )
    match result:
        case Known(Bool(False)) if tests:
            return "missing"
        case Known():
            return "there"
        case Failing():
            return "missing"
        case _:
            return "unknown"


def _holder(value: object) -> str:
    return "a record" if isinstance(value, Record) else "an entity"


def _form(node: Open) -> str:
    match node.form:
        case ast.Unary() | ast.Like() | ast.Is():
            return "unary"
        case ast.Binary():
            return "binary"
        case ast.GetAttr():
            return "attribute"
        case ast.HasAttr():
            return "has"
        case ast.HasPath():
            return "has path"
        case _:
            return "set, record or call"


def _generic(node: Open, result: Residual) -> str:
    if any(isinstance(part, Failing) for part in node.parts):
        return "an operand errs"
    match result:
        case Known():
            return "applied"
        case Failing():
            return "fails"
        case _:
            return "rebuilt"


def partial_rows(loaded: LoadedReference, case: Case) -> Iterator[str]:
    """Yield the rows that the partial inputs of a case reach; what is refused reaches none."""
    if loaded.partial is None:
        return
    found: list[str] = []
    for partial in case.partials:
        try:
            response = loaded.partial.response(partial.request, partial.entities)
        except (InputError, Refusal):
            continue
        request, schema = response.request, response.schema
        evaluator = TracedEvaluator(request, response.entities, schema, found.append)
        known = loaded.policy_set
        for policy_id, policy in response.policies.items():
            link = known.links.get(policy_id)
            values = {} if link is None else link.values
            evaluator.pe(typed_condition(policy_id, policy.body, values, request, schema))
    yield from found
