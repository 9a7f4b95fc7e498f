"""The naive engine: a recursive function over each policy's JSON tree, without index or compilation.

It is the measure for policies that err. It evaluates the whole core of the language, and refuses to read
extension functions, tags and templates, which none of its workloads holds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from operator import add, ge, gt, le, lt, mul, sub
from typing import Any, NamedTuple, TypeAlias

from drt.bench.contestants.contestant import Answer, Prepared
from drt.bench.contestants.production import policies_json
from drt.bench.workload import Json, Workload

Value: TypeAlias = Any


class Uid(NamedTuple):
    """An entity's uid."""

    type: str
    id: str


class Fault(Exception):
    """A policy errs, in the way that `args[0]` names."""


@dataclass(frozen=True, slots=True)
class Entity:
    """Attributes and direct parents."""

    attrs: Mapping[str, Value]
    parents: frozenset[Uid]


@dataclass(frozen=True, slots=True)
class Situation:
    """A request and the store; the variables by their names."""

    variables: Mapping[str, Value]
    entities: Mapping[Uid, Entity]

    def below(self, uid: Uid, ancestor: Uid) -> bool:
        """Whether the entity is the other or has it above."""
        seen, left = {uid}, [uid]
        while left:
            here = left.pop()
            if here == ancestor:
                return True
            entity = self.entities.get(here)
            fresh = entity.parents - seen if entity else frozenset()
            seen |= fresh
            left.extend(fresh)
        return False


_ARITHMETIC = {"+": add, "-": sub, "*": mul}
_ORDER = {"<": lt, "<=": le, ">": gt, ">=": ge}


def walk(tree: Json, at: Situation) -> Value:
    """Evaluate an expression; raises `Fault`."""
    ((operator, operands),) = tree.items()
    match operator:
        case "Value":
            return read_value(operands)
        case "Var":
            return at.variables[operands]
        case "&&" | "||":
            stop = operator == "||"
            left = _typed(bool, walk(operands["left"], at))
            return left if left is stop else _typed(bool, walk(operands["right"], at))
        case "if-then-else":
            taken = "then" if _typed(bool, walk(operands["if"], at)) else "else"
            return walk(operands[taken], at)
        case "!":
            return not _typed(bool, walk(operands["arg"], at))
        case "neg":
            return _in_range(-_typed(int, walk(operands["arg"], at)))
        case "." | "has":
            return _attribute(operator, walk(operands["left"], at), operands["attr"], at)
        case "is":
            return _typed(Uid, walk(operands["left"], at)).type == operands["entity_type"] and (
                "in" not in operands or _within(walk(operands["left"], at), walk(operands["in"], at), at)
            )
        case "like":
            return _like(_typed(str, walk(operands["left"], at)), operands["pattern"])
        case "isEmpty":
            return not _typed(list, walk(operands["arg"], at))
        case "Set":
            return [walk(each, at) for each in operands]
        case "Record":
            return {name: walk(each, at) for name, each in operands.items()}
    return _binary(operator, walk(operands["left"], at), walk(operands["right"], at), at)


def _binary(operator: str, left: Value, right: Value, at: Situation) -> Value:
    match operator:
        case "==" | "!=":
            return equal(left, right) is (operator == "==")
        case "+" | "-" | "*":
            return _in_range(_ARITHMETIC[operator](_typed(int, left), _typed(int, right)))
        case "<" | "<=" | ">" | ">=":
            return _ORDER[operator](_typed(int, left), _typed(int, right))
        case "in":
            return _within(left, right, at)
        case "contains":
            return any(equal(right, each) for each in _typed(list, left))
        case "containsAll" | "containsAny":
            quantifier = all if operator == "containsAll" else any
            held = _typed(list, left)
            return quantifier(any(equal(one, each) for each in held) for one in _typed(list, right))
    raise ValueError(f"the naive walk does not know {operator}")


def _typed(wanted: type, value: Value) -> Value:
    if type(value) is not wanted:
        raise Fault("type")
    return value


def _in_range(number: int) -> int:
    if not -(2**63) <= number < 2**63:
        raise Fault("overflow")
    return number


def equal(left: Value, right: Value) -> bool:
    """Equality of values; values of different types are unequal."""
    if type(left) is not type(right):
        return False
    if type(left) is list:
        return all(any(equal(a, b) for b in right) for a in left) and all(
            any(equal(a, b) for b in left) for a in right
        )
    if type(left) is dict:
        return left.keys() == right.keys() and all(equal(each, right[name]) for name, each in left.items())
    return bool(left == right)


def _attribute(operator: str, base: Value, name: str, at: Situation) -> Value:
    if type(base) is Uid:
        entity = at.entities.get(base)
        if entity is None and operator == ".":
            raise Fault("entity-missing")
        base = entity.attrs if entity else {}
    attrs = _typed(dict, base)
    if operator == "has":
        return name in attrs
    if name not in attrs:
        raise Fault("attr-missing")
    return attrs[name]


def _within(left: Value, right: Value, at: Situation) -> bool:
    above = right if type(right) is list else [right]
    below, wanted = _typed(Uid, left), [_typed(Uid, each) for each in above]
    return any(at.below(below, each) for each in wanted)


def _like(text: str, pattern: list[Any]) -> bool:
    """Greedy matching with one point to come back to."""
    place = step = 0
    star, resume = -1, 0
    pieces = [each if each == "Wildcard" else each["Literal"] for each in pattern]
    while place < len(text):
        if step < len(pieces) and pattern[step] == "Wildcard":
            star, resume, step = step, place, step + 1
        elif step < len(pieces) and text.startswith(pieces[step], place):
            place, step = place + len(pieces[step]), step + 1
        elif star >= 0:
            resume, step = resume + 1, star + 1
            place = resume
        else:
            return False
    return all(each == "Wildcard" for each in pattern[step:])


def read_value(value: Any) -> Value:
    """Read a value of entity JSON, a request's context or a literal."""
    if isinstance(value, dict):
        if "__entity" in value:
            return Uid(**value["__entity"])
        return {name: read_value(each) for name, each in value.items()}
    return [read_value(each) for each in value] if isinstance(value, list) else value


def _scope(constraint: Json, uid: Uid, at: Situation) -> bool:
    match constraint["op"]:
        case "All":
            return True
        case "==":
            return uid == Uid(**constraint["entity"])
        case "in":
            above = constraint.get("entities") or [constraint["entity"]]
            return any(at.below(uid, Uid(**each)) for each in above)
        case "is":
            inner = constraint.get("in")
            return uid.type == constraint["entity_type"] and (
                inner is None or at.below(uid, Uid(**inner["entity"]))
            )
    raise ValueError(f"the naive walk does not know the scope {constraint['op']}")


def _satisfied(policy: Json, at: Situation) -> bool:
    if not all(_scope(policy[name], at.variables[name], at) for name in ("principal", "action", "resource")):
        return False
    return all(
        _typed(bool, walk(each["body"], at)) is (each["kind"] == "when") for each in policy["conditions"]
    )


def authorize(policies: Mapping[str, Json], entities: Mapping[Uid, Entity], variables: Json) -> Answer:
    """Every policy in turn, then the decision."""
    at = Situation(variables, entities)
    satisfied: dict[str, list[str]] = {"permit": [], "forbid": []}
    errors = []
    for policy_id, policy in policies.items():
        try:
            if _satisfied(policy, at):
                satisfied[policy["effect"]].append(policy_id)
        except Fault as fault:
            errors.append((policy_id, fault.args[0]))
    allowed = bool(satisfied["permit"]) and not satisfied["forbid"]
    determining = satisfied["forbid"] or satisfied["permit"]
    return Answer("allow" if allowed else "deny", frozenset(determining), frozenset(errors))


@dataclass(frozen=True, slots=True)
class Naive:
    """The walk as a contestant."""

    name: str = "naive walk"

    def prepare(self, workload: Workload) -> Prepared:
        document = json.loads(policies_json(workload.policies))
        if document.get("templates"):
            raise ValueError("the naive walk does not know templates")
        entities = {
            Uid(**each["uid"]): Entity(
                read_value(each["attrs"]), frozenset(Uid(**uid) for uid in each["parents"])
            )
            for each in json.loads(workload.entities)
        }
        ask: Callable[[Json], Answer] = partial(authorize, document["staticPolicies"], entities)
        return Prepared(ask, [_variables(each) for each in workload.requests], lambda answer: answer)


def _variables(request: Json) -> Json:
    uids = {name: Uid(**request[name]) for name in ("principal", "action", "resource")}
    return {**uids, "context": read_value(request["context"])}
