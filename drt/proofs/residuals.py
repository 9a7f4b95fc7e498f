"""Partial evaluation keeps what conditions mean: both partial evaluators, form by form, at several amounts of knowledge.

Owns the comparison of residuals with the conditions that they are left of, on every completion.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import pairwise

from drt.model.residual_json import canonical_residual
from drt.proofs.defects import Defect
from drt.proofs.partial_worlds import ENTITIES, LEVELS, REQUESTS, SCHEMA, Level, policies
from drt.proofs.theorem import Goal, Theorem
from drt.proofs.tried import tried
from production.partial.response import PartialResponse as ProductionResponse
from production.partial.terms import error_free as production_error_free
from production.policy_set import PolicySet
from production.schemas import Schema as ProductionSchema
from reference.authorizer import authorize
from reference.json.policy_writer import body_to_json
from reference.partial.evaluator import PartialEvaluator
from reference.partial.request_reader import read_partial_request
from reference.partial.residuals import Residual, error_free
from reference.partial.response import PartialResponse, ResidualPolicy
from reference.partial.store_reader import read_partial_entities
from reference.partial.typed import typed_condition
from reference.policies import Body
from reference.policy_set import from_bodies
from reference.schema.reader import read_schema
from reference.text.parser import parse_policies
from reference.validation.typed_entities import read_entities_under
from reference.validation.typed_requests import read_request_under

Ids = frozenset[str]
Fates = tuple[Ids, Ids]
"""The policies that are satisfied and those that err."""


@dataclass(frozen=True, slots=True)
class Left:
    """What both engines leave of the policies at a level; `completions` are requests that it is knowledge of."""

    level: Level
    completions: tuple[str, ...]
    ours: PartialResponse
    theirs: ProductionResponse

    def classes(self) -> dict[str, dict[str, str]]:
        """Return the classes of all policies, by engine."""
        classes = ("true", "false", "error", "residual")
        return {
            "the reference": {name: one.residual_class for name, one in self.ours.policies.items()},
            "production": {
                name: each for each in classes for name in getattr(self.theirs, f"{each}_permits")
            },
        }


@cache
def _bodies() -> dict[str, Body]:
    return dict(from_bodies(parse_policies("\n".join(policies()))).static)


class World:
    """Both engines' schemas, stores and policies, made anew for what may be planted in the engines."""

    def __init__(self) -> None:
        self.schema = read_schema(SCHEMA, "cedar")
        self.production = ProductionSchema.from_text(SCHEMA)
        self.policies = PolicySet.from_text("\n".join(policies()))
        text = json.dumps(ENTITIES)
        self.store = read_entities_under(text, self.schema)
        self.production_store = self.production.read_entities(text)
        self.texts = dict(zip(_bodies(), policies(), strict=True))

    def left(self) -> Iterator[Left]:
        """Yield what is left at every level, of every request."""
        typed: dict[str, Residual] | None = None
        for level in LEVELS:
            by_request: dict[str, list[str]] = {}
            for whole in REQUESTS:
                by_request.setdefault(level.partial_request(whole), []).append(json.dumps(whole))
            known, entities = (
                read_partial_entities(level.partial_entities(), self.schema),
                level.partial_entities(),
            )
            for text, completions in by_request.items():
                request = read_partial_request(text, self.schema)
                if typed is None:
                    typed = {
                        name: typed_condition(name, body, {}, request, self.schema)
                        for name, body in _bodies().items()
                    }
                evaluator = PartialEvaluator(request, known, self.schema)
                residuals = {
                    name: ResidualPolicy(_bodies()[name], evaluator.pe(one)) for name, one in typed.items()
                }
                yield Left(
                    level,
                    tuple(completions),
                    PartialResponse(residuals, request, known, self.schema),
                    self.production.partially_authorize(
                        self.policies,
                        self.production.read_partial_request(text),
                        self.production.read_partial_entities(entities),
                    ),
                )

    def right(self, request: str) -> Fates:
        """Return the outcomes of the policies themselves, by the reference."""
        found = authorize(
            from_bodies(tuple(_bodies().values())).policies(),
            read_request_under(request, self.schema),
            self.store,
        )
        return found.determining, frozenset(found.errors)

    def fates(self, left: Left, request: str) -> Iterator[tuple[str, Fates]]:
        """Yield the outcomes of the residuals, by each engine; all are permits, so those that are satisfied determine."""
        ours = left.ours.authorize(read_request_under(request, self.schema), self.store)
        yield "the reference", (ours.determining, frozenset(ours.errors))
        theirs = left.theirs.reauthorize(self.production.read_request(request), self.production_store)
        yield "production", (theirs.determining, frozenset(theirs.errors))


def _changed(world: World) -> Iterator[str]:
    """Yield the residuals that mean something else than their conditions."""
    right = cache(world.right)
    for left in world.left():
        for request in left.completions:
            for engine, fates in world.fates(left, request):
                for what, found, expected in zip(("satisfied", "erring"), fates, right(request), strict=True):
                    for name in found ^ expected:
                        but = "is" if name in found else "is not"
                        yield f"{world.texts[name]}: with {left.level.name} known, {engine}'s residual {but} {what} by {request}"


def _apart(world: World) -> Iterator[str]:
    """Yield the residuals that the engines write otherwise."""
    for left in world.left():
        written = json.loads(left.theirs.policy_set().to_json())["staticPolicies"]
        for name, one in left.ours.policies.items():
            ours, theirs = canonical_residual(body_to_json(one.policy())), canonical_residual(written[name])
            if ours != theirs:
                yield f"{world.texts[name]}: with {left.level.name} known, reference {ours}, production {theirs}"


def _erring(world: World) -> Iterator[str]:
    """Yield the residuals that are called free of errors and err."""
    right = cache(world.right)
    for left in world.left():
        theirs = left.theirs._residuals.by_id
        for name, one in left.ours.policies.items():
            free = {
                "the reference": error_free(one.residual),
                "production": production_error_free(theirs.get(name, False)),
            }
            for request in left.completions:
                if name in right(request)[1]:
                    yield from (
                        f"{world.texts[name]}: with {left.level.name} known, {engine} calls its residual free of errors; it errs for {request}"
                        for engine, is_free in free.items()
                        if is_free
                    )


def _forgotten(world: World) -> Iterator[str]:
    """Yield the decided policies that more knowledge leaves open, or decides otherwise."""
    least: dict[str, dict[str, dict[str, str]]] = {}
    most = {
        request: left.classes()
        for left in world.left()
        if left.level is LEVELS[-1]
        for request in left.completions
    }
    for left in world.left():
        classes = left.classes()
        for request in left.completions:
            before = least.setdefault(request, classes)
            for engine, found in classes.items():
                for name, each in found.items():
                    chain = before[engine][name], each, most[request][engine][name]
                    if any(one not in ("residual", other) for one, other in pairwise(chain)):
                        yield f"{world.texts[name]}: {engine} decides {' then '.join(chain)} with nothing, {left.level.name} and everything known"


def _goals(*checks: Callable[[World], Iterator[str]]) -> Sequence[Goal]:
    def failures() -> Iterator[str]:
        world = World()
        for check in checks:
            yield from check(world)

    return (tried("every condition, level and completion", failures()),)


RULES, REFERENCE, DECISIONS = (
    "production.partial.rules",
    "reference.partial.evaluator",
    "reference.partial.decisions",
)
BOUND = "conditions, stores and amounts of knowledge are tried; the rules of the control forms are proved, and the targets `partial-*` draw others"
RULE_FUNCTIONS = (
    "reference.partial.evaluator.PartialEvaluator.pe", "reference.partial.evaluator.PartialEvaluator.node",
    "reference.partial.evaluator.PartialEvaluator.rule", "reference.partial.evaluator.PartialEvaluator.membership",
    "reference.partial.evaluator.PartialEvaluator.path", "reference.partial.evaluator.PartialEvaluator.attributes",
    "reference.partial.decisions.decided_by_type", "reference.partial.decisions._cannot_be_in",
    "reference.partial.decisions._declares_no_tags", "reference.partial.decisions._declares_no",
    "reference.partial.decisions._attributes", "reference.partial.application.applied",
    "reference.partial.application.built", "reference.partial.application.found",
    "production.partial.evaluator.partially_evaluate", "production.partial.evaluator._branch",
    "production.partial.rules._eq", "production.partial.rules._in", "production.partial.rules._has_tag",
    "production.partial.rules._get_tag", "production.partial.rules._applied", "production.partial.rules._not",
    "production.partial.rules._neg", "production.partial.rules._is_empty", "production.partial.rules._like",
    "production.partial.rules._is", "production.partial.rules._get", "production.partial.rules._has",
    "production.partial.rules._set", "production.partial.rules._record", "production.partial.rules._call",
    "production.partial.terms.rebuilt", "production.partial.rules._walk", "production.partial.rules.lacks_attribute",
    "production.partial.scope_table.SideTable.place", "production.partial.scope_table.SideTable.found",
    "production.partial.scope_table.ScopeTable.found", "production.partial.plans._constraint",
)  # fmt: skip

THEOREMS = (
    Theorem(
        "Residuals mean what their conditions mean",
        "Whatever is known, and however it is completed, residual and condition are both true, both false, or both err;"
        " both engines leave the same residual.",
        "ours: spec 09 §4.5; Lean TPE: residual equals source",
        "B",
        partial(_goals, _changed, _apart),
        (
            Defect(
                "false on the right decides what may err on the left",
                REFERENCE,
                "case _, Known(Bool(False)) if error_free(left):",
                "case _, Known(Bool(False)):",
            ),
            Defect(
                "production decides the same",
                RULES,
                "    if right is False and error_free(left):",
                "    if right is False:",
            ),
            Defect(
                "a condition of a decided type is not evaluated",
                "reference.partial.typed",
                "                return Open(typed.expr, typed.type, (guard, reached, reached))\n",
                "                return reached\n",
            ),
            Defect(
                "a group is no longer found for itself",
                "production.partial.scope_table",
                "        if side.uid in below:\n            yield below[side.uid]\n",
                "",
            ),
            Defect(
                "an operation on an error is rebuilt",
                "production.partial.terms",
                "        if child is ERROR:\n            return ERROR\n",
                "        if child is ERROR:\n            break\n",
            ),
            Defect(
                "unknown ancestors are none",
                REFERENCE,
                "if not groups or ancestors is not None:",
                "if not groups or ancestors is None:",
            ),
            Defect(
                "unknown tags are none",
                RULES,
                "return Term(op.HAS_TAG, lacks, (left, right)) if tags is None else right in tags",
                "return tags is not None and right in tags",
            ),
            Defect(
                "types decide what may err",
                DECISIONS,
                "    if not all(error_free(part) for part in node.parts):\n        return None\n",
                "",
            ),
        ),
        BOUND,
        RULE_FUNCTIONS,
    ),
    Theorem(
        "What is called free of errors never errs",
        "A residual that the test of spec 09 §3 calls free of errors errs in no completion.",
        "Lean TPE: error_free_evaluate_ok",
        "B",
        partial(_goals, _erring),
        (
            Defect(
                "reading an attribute is free of errors",
                "reference.partial.residuals",
                'Binary("+" | "-" | "*" | "getTag") | GetAttr() | Call()',
                'Binary("+" | "-" | "*" | "getTag") | Call()',
            ),
            Defect(
                "operands are not looked at",
                "production.partial.terms",
                "self.error_free = op not in MAY_ERR and all(",
                "self.error_free = op not in MAY_ERR or all(",
            ),
        ),
        BOUND,
        (
            "reference.partial.residuals.error_free", "reference.partial.residuals._may_err_itself",
            "reference.partial.residuals.Open.__post_init__", "production.partial.terms.error_free",
            "production.partial.terms.Term.__init__",
        ),
    ),
    Theorem(
        "More known data keeps what is decided",
        "A policy that is decided with less known is decided the same with more known.",
        "ours: spec 09 §4.5, monotone",
        "B",
        partial(_goals, _forgotten),
        (
            Defect(
                "a known context is forgotten with everything else",
                REFERENCE,
                "return node if value is None else Known(value, node.type)",
                "return node if value is None or len(self.entities.by_uid) > 8 else Known(value, node.type)",
            ),
            Defect(
                "unknown attributes are none",
                RULES,
                "                return Term(op.HAS, (path[position:], False), (value,))\n",
                "                return False\n",
            ),
        ),
        BOUND,
        ("reference.partial.request.PartialRequest.variable", "production.partial.plans.Plan.evaluate_parts"),
    ),
)  # fmt: skip
