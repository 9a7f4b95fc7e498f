"""Hostile documents: deep, repeated, ill-encoded and huge JSON, tall, wide and cyclic hierarchies."""

from __future__ import annotations

from drt.hostile.family import (
    ALLOW,
    CHAIN,
    DENY,
    DOCUMENT,
    JSON_LEVELS,
    LEVELS,
    LONG_TEXT,
    NESTING,
    PLAIN,
    REQUEST,
    Family,
    Hostile,
    document,
    if_within,
)
from drt.model.case import Case, Source
from drt.model.outcome import Accepted, Authorized, Part, Rejected, Validated

IN_TOP = 'permit(principal in G::"g0", action, resource);'


def _entity(kind: str, name: str, parents: str = "", attrs: str = "{}") -> str:
    return f'{{"uid": {{"type": "{kind}", "id": "{name}"}}, "attrs": {attrs}, "parents": [{parents}]}}'


def _uid(kind: str, name: str) -> str:
    return f'{{"type": "{kind}", "id": "{name}"}}'


def _nested_attribute(size: int) -> Hostile:
    attrs = '{"a": ' * size + "1" + "}" * size
    expected = ALLOW if size <= JSON_LEVELS - 10 else Rejected("entities")
    return document("entities", f"[{_entity('U', 'a', attrs=attrs)}]", expected)


def _nested_context(size: int) -> Hostile:
    context = '{"a": ' * size + "1" + "}" * size
    text = REQUEST.text[:-1] + f', "context": {context}}}'
    return document("request", text, ALLOW if size <= JSON_LEVELS - 10 else Rejected("request"))


def _nested_policy(size: int) -> Hostile:
    body = '{"!": {"arg": ' * size + '{"Value": true}' + "}}" * size
    scope = ", ".join(f'"{variable}": {{"op": "All"}}' for variable in ("principal", "action", "resource"))
    conditions = f'[{{"kind": "when", "body": {body}}}]'
    policy = f'{{"effect": "permit", {scope}, "conditions": {conditions}}}'
    text = f'{{"staticPolicies": {{"policy0": {policy}}}, "templates": {{}}, "templateLinks": []}}'
    return document("policies", text, ALLOW if size <= 50 else Rejected("policies"))


def _tall(size: int) -> Hostile:
    links = [_entity("G", f"g{n}", _uid("G", f"g{n - 1}")) for n in range(size, 0, -1)]
    user = _entity("U", "a", _uid("G", f"g{size}"))
    return document("entities", f"[{user}, {', '.join(links)}]", ALLOW, IN_TOP)


def _wide(size: int) -> Hostile:
    parents = ", ".join(_uid("G", f"g{n}") for n in range(size))
    return document("entities", f"[{_entity('U', 'a', parents)}]", ALLOW, IN_TOP)


def _crowd(size: int) -> Hostile:
    children = ", ".join(_entity("U", f"u{n}", _uid("G", "g1")) for n in range(size))
    return document("entities", f"[{children}]", DENY, IN_TOP)


def _cycle(size: int) -> Hostile:
    links = ", ".join(_entity("G", f"g{n}", _uid("G", f"g{(n + 1) % size}")) for n in range(size))
    return document("entities", f"[{links}]", Rejected("entities"))


def _lattice(size: int) -> Hostile:
    """Layers of ten, each member in the whole layer above: the paths are ten to the number of layers."""
    layers = size // 10
    entities = []
    for layer in range(1, layers + 1):
        parents = ", ".join(_uid("G", f"{layer - 1}.{n}") for n in range(10))
        entities += [_entity("G", f"{layer}.{n}", parents) for n in range(10)]
    user = _entity("U", "a", _uid("G", f"{layers}.0"))
    policy = 'permit(principal in G::"0.0", action, resource);'
    return document("entities", f"[{user}, {', '.join(entities)}]", ALLOW, policy)


def _attribute(name: str, sizes: tuple[int, ...], value: str, *, good: bool = False) -> Family:
    """Make an attribute whose JSON value has `size` digits in the place of …."""

    def make(size: int) -> Hostile:
        attrs = '{"a": ' + value.replace("…", "9" * size) + "}"
        expected = ALLOW if good else Rejected("entities")
        return document("entities", f"[{_entity('U', 'a', attrs=attrs)}]", expected)

    return Family(name, sizes, make)


def _repeated_keys(size: int) -> Hostile:
    attrs = "{" + ", ".join('"a": 1' for _ in range(size)) + "}"
    return document("entities", f"[{_entity('U', 'a', attrs=attrs)}]", Rejected("entities"))


def _surrogates(size: int) -> Hostile:
    attrs = '{"a": "' + r"\ud800" * size + '"}'
    return document("entities", f"[{_entity('U', 'a', attrs=attrs)}]", Rejected("entities"))


def _colliding_keys(size: int) -> Hostile:
    """Keys that are long and alike but for their ends."""
    attrs = "{" + ", ".join(f'"{"k" * 100}{n}": {n}' for n in range(size)) + "}"
    return document("entities", f"[{_entity('U', 'a', attrs=attrs)}]", ALLOW)


def _brackets(part: Part) -> Family:
    return Family(
        f"open brackets as {part}", NESTING, lambda size: document(part, "[" * size, Rejected(part))
    )


def _many_policies(size: int) -> Hostile:
    text = "\n".join(f'permit(principal == U::"u{n}", action, resource);' for n in range(size))
    return Hostile(Case(Source(text), requests=(REQUEST,)), DENY)


def _many_links(size: int) -> Hostile:
    text = "permit(principal == ?principal, action, resource);"
    links = tuple(("policy0", f"l{n}", (("?principal", _uid("U", f"u{n}")),)) for n in range(size - 1))
    mine = ("policy0", "mine", (("?principal", _uid("U", "a")),))
    return Hostile(
        Case(Source(text), requests=(REQUEST,), links=(*links, mine)), Authorized("allow", ("mine",))
    )


DOCUMENTS = (
    Family("nested attribute", (50, 100, 1_000, 10_000, 100_000), _nested_attribute),
    Family("nested context", (50, 100, 1_000, 10_000, 100_000), _nested_context),
    Family("nested JSON policy", (20, 50, 1_000, 10_000, 100_000), _nested_policy),
    _brackets("entities"),
    _brackets("policies"),
    _brackets("request"),
    Family("tall hierarchy", CHAIN, _tall),
    Family("wide hierarchy", CHAIN, _wide),
    Family("crowded hierarchy", CHAIN, _crowd),
    Family("cyclic hierarchy", CHAIN, _cycle),
    Family("lattice hierarchy", (100, 200, 400), _lattice),
    Family("repeated keys", DOCUMENT, _repeated_keys),
    Family("lone surrogates", DOCUMENT, _surrogates),
    Family("long alike keys", DOCUMENT, _colliding_keys),
    _attribute("huge integer", DOCUMENT, "…"),
    _attribute("huge exponent", DOCUMENT, "1e…"),
    _attribute("huge fraction", DOCUMENT, "0.…"),
    _attribute("not a number", (1,), "NaN"),
    _attribute("1e999", (1,), "1e999"),
    _attribute("large string attribute", LONG_TEXT, '"…"', good=True),
    Family("many policies", (1_000, 10_000, 50_000), _many_policies),
    Family("many links", (1_000, 10_000, 50_000), _many_links),
)


ACTION = 'action "x" appliesTo { principal: U, resource: R, context: {} };'
SCHEMA = Source(f"entity R; entity U {{ a?: U, n: Long }}; {ACTION}")


def _validated(name: str, sizes: tuple[int, ...], left: str, step: str, right: str, *, valid: bool) -> Family:
    """Make a policy to validate whose condition repeats a step."""

    def make(size: int) -> Hostile:
        text = f"permit(principal, action, resource) when {{ {left}{step * size}{right} }};"
        case = Case(Source(text), schema=SCHEMA)
        return Hostile(case, Validated(valid, (("policy0", valid),)), "validate")

    return Family(name, sizes, make)


def _deep_validated(size: int) -> Hostile:
    text = f"permit(principal, action, resource) when {{ {'(' * size}principal.n == 1{')' * size} }};"
    expected = Validated(True, (("policy0", True),)) if size <= LEVELS else Rejected("policies")
    return Hostile(Case(Source(text), schema=SCHEMA), expected, "validate")


def _nested_type(name: str, opening: str, closing: str) -> Family:
    """Nest a type in types; the braces of the entity and the innermost type are levels too."""

    def make(size: int) -> Hostile:
        nested = f"entity U {{ a?: {opening * (size - 2)}Long{closing * (size - 2)} }};"
        schema = Source(f"entity R; {nested} {ACTION}")
        expected = if_within(LEVELS, size, ALLOW, "schema")
        return Hostile(Case(PLAIN, schema=schema, requests=(REQUEST,)), expected)

    return Family(f"nested {name} types", NESTING, make)


def _formatted(size: int) -> Hostile:
    text = "// c\n" * size + "permit (principal, action, resource);\n"
    return Hostile(Case(Source(text)), Accepted(), "format")


SCHEMAS = (
    _validated("validated ill-typed accesses", CHAIN, "principal", ".a", " == 1", valid=False),
    _validated("validated conjunction", CHAIN, "", "principal.n == 1 && ", "true", valid=True),
    _validated("validated sum", CHAIN, "", "principal.n + ", "1 == 1", valid=True),
    Family("validated parentheses", NESTING, _deep_validated),
    _nested_type("set", "Set<", ">"),
    _nested_type("record", "{a: ", "}"),
    Family("formatted comments", CHAIN, _formatted),
)
