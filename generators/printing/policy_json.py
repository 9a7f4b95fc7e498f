"""Policies as policy-set JSON (spec 06).

An odd spelling uses the other forms of the same thing: escaped uids, literals written as values, one-element
`has` lists, patterns character by character.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from generators.draw.syntax import (
    ActionConstraint,
    Binary,
    Call,
    Constraint,
    Expr,
    GetAttr,
    Has,
    If,
    Is,
    Like,
    Link,
    Lit,
    Policy,
    RecordLit,
    SetLit,
    Slot,
    Uid,
    Unary,
    Var,
    policy_ids,
)
from generators.language import FUNCTIONS
from generators.printing.spelling import PLAIN, Spelling

Json = Any
"""A JSON value in Python's own kinds."""


def policy_set_json(
    policies: Sequence[Policy], links: Sequence[Link] = (), spelling: Spelling = PLAIN
) -> Json:
    """Write a policy set under the ids that its text would give it, with these links in it."""
    writer = _Writer(spelling)
    static: dict[str, Json] = {}
    templates: dict[str, Json] = {}
    for id_, policy in zip(policy_ids(tuple(policies)), policies, strict=True):
        (templates if policy.slots else static)[id_] = writer.policy(policy)
    made = [
        {
            "templateId": link.template,
            "newId": link.new_id,
            "values": {slot: writer.uid(uid) for slot, uid in link.values},
        }
        for link in links
    ]
    return {"staticPolicies": static, "templates": templates, "templateLinks": made}


def policy_json(policy: Policy) -> Json:
    """Write one policy, plainly (spec 06 §2)."""
    return _Writer(PLAIN).policy(policy)


def expression_json(expr: Expr) -> Json:
    """Write one expression, plainly (spec 06 §3)."""
    return _Writer(PLAIN).expression(expr)


class _Writer:
    """A writer of JSON forms in one spelling."""

    __slots__ = ("odd",)

    def __init__(self, spelling: Spelling) -> None:
        self.odd = spelling.odd

    def policy(self, policy: Policy) -> Json:
        """Write one policy (spec 06 §2)."""
        document: dict[str, Json] = {
            "effect": policy.effect,
            "principal": self._constraint(policy.principal),
            "action": self._action(policy.action),
            "resource": self._constraint(policy.resource),
            "conditions": [{"kind": c.kind, "body": self.expression(c.body)} for c in policy.conditions],
        }
        if policy.annotations:
            document["annotations"] = dict(policy.annotations)
        return document

    def uid(self, uid: Uid) -> Json:
        plain = {"type": uid.type, "id": uid.id}
        return {"__entity": plain} if self.odd(8) else plain

    def _constraint(self, constraint: Constraint) -> Json:
        entity = constraint.entity
        target: dict[str, Json] = {}
        if isinstance(entity, Slot):
            target = {"slot": entity.name}
        elif entity is not None:
            target = {"entity": self.uid(entity)}
        match constraint.op:
            case "":
                return {"op": "All"}
            case "is":
                return {"op": "is", "entity_type": constraint.type}
            case "is in":
                return {"op": "is", "entity_type": constraint.type, "in": target}
            case op:
                return {"op": op, **target}

    def _action(self, constraint: ActionConstraint) -> Json:
        match constraint.op:
            case "":
                return {"op": "All"}
            case "in []" if len(constraint.actions) != 1:
                return {"op": "in", "entities": [self.uid(uid) for uid in constraint.actions]}
            case "in []":
                return {"op": "in", "entity": self.uid(constraint.actions[0])}
            case op:
                return {"op": op, "entity": self.uid(constraint.actions[0])}

    def expression(self, expr: Expr) -> Json:
        """Write one expression (spec 06 §3)."""
        match expr:
            case Lit(Uid() as uid):
                return {"Value": {"__entity": {"type": uid.type, "id": uid.id}}}
            case Lit(value):
                return {"Value": value}
            case Var(name):
                return {"Var": name}
            case Unary(op, arg):
                return {op: {"arg": self.expression(arg)}}
            case Binary(op, left, right):
                return {op: {"left": self.expression(left), "right": self.expression(right)}}
            case GetAttr(left, attr):
                return {".": {"left": self.expression(left), "attr": attr}}
            case Has(left, attrs):
                return {
                    "has": {
                        "left": self.expression(left),
                        "attr": attrs[0] if len(attrs) == 1 and not self.odd(4) else list(attrs),
                    }
                }
            case Like(left, pattern):
                return {"like": {"left": self.expression(left), "pattern": self._pattern(pattern)}}
            case Is(left, type_name, None):
                return {"is": {"left": self.expression(left), "entity_type": type_name}}
            case Is(left, type_name, container) if container is not None:
                written = self.expression(container)
                return {"is": {"left": self.expression(left), "entity_type": type_name, "in": written}}
            case If(condition, then, otherwise):
                parts = zip(("if", "then", "else"), (condition, then, otherwise), strict=True)
                return {"if-then-else": {word: self.expression(part) for word, part in parts}}
            case SetLit() | RecordLit() | Call() if self.odd(3) and (value := _as_value(expr)) is not None:
                return {"Value": value}
            case SetLit(items):
                return {"Set": [self.expression(item) for item in items]}
            case RecordLit(items):
                return {"Record": {key: self.expression(item) for key, item in items}}
            case Call(name, args):
                return {name: [self.expression(arg) for arg in args]}
        raise AssertionError(expr)

    def _pattern(self, pattern: tuple[str | None, ...]) -> list[Json]:
        pieces: list[Json] = []
        for piece in pattern:
            if piece is None:
                pieces.append("Wildcard")
            elif self.odd(2):
                pieces.extend({"Literal": char} for char in piece)
            else:
                pieces.append({"Literal": piece})
        return pieces


def _as_value(expr: Expr) -> Json:
    """Write a literal as one value with escapes (spec 06 §3.1); None where it would be read as another."""
    match expr:
        case Lit(Uid() as uid):
            return {"__entity": {"type": uid.type, "id": uid.id}}
        case Lit(value):
            return value
        case SetLit(items):
            values = [_as_value(item) for item in items]
            return None if None in values else values
        case RecordLit(items):
            fields = {key: _as_value(item) for key, item in items}
            return None if None in fields.values() or any(key.startswith("__") for key in fields) else fields
        case Call(name, (Lit(str() as text),)) if name in FUNCTIONS:
            return {"__extn": {"fn": name, "arg": text}}
        case _:
            return None
