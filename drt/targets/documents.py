"""Cases of literals and documents that scenarios do not have, wrong in one place or in none."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from drt.model.case import Case, Request
from drt.model.case import Source as Text
from drt.oracles.defined_json import defined_policy_set
from drt.oracles.defined_names import Refused, Undefined
from drt.oracles.defined_schema_json import defined_json_schema
from drt.oracles.defined_schema_text import defined_cedar_schema
from drt.oracles.wildcard import ANY_REQUEST
from drt.scan.tokens import tokenize
from drt.targets import cases
from generators.choice.sources import Source
from generators.texts import hanging_guards, typing_cases, typing_world, well_typed
from generators.texts.deep_documents import deep_entities, deep_policy_set, deep_schema
from generators.texts.external_declarations import incomplete_schema
from generators.texts.grammar import Grammar
from generators.texts.literal_forms import literal_expression
from generators.texts.odd_texts import odd_expression, odd_policy
from generators.texts.partial_world import EXTERNAL
from generators.texts.partial_world import SCHEMA as SMALL_SCHEMA
from generators.texts.partial_world import policies as partial_policies
from generators.texts.policy_documents import policy_set
from generators.texts.schema_texts import schema_text, short_schema
from generators.texts.slot_templates import templates
from generators.texts.small_requests import broken_request, listed_and_not, request
from generators.texts.small_schemas import schema_json
from generators.texts.small_stores import SCHEMA, broken_entities, entities
from generators.texts.tiny_schemas import tiny_schema

LITERALS_A_CASE = 8
SHORT_A_CASE = 5
REQUESTS_A_STORE = 3
POLICIES_A_CASE = 6
ODD_WHOLE = 0.03
"""Probability of a document that nests at the limit of its format, or that is of another one."""

INCOMPLETE = 0.08
"""Probability of a schema that leaves a type or an action external."""

NO_DOCUMENTS = (
    "null", "null", "null", "null", "[]", "{}", "1", '""', "[null]", "[{}]", " ", "{} {}", "[] []",
    "\ufeff[]", "\ufeff{}",
)  # fmt: skip
"""Texts that are a document of one format at most."""

GUARDED = 0.25
"""Probability of policies whose verdicts hang on one guard each."""

PERMIT_ALL = "permit(principal, action, resource);"


def literals(source: Source) -> Case:
    """Draw extension literals, their methods, and arithmetic at the limits of Long."""
    expressions = tuple(literal_expression(source) for _ in range(LITERALS_A_CASE))
    return Case(Text(""), requests=(ANY_REQUEST,), expressions=expressions)


def odd_tokens(source: Source) -> Case:
    """Draw a policy that is odd in one place, and as often as not expressions that are."""
    if source.boolean():
        return Case(Text(odd_policy(source)))
    expressions = tuple(odd_expression(source) for _ in range(LITERALS_A_CASE))
    return Case(Text(odd_policy(source)), expressions=expressions)


def commented(source: Source) -> Case:
    """Draw policies in text with comments at some of the places where there can be one."""
    text = Grammar(source).policies(2)
    pieces, end = [], 0
    for number, token in enumerate(tokenize(text)):
        pieces.append(text[end : token.start])
        if source.boolean(0.2):
            for part in "abcd"[: source.choice((1, 1, 2, 4))]:
                line = (
                    source.choice(("\n", " ")),
                    f"// c{number}{part}",
                    source.choice(("\n", "\r\n", "\n\n")),
                )
                pieces += line
        pieces.append(token.text)
        end = token.end
    return Case(Text("".join([*pieces, text[end:]])))


def trees(source: Source) -> Case:
    """Draw a policy set in JSON, with trees that no text has."""
    return _trees(source, 0.6)


def _trees(source: Source, wrong: float) -> Case:
    text = _odd_whole(source, deep_policy_set) or policy_set(source, wrong)
    return Case(Text(text, "json"), requests=(Request(ANY_REQUEST.text),))


def _odd_whole(source: Source, deep: Callable[[Source], str]) -> str:
    """Draw, now and then, a document that is odd as a whole; empty otherwise."""
    if not source.boolean(ODD_WHOLE):
        return ""
    return deep(source) if source.boolean() else source.choice(NO_DOCUMENTS)


def sound_trees(source: Source) -> Case:
    """Draw a policy set in JSON, with trees that no text has; most are what engines take."""
    for _ in range(4):
        case = _trees(source, 0.1)
        try:
            defined_policy_set(case.policies.text)
        except (Refused, Undefined):
            continue
        break
    return case


def schema_rules(source: Source) -> Case:
    """Draw a small schema in either syntax, or several short ones, wrong by one rule or right."""
    if source.boolean(0.5):
        first, *others = (_short_schema(source) for _ in range(SHORT_A_CASE))
        return Case(Text(""), schema=first, fragments=tuple(others))
    return _schema(source)


def _short_schema(source: Source) -> Text:
    if source.boolean():
        return Text(schema_json(source, 1.0, small=0.9), "json")
    return Text(short_schema(source))


def _schema(source: Source) -> Case:
    if source.boolean():
        text = _odd_whole(source, deep_schema) or schema_json(source, 0.8)
        return Case(Text(""), schema=Text(text, "json"))
    return Case(Text(""), schema=Text(schema_text(source)))


def sound_schemas(source: Source) -> Case:
    """Draw a small schema in either syntax; most are what engines take."""
    for _ in range(4):
        case = _schema(source)
        assert case.schema is not None
        define = defined_cedar_schema if case.schema.format == "cedar" else defined_json_schema
        try:
            define(case.schema.text)
        except (Refused, Undefined, RecursionError):
            continue
        break
    return case


EDGES: tuple[object, ...] = (
    2**63 - 1,
    2**63,
    -(2**63),
    -(2**63) - 1,
    0,
    True,
    "",
    "é",
    [2**63],
    {"m": -(2**63) - 1},
    [],
    {},
    None,
)
PERMIT_ACTIONS = """\
permit(principal, action in [Action::"view", Action::"list", N::Action::"edit", M::Action::"edit"], resource);
permit(principal, action, resource);
forbid(principal == User::"e0", action, resource == Group::"e1");
forbid(principal, action, resource == N::Team::"e1");
forbid(principal == Color::"blue", action, resource == Color::"Red");
forbid(principal, action, resource) when { context has color && context.color == Color::"red" };
forbid(principal, action, resource) when { context has users && context.users.contains(User::"u") };
forbid(principal, action, resource) when { context has act && context.act in Action::"read" };
forbid(principal, action, resource) when { context has pair && context.pair.id like "a*" };
forbid(principal, action, resource) when { context has ip && context.ip.isIpv4() };
forbid(principal, action, resource) when { context has n && context.n > 0 };
"""
"""Policies that depend on each part of a context, and name what requests name, unlisted ids too."""


def store_rules(source: Source, unknown: float = 0.12) -> Case:
    """Draw entities and requests, most often under a small schema; at most one of them breaks a rule.

    With probability `unknown` there is no schema.
    """
    wrong = source.integer(0, 4)
    store = broken_entities(source) if wrong in (1, 2) else entities(source)
    drawn = broken_request if wrong in (3, 4) else request
    texts = [drawn(source) for _ in range(REQUESTS_A_STORE)]
    requests = tuple(Request(text) for text in texts)
    schema = None if source.boolean(unknown) else Text(SCHEMA)
    if schema is not None and source.boolean(INCOMPLETE):
        schema = Text(incomplete_schema(source))
    return Case(Text(PERMIT_ALL), store, schema, requests=requests)


def request_variants(source: Source) -> Case:
    """Draw entities and requests, often without a schema, and policies that name the actions."""
    case = store_rules(source, unknown=0.4)
    last = json.loads(request(source))
    last["context"] = {"n": source.choice(EDGES)}
    requests = (*case.requests, Request(json.dumps(last)), *map(Request, listed_and_not(source)))
    return replace(case, policies=Text(PERMIT_ACTIONS), requests=requests)


def shapes(source: Source) -> Case:
    """Draw an entity document, most often with a flaw in its shape."""
    return Case(Text(""), _odd_whole(source, deep_entities) or broken_entities(source))


def typing(source: Source) -> Case:
    """Draw policies whose types are at issue, with links, a store and requests."""
    if source.boolean(GUARDED):
        return _typing_of(source, hanging_guards.policies(source, POLICIES_A_CASE), 3)
    return _typing(source, POLICIES_A_CASE, 3, 0.4, well_typed.HANGING)


def typing_for_levels(source: Source) -> Case:
    """Draw fewer policies, more of them well typed, and one request: slices take their time."""
    return _typing(source, 2, 1, 0.75, 0.3)


def typing_by_level(source: Source) -> Case:
    """Draw policies of which most hang on their level alone."""
    return _typing(source, POLICIES_A_CASE, 1, 0.85, 0.6)


def _typing(source: Source, policies: int, requests_drawn: int, typed: float, hanging: float) -> Case:
    if source.boolean(typed):
        text = well_typed.policies(source, policies, hanging)
    else:
        text = typing_cases.policies(source, policies)
    return _typing_of(source, text, requests_drawn)


def _typing_of(source: Source, text: str, requests_drawn: int) -> Case:
    requests = tuple(Request(one) for one in typing_world.requests(source)[:requests_drawn])
    links = tuple(typing_cases.links(source, text))
    return Case(Text(text), typing_world.STORE, Text(typing_world.SCHEMA), links=links, requests=requests)


ABOUT_A_SCHEMA = 0.2
"""Probability of an inquiry about a small schema alone, which has what policies seldom need."""

ABOUT_FORMS = 0.25
"""Probability of an inquiry about templates of all forms, or about expressions of all forms."""


def inquiry(source: Source) -> Case:
    """Draw policies with literals in all places, templates and links, for an inquiry about them."""
    if source.boolean(ABOUT_A_SCHEMA):
        if source.boolean(0.3):
            return Case(Text(PERMIT_ALL), schema=Text(tiny_schema(source)))
        return replace(sound_schemas(source), policies=Text(PERMIT_ALL))
    if source.boolean(ABOUT_FORMS):
        return _about_forms(source)
    if source.boolean(0.4):
        return cases.inquiry(source)
    if source.boolean():
        schema = SMALL_SCHEMA + (EXTERNAL if source.boolean(0.1) else "")
        return Case(Text(partial_policies(source, 3)), schema=Text(schema))
    text = typing_cases.policies(source, 3)
    return Case(Text(text), schema=Text(typing_world.SCHEMA), links=tuple(typing_cases.links(source, text)))


def _about_forms(source: Source) -> Case:
    schema = Text(typing_world.SCHEMA)
    if source.boolean():
        return Case(Text(Grammar(source).policies(2)), schema=schema)
    text = templates(source, 3)
    return Case(Text(text), schema=schema, links=tuple(typing_cases.links(source, text)))
