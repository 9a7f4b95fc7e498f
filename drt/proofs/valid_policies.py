"""Validated policies never err as they may not: every form over typed operands, on every small conforming store.

Owns the schema, the conditions and the stores. Both validators judge every condition; what either accepts is
evaluated, in strict and in permissive mode.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import product

from drt.proofs.defects import Defect
from drt.proofs.theorem import Goal, Theorem
from drt.proofs.tried import tried
from production.language.deep_stack import at_any_depth
from production.policy_set import PolicySet as ProductionPolicySet
from production.schemas import Schema as ProductionSchema
from production.validation.lattice import Mode
from reference.authorizer import Outcome, outcome
from reference.entities import Entities, Entity, store
from reference.evaluator import Evaluator
from reference.extensions.decimal import Decimal
from reference.policies import Policy, condition
from reference.request import Request
from reference.schema.reader import read_schema
from reference.schema.types import FALSE, TRUE, Type
from reference.text.parser import parse_policies
from reference.validation.policies import check_everywhere, validate
from reference.values import Bool, EntityUid, Long, Record, Set, String, Value

SCHEMA = """
entity G in [G];
entity U in [G] = {
  n: Long, opt?: Long, flag: Bool, flagopt?: Bool, rec: {a: Long, b?: Long}, recopt?: {a: Long, b?: {c: Bool}}, friend: U,
  s: Set<Long>, us: Set<U>, text: String, d: decimal
} tags Long;
entity R {n: String, on?: Bool};
action x appliesTo {principal: [U], resource: [U, R], context: {c: Bool, m?: Long, e: U, s: Set<U>, r: {k?: Bool}}};
"""
ATOMS = (
    "principal", "principal.n", "principal.flag", "principal.text", "principal.rec", "principal.rec.a", "principal.friend",
    "principal.s", "context.c", "context.e", "context.s", "resource", "context", "principal.d", "true", "1", '"n"',
    'G::"g"', "[]", "principal.opt", 'U::"b".n', "action", 'Action::"x"',
)  # fmt: skip
PAIRED = (
    "principal", "principal.n", "principal.flag", "principal.text", "principal.rec", "principal.friend", "principal.s",
    "context.s", "resource", 'G::"g"', "[]", "action", "true", 'Action::"x"',
)  # fmt: skip
UNARY = (
    "!{l}", "-{l} == 1", "{l}.isEmpty()", '{l} like "n*"', "{l} is U", "{l} is R", '{l} is U in G::"g"', "{l} has n", "{l} has opt",
    "{l}.n == 1", '{l}.n == "n"', "{l}.opt == 1", "{l} has opt && {l}.opt == 1", "{l} has rec.b && {l}.rec.b == 1",
    '{l}.hasTag("t")', '{l}.getTag("t") == 1', '{l}.hasTag("t") && {l}.getTag("t") == 1', "{l} && context.c", "if {l} then 1 == 1 else 2 == 1",
    "{l} == {l}", "{l} in [{l}]", '{l}.hasTag(principal.text) && {l}.getTag(principal.text) == 1', "{l}.isIpv4()",
    '{l}.lessThan(decimal("1.0"))', "[{l}, {l}].isEmpty()", "{{a: {l}}}.a == {l}", "{l} is U && {l}.n == 1", "{l} is R || {l}.n == 1",
    '{l}.hasTag("t") && {l}.getTag("s") == 1', "{l}.friend.n == 1", "{l} has friend.opt && {l}.friend.opt == 1", "{l} has zz",
)  # fmt: skip
BINARY = (
    "{l} == {r}", "{l} < {r}", "{l} + {r} == 1", "{l} in {r}", "{l}.contains({r})", "{l}.containsAll({r})", "{l} && {r}",
    "{l} || {r}", "[{l}, {r}].isEmpty()", "(if context.c then {l} else {r}) == {l}", "{l}.hasTag({r})", "{l}.getTag({r}) == 1",
)  # fmt: skip
GUARDED = (
    "P has opt || P.opt == 1", "!(P has opt) || P.opt == 1", "!(P has opt) && P.opt == 1", "if P has opt then P.opt == 1 else true",
    "if P has opt then true else P.opt == 1", "P has opt && true && P.opt == 1", "context.c && P has opt && P.opt == 1",
    "P has opt && context.c && P.opt == 1", "(P has opt || context.c) && P.opt == 1", "(P has opt && context.c) && P.opt == 1",
    "(P has opt || P has opt) && P.opt == 1", "(P has opt || P has flagopt) && P.opt == 1", "P has flagopt && P.flagopt",
    "P.flagopt && P has flagopt", "P has opt && P.opt == 1 && P.flagopt", "P has opt && P.flagopt && P.opt == 1",
    "P has opt && context.c && P.flagopt", "context.c && context.c && P.opt == 1", "context.c || context.c || P.opt == 1",
    "P has recopt && P.recopt.a == 1", "P has recopt && P.recopt.b.c", "P has recopt.b && P.recopt.b.c", "P has recopt.b.c && P.recopt.b.c",
    "P has recopt.b && P.recopt.a == 1", "P has recopt && P.recopt has b && P.recopt.b.c", "context has m && context.m == 1",
    "context has m || context.m == 1", "context.r has k && context.r.k", "context has r.k && context.r.k", "context.r.k",
    "P.friend has opt && P.friend.opt == 1", "P.friend has opt && P.opt == 1", "P has opt && P.friend.opt == 1",
    "(if P has opt then P has flagopt else false) && P.opt == 1", "(if P has opt then context.c else false) && P.opt == 1",
    "(if context.c then P has opt else P has opt) && P.opt == 1", "(if context.c then P has opt else true) && P.opt == 1",
    "(if true then P has opt else true) && P.opt == 1", "(if false then true else P has opt) && P.opt == 1",
    'P.hasTag("t") || P.getTag("t") == 1', '!P.hasTag("t") || P.getTag("t") == 1', 'P.hasTag("t") && P.friend.getTag("t") == 1',
    'P.hasTag("t") && context.c && P.getTag("t") == 1', '(P.hasTag("t") || P.hasTag("s")) && P.getTag("t") == 1',
    "resource is R && resource has on && resource.on", "resource is U && resource.n == 1", 'resource is R && resource.n == "a"',
    "resource has on && resource.on", "resource has opt && resource.opt == 1", 'resource.n == "a"', "resource.n == 1",
    "[P, context.e].contains(P)", "(if context.c then P else context.e).n == 1", "(if context.c then P else resource).n == 1",
    "(if context.c then P.rec else {a: 1}).a == 1", "(if context.c then P.rec else {a: 1, b: 2}).b == 2", "false && P.zz", "true || P.zz",
    "if false then P.zz else context.c", "P is R && P.zz", "!(P is R) || P.zz", 'principal == R::"r" && P.zz', "action == Action::\"x\" || P.zz",
    "P.n + P.n > 1", "-P.n < 1", "P.n * 9223372036854775807 > 1", 'decimal("1.00001").lessThan(P.d)', "decimal(P.text).lessThan(P.d)",
)  # fmt: skip
ALLOWED = ("overflow", "entity-missing", "extension")
A, B, G = EntityUid("U", "a"), EntityUid("U", "b"), EntityUid("G", "g")


def _conditions() -> Iterator[str]:
    for form in UNARY:
        for atom in ATOMS:
            yield form.format(l=atom)
    for form in BINARY:
        for left, right in product(PAIRED, repeat=2):
            yield form.format(l=left, r=right)
    for text in GUARDED:
        yield text.replace("P", "principal")
        yield text.replace("P", "context.e")


@cache
def _situations() -> tuple[tuple[Request, Entities], ...]:
    """Every request and store with optional parts there or not; all of them conform."""
    return tuple(
        (request, entities)
        for entities in map(_store, product((True, False), repeat=4))
        for request in _requests()
    )


def _requests() -> Iterator[Request]:
    for resource, c in product((B, EntityUid("R", "r")), (True, False)):
        fields: dict[str, Value] = {
            "c": Bool(c),
            "e": B if c else A,
            "s": Set(frozenset([A])),
            "r": Record({"k": Bool(True)} if c else {}),
        }
        yield Request(
            A, EntityUid("Action", "x"), resource, Record({**fields, "m": Long(1)} if c else fields)
        )


def _store(choices: tuple[bool, ...]) -> Entities:
    """Make a store whose optional attributes, tags and second entity are there as the choices say."""
    optional, nested, tagged, both = choices
    some: dict[str, Value] = {"opt": Long(1), "flagopt": Bool(True)} if optional else {}
    inner: dict[str, Value] = {"a": Long(1), "b": Record({"c": Bool(True)})} if nested else {"a": Long(1)}
    tags: dict[str, Value] = {"t": Long(1)} if tagged else {"s": Long(2)}
    return store(
        Entity(
            uid,
            {**_required(optional), **some, **({"recopt": Record(inner)} if optional else {})},
            frozenset([G]),
            tags,
        )
        for uid in ((A, B) if both else (A,))
    )


def _required(more: bool) -> dict[str, Value]:
    rec: dict[str, Value] = {"a": Long(1), "b": Long(2)} if more else {"a": Long(1)}
    return {
        "n": Long(2**63 - 1 if more else 1), "flag": Bool(more), "rec": Record(rec), "friend": B, "s": Set(frozenset()),
        "us": Set(frozenset([A])), "text": String("t"), "d": Decimal(1),
    }  # fmt: skip


def _goals() -> Sequence[Goal]:
    return (tried("every condition, store and request", _wrong()),)


@at_any_depth
def _wrong() -> Iterator[str]:
    schema, theirs = read_schema(SCHEMA), ProductionSchema.from_text(SCHEMA)
    texts = [f"permit(principal, action, resource) when {{ {text} }};" for text in _conditions()]
    bodies = parse_policies("\n".join(texts))
    policies = ProductionPolicySet.from_text("\n".join(texts))
    modes: tuple[Mode, ...] = ("strict", "permissive")
    for mode in modes:
        verdicts = theirs.validate(policies, mode).verdicts
        for number, body in enumerate(bodies):
            valid = not validate(body, schema, permissive=mode == "permissive").problems
            other = verdicts[f"policy{number}"]
            if valid != other:
                yield f"{texts[number]} is valid ({mode}): reference {valid}, production {other}"
            if valid or other:
                yield from _unsound(texts[number], Policy(f"policy{number}", "permit", condition(body)))
            if valid:
                types = {
                    checked.typed.type
                    for checked in check_everywhere(
                        body, condition(body), schema, permissive=mode == "permissive"
                    )
                }
                yield from _mistyped(texts[number], Policy("p", "permit", condition(body)), types)


def _unsound(text: str, policy: Policy) -> Iterator[str]:
    for request, entities in _situations():
        found = outcome(policy, Evaluator(request, entities))
        if found.error is not None and found.error not in ALLOWED:
            yield f"{text} is valid, and fails ({found.error}) for {request} on {len(entities.by_uid)} entities"


def _mistyped(text: str, policy: Policy, types: set[Type]) -> Iterator[str]:
    """Find where a condition that is typed True or False in every environment comes to the other."""
    for only, wrong in ((TRUE, "not satisfied"), (FALSE, "satisfied")):
        if types == {only} and any(_came(policy, one).status == wrong for one in _situations()):
            yield f"{text} is typed {only}, and is {wrong}"


def _came(policy: Policy, situation: tuple[Request, Entities]) -> Outcome:
    return outcome(policy, Evaluator(*situation))


THEOREMS = (
    Theorem(
        "Valid policies err only as they may",
        "Both validators accept the same of some thousand conditions over typed operands, and what they accept errs on no"
        " small conforming store but by overflow, a missing entity or an extension function; what is typed True is true.",
        "article: soundness of the validator; paper: validation soundness",
        "B",
        _goals,
        (
            Defect(
                "an optional attribute needs no test",
                "reference.validation.attributes",
                "    if not (declared.required or known):",
                "    if not (declared.required or known or attr):",
            ),
            Defect(
                "the operands of a conjunction after the second are not reached",
                "production.validation.control",
                '    for part in left_spine(node, "&&"):',
                '    for part in left_spine(node, "&&")[:2]:',
            ),
        ),
        "conditions and stores are tried; the rules of the control forms are proved",
        (
            "reference.validation.control.conjunction", "reference.validation.control.disjunction",
            "reference.validation.control.conditional", "reference.validation.control.and_type",
            "reference.validation.has_rules.tag", "reference.validation.has_rules.is_in", "reference.validation.has_rules.has_path",
            "reference.validation.attributes.has_attr_type", "reference.validation.attributes.get_attr_type",
            "reference.validation.attributes.has_tag_type", "reference.validation.attributes.get_tag_type",
            "reference.validation.operators.unary_type", "reference.validation.operators.negation",
            "reference.validation.operators.binary_type", "reference.validation.operators.equality",
            "reference.validation.operators.comparison", "reference.validation.operators.element_type",
            "reference.validation.operators.related", "reference.validation.operators.set_type",
            "reference.validation.operators.is_type", "reference.validation.hierarchy.membership",
            "reference.validation.hierarchy.action_membership", "reference.validation.capabilities.Capabilities.grants",
            "production.validation.control.boolean", "production.validation.control.conjunction",
            "production.validation.control.and_", "production.validation.control.or_", "production.validation.control.if_",
            "production.validation.control.not_", "production.validation.attributes.attributes_of",
            "production.validation.attributes._attribute", "production.validation.attributes.has",
            "production.validation.attributes._has", "production.validation.attributes.has_tag",
            "production.validation.attributes.get_tag", "production.validation.operators.expect",
            "production.validation.operators._equality", "production.validation.operators.order",
            "production.validation.operators.arithmetic", "production.validation.operators.contains",
            "production.validation.operators.contains_some", "production.validation.operators.set_of",
            "production.validation.operators._is_in", "production.validation.operators.is_type",
        ),
    ),
)  # fmt: skip
