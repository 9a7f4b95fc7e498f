"""Conditions, amounts of knowledge and completions, by which both partial evaluators are tried.

Owns the schema, the concrete store, and what is left out of it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import product
from typing import Any

SCHEMA = """
entity G in [G];
entity U in [G] = {flag: Bool, n: Long, opt?: Long, boss?: U, rec: {a: Long, b?: Bool}, us: Set<U>} tags Long;
entity R = {owner: U, pub: Bool, level: Long, text: String, kind: C};
entity C enum ["red", "blue"];
action every;
action x in [every] appliesTo {principal: U, resource: R, context: {c: Bool, m?: Long, who?: U}};
"""

GUARDS = (
    "true", "false", "context.c", "resource.pub", 'principal == U::"a"', "resource.level + 9223372036854775806 > 0",
    "1 + 9223372036854775807 == 0", "context has m",
)  # fmt: skip
"""Conditions of each class: decided, open and free of errors, open and maybe erring, always erring."""
PAIRS = (
    "({0}) && ({1})",
    "({0}) || ({1})",
    "if {0} then {1} else context.c",
    "if context.c then {0} else {1}",
)
SINGLE = (
    "!({0})", "[{0}, context.c].contains(true)", "{{a: {0}, b: resource.pub}}.b", "(if {0} then 1 else 2) == 1",
    "2 == (if {0} then resource.level else 2)", "[1, 3, (if {0} then 1 else 2)].contains(2)",
)  # fmt: skip
FORMS = (
    'principal in G::"h"', 'principal in G::"g"', 'resource.owner in G::"h"', 'principal in [G::"h", G::"z"]', 'U::"a" in G::"h"',
    'principal in U::"a"', "principal in [principal]", "principal in resource.owner", "resource.owner in [resource.owner]",
    'U::"missing" in G::"h"', 'principal in C::"red"', "principal is U", "resource.owner is U", "resource.owner is G", "principal is G",
    "principal == resource", "resource.owner == resource", "resource.owner == principal", "principal != resource.owner",
    'principal is U in G::"h"', 'resource.owner is U in G::"g"', "principal has opt", "principal has nope", "resource.owner has nope",
    "resource.owner has opt", "principal has boss.opt", "resource has owner.boss.opt", "resource has owner.nope", "context has who.boss",
    "principal has rec.b", "context.c == true", "{a: 1} has a", "{a: resource.level} has b",
    'principal.hasTag("t")', 'resource.hasTag("t")', 'resource.owner.hasTag("t")', 'principal.hasTag("t") && principal.getTag("t") == 1',
    'principal.hasTag("s") && principal.getTag("s") == 2', 'resource.owner.hasTag("t") && resource.owner.getTag("t") == 1',
    "principal has opt && principal.opt == 1", "principal.rec.a == 1", "principal.rec has b && principal.rec.b",
    "resource.owner.rec.a < 2", "principal.n <= resource.level", "principal.n > resource.level", "principal.n >= 1", "1 < 2",
    "-principal.n == -1", "-(-9223372036854775807 - 1) == 0", "-9223372036854775807 - 2 == 0", "2 * 9223372036854775807 == 0", "principal.n * 9223372036854775807 == 0", "principal.n - resource.level == 0",
    "principal.us.contains(principal)", "principal.us.containsAll([principal])", "principal.us.containsAny([principal, resource.owner])",
    "principal.us.isEmpty()", 'U::"b" in U::"b".us', "resource.owner in resource.owner.us", "[1, 2].containsAll([2])", "[1, 2].containsAny([3])", "[1].contains(principal.n)", "[principal.n, 1].isEmpty()",
    'resource.text like "*b"', '"ab" like "a*"', '"ab" like "b*"', 'resource.kind == C::"red"', 'C::"red" == C::"blue"',
    "context has who && context.who == principal", "context has m && context.m > 1", 'action == Action::"x"', 'action in Action::"every"',
    'action in [Action::"every"]', "action has nope", 'decimal("1.5").lessThan(decimal("2.0"))', 'datetime("9999-12-31").offset(duration("106751991167d")) == datetime("1970-01-01")',
    'ip("10.0.0.1").isInRange(ip("10.0.0.0/8"))', 'duration("1h") < duration("2h")', 'datetime("2024-01-01") <= datetime("2024-01-02")',
    'datetime("2024-01-01").offset(duration("1d")) == datetime("2024-01-02")', '{a: principal.n}.a == 1', '[{a: 1}].contains({a: 1})',
    'U::"missing".flag', 'U::"b".flag', '(if context.c then U::"b" else principal).flag', "[[1], [2]].contains([1])",
    '{a: U::"a"}.a in G::"h"', "resource.owner == principal || true", "if resource.owner is U then context.c else principal.flag",
    "if resource.owner is G then context.c else principal.flag", "resource.owner is G && principal.flag",
    *(f"(if resource.level + 9223372036854775806 > 0 then resource else resource) {each}" for each in ("== principal", 'in G::"g"', "is U", "has nope")),
    '(if resource.level + 9223372036854775806 > 0 then resource else resource).hasTag("t")',
    "[1, 2, 3, principal.n, 4].contains(4)", "{a: 1, b: 2, c: 3, d: principal.n, e: 5}.e == 5",
    "resource.owner is U || principal.flag", "if resource.owner is U then true else false", "(context.c || true) && resource.owner.flag",
)  # fmt: skip


def conditions() -> list[str]:
    """Return every condition: each is well-typed, whatever its outcome."""
    pairs = [form.format(*both) for form in PAIRS for both in product(GUARDS, repeat=2)]
    return [*GUARDS, *pairs, *(form.format(one) for form in SINGLE for one in GUARDS), *FORMS]


PRINCIPALS = (
    "principal", 'principal == U::"a"', 'principal == U::"missing"', 'principal in G::"h"', 'principal in G::"g"', 'principal in U::"b"',
    "principal is U", 'principal is U in G::"g"',
)  # fmt: skip
RESOURCES = (
    "resource",
    'resource == R::"r"',
    'resource in R::"s"',
    "resource is R",
    'resource == R::"missing"',
)
ACTIONS = (
    'action == Action::"x"',
    'action == Action::"every"',
    'action in Action::"every"',
    'action in [Action::"x"]',
)
CLAUSES = (
    "unless { context.c }",
    "when { resource.pub } unless { context.c }",
    "unless { resource.pub } when { principal.flag }",
    "",
)


def policies() -> list[str]:
    """Return a permit per condition, and permits of all scopes and of several clauses."""
    scopes = [f"{principal}, action, {resource}" for principal, resource in product(PRINCIPALS, RESOURCES)]
    scopes += [f"principal, {action}, resource" for action in ACTIONS]
    return [
        *(f"permit(principal, action, resource) when {{ {each} }};" for each in conditions()),
        *(f"permit({scope});" for scope in scopes),
        *(f"permit(principal, action, resource) {clauses};" for clauses in CLAUSES),
    ]


Document = dict[str, Any]


def _uid(type_: str, id_: str) -> Document:
    return {"type": type_, "id": id_}


def _entity(
    uid: Document, attrs: Document, parents: tuple[str, ...] = (), tags: Document | None = None
) -> Document:
    above = [_uid("G", each) for each in parents]
    return {"uid": uid, "attrs": attrs, "parents": above, "tags": tags or {}}


_A, _B = _uid("U", "a"), _uid("U", "b")
ENTITIES: tuple[Document, ...] = (
    _entity(
        _A,
        {"flag": True, "n": 1, "opt": 1, "boss": _B, "rec": {"a": 1, "b": True}, "us": [_A]},
        ("g", "h"),
        {"t": 1},
    ),
    _entity(_B, {"flag": False, "n": 7, "rec": {"a": 2}, "us": []}, ("h",), {"s": 2}),
    _entity(_uid("G", "g"), {}, ("h",)),
    *(_entity(_uid("G", each), {}) for each in "hij"),
    _entity(_uid("R", "r"), {"owner": _A, "pub": True, "level": 1, "text": "ab", "kind": _uid("C", "red")}),
    _entity(_uid("R", "s"), {"owner": _B, "pub": False, "level": 2, "text": "ba", "kind": _uid("C", "blue")}),
    _entity(
        _uid("R", "t"),
        {"owner": _uid("U", "missing"), "pub": True, "level": -1, "text": "", "kind": _uid("C", "red")},
    ),
)
"""The concrete store: parents are all ancestors; one owner is missing."""

CONTEXTS: tuple[Document, ...] = ({"c": True, "m": 2, "who": {"__entity": _A}}, {"c": False})
_PLACES = (
    ("a", "r", 0),
    ("a", "r", 1),
    ("a", "s", 0),
    ("b", "r", 1),
    ("b", "s", 0),
    ("b", "t", 1),
    ("missing", "t", 0),
    ("a", "missing", 1),
)
REQUESTS: tuple[Document, ...] = tuple(
    {
        "principal": _uid("U", user),
        "action": _uid("Action", "x"),
        "resource": _uid("R", thing),
        "context": CONTEXTS[which],
    }
    for user, thing, which in _PLACES
)


@dataclass(frozen=True, slots=True)
class Level:
    """An amount of knowledge: which parts of a request are known, and which parts of which entities."""

    name: str
    request: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    types: tuple[str, ...] = ("U", "G", "R")

    def partial_request(self, whole: Document) -> str:
        """Return the request as JSON without what is not known of it."""
        known = {
            "principal": whole["principal"] if "principal" in self.request else {"type": "U"},
            "action": whole["action"],
            "resource": whole["resource"] if "resource" in self.request else {"type": "R"},
        }
        return json.dumps({**known, "context": whole["context"]} if "context" in self.request else known)

    def partial_entities(self) -> str:
        """Return the entities as JSON without what is not known of them."""
        kept = [one for one in ENTITIES if self.parts and one["uid"]["type"] in self.types]
        return json.dumps(
            [{key: part for key, part in one.items() if key in ("uid", *self.parts)} for one in kept]
        )


LEVELS = (
    Level("nothing"),
    Level("the context", ("context",)),
    Level("the principal and attributes of resources", ("principal",), ("attrs",), ("R",)),
    Level("the resource and attributes", ("resource",), ("attrs",)),
    Level("both, ancestors and tags", ("principal", "resource"), ("parents", "tags")),
    Level("everything", ("principal", "resource", "context"), ("attrs", "parents", "tags")),
)
"""Amounts of knowledge, the least first: the first is part of all, and all are part of the last."""
