"""Partial evaluation (spec 09 §4): read this first.

The rows are those of the tables in spec 09 §4.2 to §4.4, in their order; names bound in a row are results on
operands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reference import evaluator as apply
from reference import syntax as ast
from reference.desugar import has_path
from reference.entities import EMPTY
from reference.partial.application import all_known, applied, built, found, values_of
from reference.partial.decisions import decided_by_type
from reference.partial.request import PartialRequest
from reference.partial.residuals import Failing, Known, Open, Residual, each_once, error_free
from reference.partial.store import PartialEntities
from reference.schema.schema import Schema
from reference.schema.types import entity
from reference.values import FALSE, TRUE, Bool, EntityUid, Record, Set, String, Value, boolean


@dataclass(frozen=True, slots=True)
class PartialEvaluator:
    """What is known of the request and of the entities, and the schema that both conform to."""

    request: PartialRequest
    entities: PartialEntities
    schema: Schema

    def pe(self, e: Residual) -> Residual:
        """Evaluate a typed expression or a residual as far as possible: operands first."""
        match e:
            case Known() | Failing():
                return e
            case Open(form, type_, parts):
                done = {id(part): self.pe(part) for part in each_once(parts)}
                return self.node(Open(form, type_, tuple([done[id(part)] for part in parts])))

    def node(self, node: Open) -> Residual:
        """Evaluate a node whose operands are evaluated: by types, else by the rules."""
        decided = decided_by_type(node, self.schema)
        return self.rule(node) if decided is None else Known(boolean(decided), node.type)

    def rule(self, node: Open) -> Residual:
        """Apply the first row of spec 09 §4.2 that fits. Returning the node rebuilds it."""
        match node.form, node.parts:
            case ast.Var(name), _:
                value = self.request.variable(name)
                return node if value is None else Known(value, node.type)
            case ast.And(), (left, right):
                return conjunction(node, left, right)
            case ast.Or(), (left, right):
                return disjunction(node, left, right)
            case ast.If(), (c, t, f):
                return conditional(node, c, t, f)
            case ast.Unary(op), (Known(v),):
                return applied(node, lambda: apply.unary(op, v))
            case ast.Like(_, pattern), (Known(v),):
                return applied(node, lambda: apply.like(v, pattern))
            case ast.Is(_, name), (Known(v),):
                return applied(node, lambda: apply.is_type(v, name))
            case ast.Binary("in"), (Known(EntityUid() as u), Known(v)):
                return self.membership(node, u, v)
            case ast.Binary("hasTag"), (Known(EntityUid() as u), Known(String(key))):
                tags = self.entities.tags(u)
                return node if tags is None else Known(boolean(key in tags), node.type)
            case ast.Binary("getTag"), (Known(EntityUid() as u), Known(String(key))):
                return found(node, key, self.entities.tags(u))
            case ast.Binary(operator), (Known(v), Known(w)):
                return applied(node, lambda: apply.binary(operator, v, w, EMPTY))
            case ast.GetAttr(_, attr), (Known(v),):
                return found(node, attr, self.attributes(v))
            case ast.HasAttr(_, attr), (Known(v),):
                fields = self.attributes(v)
                return node if fields is None else Known(boolean(attr in fields), node.type)
            case ast.HasPath(_, path), (Known(v),):
                return self.path(node, v, path)
            case ((ast.SetOf() | ast.RecordOf() | ast.Call()), parts) if all_known(parts):
                return applied(node, lambda: built(node.form, values_of(parts)))
            case _, parts if any(isinstance(part, Failing) for part in parts):
                return Failing(node.type)
            case _:
                return node

    def membership(self, node: Open, u: EntityUid, group: Value) -> Residual:
        """Apply `in` to values (spec 09 §4.3): only the ancestors of the left entity are used."""
        ancestors = self.entities.ancestors(u)
        groups = group.elements if isinstance(group, Set) else frozenset([group])
        if u in groups or (ancestors is not None and not ancestors.isdisjoint(groups)):
            return Known(TRUE, node.type)
        if not groups or ancestors is not None:
            return Known(FALSE, node.type)
        return node

    def path(self, node: Open, v: Value, path: tuple[str, ...]) -> Residual:
        """Apply extended `has` to a value (spec 09 §4.4), up to the first entity with unknown attributes."""
        for place, attr in enumerate(path):
            fields = self.attributes(v)
            if fields is None and isinstance(v, EntityUid):
                stopped_at = Known(v, entity(v.type))
                form = has_path(ast.Lit(v), path[place:])
                rest = Open(form, node.type, (stopped_at,))
                decided = decided_by_type(rest, self.schema)
                return rest if decided is None else Known(boolean(decided), node.type)
            if fields is None or attr not in fields:
                return Known(FALSE, node.type)
            v = fields[attr]
        return Known(TRUE, node.type)

    def attributes(self, v: Value) -> Mapping[str, Value] | None:
        """Return the fields of a record, or the attributes of an entity; None while they are unknown."""
        match v:
            case Record(fields):
                return fields
            case EntityUid():
                return self.entities.attrs(v)
            case _:
                raise AssertionError("a well-typed operand is a record or an entity")


def conjunction(node: Open, left: Residual, right: Residual) -> Residual:
    """Apply the row of `And`."""
    match left, right:
        case Known(Bool(truth)), _:
            return right if truth else left
        case Failing(), _:
            return left
        case _, Known(Bool(True)):
            return left
        case _, Known(Bool(False)) if error_free(left):
            return right
        case _:
            return node


def disjunction(node: Open, left: Residual, right: Residual) -> Residual:
    """Apply the row of `Or`."""
    match left, right:
        case Known(Bool(truth)), _:
            return left if truth else right
        case Failing(), _:
            return left
        case _, Known(Bool(False)):
            return left
        case _, Known(Bool(True)) if error_free(left):
            return right
        case _:
            return node


def conditional(node: Open, c: Residual, t: Residual, f: Residual) -> Residual:
    """Apply the row of `If`; equal branches do not decide it."""
    match c:
        case Known(Bool(truth)):
            return t if truth else f
        case Failing():
            return Failing(node.type)
        case _:
            return node
