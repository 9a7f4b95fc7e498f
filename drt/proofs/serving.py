"""Production serves as the reference authorizes: index, plans, compiled code and servers, on every kind of scope.

Owns the sets of policies that are tried: every combination of constraints, alone and all at once; clauses; and sets
that are larger than each of the limits at which production changes its ways.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import product

from drt.proofs.defects import Defect
from drt.proofs.theorem import Goal, Theorem
from drt.proofs.tried import tried
from production.authorizer import Authorizer
from production.entities import Entities as ProductionEntities
from production.errors import CedarError
from production.language.uids import Uid
from production.policy_set import PolicySet
from production.request import Request as ProductionRequest
from production.serving.kept_plans import plans_of
from production.serving.server import Tier
from reference.authorizer import authorize
from reference.entities import Entities, Entity, store
from reference.policies import slots
from reference.policy_set import Link, from_bodies
from reference.policy_set import PolicySet as Policies
from reference.request import Request
from reference.syntax import SlotName
from reference.text.parser import parse_policies
from reference.values import Bool, EntityUid, Long, Record, Value

PRINCIPALS = (
    "principal", 'principal == U::"g"', 'principal in U::"g"', 'principal in U::"a"', "principal is U",
    'principal is U in U::"h"', 'principal is V in U::"g"', 'principal in V::"v"',
)  # fmt: skip
RESOURCES = (
    "resource", 'resource == R::"s"', 'resource in R::"s"', "resource is R", 'resource is R in R::"x"', 'resource in U::"h"',
)  # fmt: skip
ACTIONS = (
    "action", 'action == Action::"x"', 'action in Action::"group"', 'action in [Action::"x", Action::"y"]', "action in []",
)  # fmt: skip
SLOTS = tuple(
    product(
        ("principal", "principal == ?principal", "principal in ?principal", "principal is U in ?principal"),
        ("resource", "resource == ?resource", "resource in ?resource", "resource is R in ?resource"),
    )
)[1:]
LINKED: tuple[dict[SlotName, tuple[str, str]], ...] = (
    {"?principal": ("U", "g"), "?resource": ("R", "s")},
    {"?principal": ("U", "a"), "?resource": ("U", "h")},
)
"""What the slots of each template are filled with, a link each."""
CLAUSES = (
    "when { context.c }", "unless { context.c }", "when { context.c } when { context.d }",
    "when { context.c } unless { context.d }", "unless { context.c } unless { context.d }",
    "when { context.c } when { context.d } when { context.c && 1 + context.n == 2 }", "when { context.n == 1 }",
    "when { context.c && context.d && context.n < 5 }", "when { context.c || context.d }", "when { true } unless { false }",
    'when { principal in U::"g" } when { context.d }', "unless { context.n > 1 } when { context.missing }", "when { 1 }",
    f"when {{ {' || '.join(f'context.n == {number}' for number in range(30))} }} unless {{ context.d }}",
    'unless { ip("x").isIpv4() }', 'unless { U::"nobody".n == 1 }', 'unless { principal.getTag("t") == 1 }',
    "unless { context.n + 9223372036854775807 < 0 }", 'unless { ip("::1").isIpv4(1) }',
)  # fmt: skip
KEYED = ("context.n == {0}", "[{0}].contains(context.n)", "{0} <= context.n && context.n <= {1}")
"""Tests of one shape that differ in literals: by one, by one that holds values, by the order of two."""
LARGE = " || ".join(f"context.n == {number}" for number in range(1, 600))
"""A condition of more instructions than are compiled."""
DEEP = "if context.c then " * 120 + "context.d" + " else false" * 120
"""A condition of too many levels to be compiled."""
NESTED = "true == " + "!(" * 250 + "context.d" + ")" * 250
"""A condition of more levels than an expression of Python has."""
CHANGES = 20
"""So many policies are exchanged at the most; of more changes, production makes its plans afresh."""

PARENTS = {
    ("U", "a"): [("U", "g")], ("U", "g"): [("U", "h")], ("U", "b"): [], ("V", "v"): [("U", "g")],
    ("R", "r"): [("R", "s")], ("R", "s"): [("U", "h"), ("R", "x")],
    ("Action", "x"): [("Action", "group")], ("Action", "y"): [], ("Action", "group"): [],
}  # fmt: skip
CONTEXTS: tuple[dict[str, bool | int], ...] = (
    {"c": True, "d": True, "n": 1}, {"c": True, "d": False, "n": 7}, {"c": False, "d": True}, {"c": False, "d": False, "n": 0},
    {"c": 1, "d": True, "n": 1}, {"d": 1, "c": True, "n": 2**63 - 1}, {},
)  # fmt: skip
Place = tuple[tuple[str, str], tuple[str, str], tuple[str, str]]
PLACES: tuple[Place, ...] = tuple(
    product(
        (("U", "a"), ("U", "g"), ("U", "b"), ("V", "v"), ("V", "g")),
        (("Action", "x"), ("Action", "y"), ("Action", "group")),
        (("R", "r"), ("U", "a"), ("R", "s")),
    )
)


@cache
def _stores() -> tuple[Entities, ProductionEntities]:
    ours = store(
        Entity(EntityUid(*uid), {}, frozenset(EntityUid(*up) for up in parents), {})
        for uid, parents in PARENTS.items()
    )
    entities = ",".join(
        f'{{"uid": {{"type": "{uid[0]}", "id": "{uid[1]}"}}, "attrs": {{}}, "parents": ['
        + ",".join(f'{{"type": "{up[0]}", "id": "{up[1]}"}}' for up in parents)
        + "]}"
        for uid, parents in PARENTS.items()
    )
    return ours, ProductionEntities.from_json(f"[{entities}]")


def _scopes() -> list[str]:
    return [
        f"permit({principal}, {action}, {resource})"
        for principal, action, resource in product(PRINCIPALS, ACTIONS, RESOURCES)
    ]


def _sets() -> Iterator[tuple[str, Sequence[str], Sequence[Place]]]:
    """Yield sets of policies, each with a name and the requests that it is asked."""
    scopes, few = _scopes(), PLACES[:1] + PLACES[5:6]
    for scope in scopes:
        yield scope, [f"{scope};"], PLACES
    templates = [f"permit({principal}, action, {resource});" for principal, resource in SLOTS]
    for template in templates:
        yield template, [template], PLACES
    yield "every template", templates, PLACES
    yield "every scope", [f"{scope};" for scope in scopes], PLACES
    yield "every scope, erring", [f"{scope} when {{ 1 }};" for scope in scopes], PLACES
    yield (
        "every scope, both effects",
        [text for scope in scopes[::3] for text in (f"{scope};", f"forbid{scope[6:]} when {{ context.c }};")],
        PLACES,
    )
    yield "many rules in each of many places", _crowded(), few
    yield (
        "each of two actions",
        [f'permit(principal, action == Action::"{one}", resource);' for one in "xy"],
        PLACES,
    )
    for clause in CLAUSES:
        for effect in ("permit", "forbid"):
            yield clause, [f"{effect}(principal, action, resource) {clause};"], few
    every = [
        f"{effect}(principal, action, resource) {clause};"
        for clause in CLAUSES
        for effect in ("permit", "forbid")
    ]
    yield "every clause", every, few
    for scope in ("principal, action, resource", 'principal == U::"a", action, resource'):
        for what, condition in (("large", LARGE), ("deep", DEEP), ("nested", NESTED)):
            held = [
                f"permit({scope}) when {{ {each} }};"
                for each in ("context.d", "context.c", condition, "true")
            ]
            yield f"a {what} {scope}", held, few
    for size, test in product((2, 7, 17, 33, 65), KEYED):
        for scope in (
            "principal, action, resource",
            'principal == U::"a", action, resource',
            'principal in U::"g", action, resource in R::"s"',
        ):
            tests = (test.format(number % 3, 2 - number % 3) for number in range(size))
            one_by_one = [f"permit({scope}) when {{ {each} }};" for each in tests]
            yield (
                f"{size} of {scope} with {test}",
                [*one_by_one, f"forbid({scope}) when {{ context.d }};"],
                few,
            )


def _crowded() -> list[str]:
    """Return rules of which an entity has places too large to merge, beside one with several entities of the other side."""
    folders = ('R::"r"', 'R::"s"', 'R::"x"', 'U::"h"')
    groups = ('in U::"a"', 'in U::"g"', 'in U::"h"')
    scopes = [*product((f"principal {group}" for group in groups), folders)] * 17
    scopes += [*product(['principal == U::"a"'], folders)] * 2 + [*product(["principal"], folders)] * 80
    return [f"permit({principal}, action, resource in {folder});" for principal, folder in scopes]


def _goals() -> Sequence[Goal]:
    """Try every set on every request, by the machine, by generated code, and by what switches between them."""
    return (tried("every set and request", _wrong()),)


def _wrong() -> Iterator[str]:
    ours, theirs = _stores()
    tiers: tuple[Tier, ...] = ("machine", "generated", "auto")
    for name, texts, places in _sets():
        text = "\n".join(texts)
        plain = from_bodies(parse_policies(text))
        held, served = _linked(plain, PolicySet.from_text(text))
        policies = held.policies()
        authorizers: dict[str, Authorizer] = {tier: Authorizer(served, theirs, tier=tier) for tier in tiers}
        if len(texts) > 1:
            authorizers |= _after_changes(_linked(plain, PolicySet.from_text(text))[1], theirs)
        contexts = CONTEXTS if "context" in text else CONTEXTS[:1]
        for (principal, action, resource), context in product(places, contexts):
            record = Record({key: _value(value) for key, value in context.items()})
            uids = EntityUid(*principal), EntityUid(*action), EntityUid(*resource)
            right = authorize(policies, Request(*uids, record), ours)
            request = ProductionRequest(Uid(*principal), Uid(*action), Uid(*resource), context)
            for tier, authorizer in authorizers.items():
                answer = _answered(authorizer, request)
                if answer != (right.decision, right.determining, dict(right.errors)):
                    shown = " ".join(f'{each[0]}::"{each[1]}"' for each in (principal, action, resource))
                    yield f"{name}; {shown} with {context}: reference {_said(right.decision, right.determining, dict(right.errors))}, {tier} {_said(*answer)}"


def _linked(ours: Policies, theirs: PolicySet) -> tuple[Policies, PolicySet]:
    """Link every template of a set, in both engines."""
    for template, (number, values) in product(ours.templates, enumerate(LINKED)):
        wanted = {slot: values[slot] for slot in slots(ours.templates[template])}
        name = f"link{number} of {template}"
        ours = ours.link(name, Link(template, {slot: EntityUid(*uid) for slot, uid in wanted.items()}))
        theirs = theirs.link(template, name, {slot: Uid(*uid) for slot, uid in wanted.items()})
    return ours, theirs


def _after_changes(served: PolicySet, entities: ProductionEntities) -> dict[str, Authorizer]:
    """Return authorizers of a set that starts from the plans of another one, of which some policies were others."""
    names, links = [*served.statics][: 2 * CHANGES : 2], [*served.links][: 2 * CHANGES : 2]
    other = PolicySet.from_text("forbid(principal, action, resource);").statics["policy0"]
    before = served
    for name in names:
        before = before.remove_static(name).add(name, other)
    for name in links:
        before = before.unlink(name)
    plans_of(before)
    after = before
    for name in names:
        after = after.remove_static(name).add(name, served.statics[name])
    for name in links:
        link = served.links[name]
        filled = (("?principal", link.principal), ("?resource", link.resource))
        values = {slot: uid for slot, uid in filled if uid is not None}
        after = after.link(name.partition(" of ")[2], name, values)
    tiers: tuple[Tier, ...] = ("machine", "generated")
    return {f"{tier} after changes": Authorizer(after, entities, tier=tier) for tier in tiers}


def _value(value: bool | int) -> Value:
    return Bool(value) if isinstance(value, bool) else Long(value)


Answer = tuple[str, frozenset[str], dict[str, str]]


def _answered(authorizer: Authorizer, request: ProductionRequest) -> Answer:
    try:
        found = authorizer.authorize(request)
    except CedarError as error:
        return f"{type(error).__name__}: {error}", frozenset(), {}
    return found.decision, found.determining, dict(found.errors)


def _said(decision: str, determining: frozenset[str], errors: dict[str, str]) -> str:
    erring = f", errors {errors}" if errors else ""
    return f"{decision} because of {', '.join(sorted(determining)) or 'nothing'}{erring}"


SERVER = "production.serving.server"
THEOREMS = (
    Theorem(
        "Production serves what the reference authorizes",
        "For every combination of constraint forms, for linked templates, for clauses of every kind, and for sets beyond each limit at which"
        " production changes its ways, the three tiers give the reference's response, and so do sets of which policies were exchanged.",
        "Lean PolicySlice: scope-based slicing; ours: index and server",
        "B",
        _goals,
        (
            Defect(
                "the key of kept responses is masked",
                SERVER,
                "        return self._keep(mask, response)",
                "        return self._keep(mask & 7, response)",
            ),
            Defect(
                "the resource's constraint is dropped",
                "production.serving.rules",
                "    if not _fits(policy.resource, rule.resource, frame.resource, frame.entities):\n        return FALSE\n",
                "",
            ),
        ),
        "policies, entities and requests are tried, not symbols; the slice theorem says what an index must find",
        (
            "production.serving.index.key_of", "production.serving.index.tabled", "production.serving.index.build_index",
            "production.serving.index.Key.holds", "production.serving.index.Tables.find",
            "production.serving.index.Place.find", "production.serving.index.SideIndex.places",
            "production.serving.index.ScopeIndex.finder",
            "production.serving.rules.status_of", "production.serving.rules._fits", "production.serving.rules.static_rule",
            "production.serving.rules.link_rule", "production.serving.rules.rules_of",
            "production.serving.plans.Plans.plan", "production.serving.plans.Plans._plan",
            "production.serving.plan_changes.changed_plans", "production.serving.plan_changes.ChangedPlans.plan",
            "production.serving.plan_changes._fits", "production.serving.kept_plans.plans_of",
            "production.serving.plans.split", "production.serving.plans.Plan.fused", "production.serving.plans.Plan.finder",
            "production.serving.compiled_shapes._guard_type", "production.serving.compiled_shapes._guard_scope",
            "production.serving.compiled_shapes.fused_program", "production.serving.compiled_shapes._shape_program",
            "production.serving.entity_side.Grouping.side", "production.serving.entity_side.Grouping.in_place",
            "production.serving.entity_side.Grouping._grouped", "production.serving.entity_side._likeness",
            "production.serving.server._statuses", "production.serving.server._masks", "production.serving.server._named",
            "production.serving.server.Server._machine_answer", "production.serving.server.Server._respond_to_hits",
            "production.serving.server.Server._entry_status", "production.serving.server.Server._group_status",
            "production.execution.codegen_control.write_guard", "production.language.lowering.lower_conditions",
        ),
    ),
)  # fmt: skip
