"""Answers of the reference engine to an inquiry, as the recorded answers are written (spec 13).

Owns only spelling: names of members, uids as text, sets as sorted lists.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reference.errors import InputError
from reference.json.policy_writer import body_to_json
from reference.policies import (
    ActionConstraint,
    ActionEquals,
    ActionIn,
    Anything,
    Body,
    Equals,
    OfType,
    OfTypeWithin,
    ScopeConstraint,
    Within,
    slots,
)
from reference.policy_set import Link, PolicySet, instantiate
from reference.schema.schema import Schema
from reference.syntax import Lit, Slot
from reference.text.parser import parse_expression
from reference.validation import questions
from reference.validation.environments import Environment
from reference.validation.policies import validate_set
from reference.validation.scripts import is_escaped
from reference.validation.substitution import Substitution, substitute
from reference.values import EntityUid

Json = dict[str, Any]

ESCAPES = {"\0": r"\0", "\t": r"\t", "\n": r"\n", "\r": r"\r", '"': r"\"", "'": r"\'", "\\": r"\\"}
MARKS = frozenset({"Mn", "Me", "Mc", "Lm"})
"""Categories of characters that are escaped only at the beginning of an id."""


def schema_answers(schema: Schema, types: Sequence[str], actions: Sequence[EntityUid]) -> Json:
    """All answers about a schema; `types` and `actions` need not be declared."""
    all_types = sorted({*schema.entity_types, *types})
    all_actions = sorted({*schema.actions, *actions}, key=uid_text)
    return {
        "entity_types": sorted(schema.entity_types),
        "actions": texts(schema.actions),
        "action_groups": texts(questions.action_groups(schema)),
        "principals": sorted(questions.principals(schema)),
        "resources": sorted(questions.resources(schema)),
        "principals_for_action": {
            uid_text(uid): listed(questions.principals_for_action(schema, uid)) for uid in all_actions
        },
        "resources_for_action": {
            uid_text(uid): listed(questions.resources_for_action(schema, uid)) for uid in all_actions
        },
        "actions_for_principal_and_resource": [
            [principal, resource, texts(found)]
            for principal in all_types
            for resource in all_types
            if (found := questions.actions_for_principal_and_resource(schema, principal, resource))
        ],
        "request_envs": sorted_environments(
            {"principal": principal, "action": uid_text(uid), "resource": resource}
            for principal, uid, resource in questions.request_environments(schema)
        ),
        "ancestors": {name: listed(questions.ancestors(schema, name)) for name in all_types},
        "action_entities": {
            uid_text(uid): texts(groups) for uid, groups in questions.action_entities(schema).items()
        },
        "external_entity_types": sorted(questions.external_entity_types(schema)),
        "external_actions": texts(questions.external_actions(schema)),
        "is_complete": questions.is_complete(schema),
    }


def policies_answers(policies: PolicySet, schema: Schema | None, substitution: Substitution) -> Json:
    """All answers about each static policy, template and link, by id."""
    answers = {new_id: link_answers(link, policies, schema) for new_id, link in policies.links.items()}
    for policy_id, body in policies.static.items():
        static = {"static": True, "entity_literals": texts(questions.entity_literals(body), multiset=True)}
        answers[policy_id] = {**static, **body_answers(body), **environments(body, schema)}
        if substitution:
            answers[policy_id] |= substituted(body, substitution)
    for policy_id, body in policies.templates.items():
        template = {"template": True, "slots": sorted(slots(body))}
        answers[policy_id] = {**template, **body_answers(body), **environments(body, schema)}
    return answers


def is_valid(policies: PolicySet, schema: Schema) -> bool:
    """Validate the set strictly."""
    return all(verdict.valid for verdict in validate_set(policies, schema).values())


def link_answers(link: Link, policies: PolicySet, schema: Schema | None) -> Json:
    """Answer about a link: its constraints have values, its literals are those of the template."""
    template = policies.templates[link.template_id]
    return {
        "static": False,
        "template": link.template_id,
        "links": {slot: uid_text(uid) for slot, uid in link.values.items()},
        "entity_literals": texts(questions.entity_literals(template), multiset=True),
        **body_answers(instantiate(template, link.values)),
        **environments(template, schema),
    }


def body_answers(body: Body) -> Json:
    """Answer what policies, templates and links have in common."""
    return {
        "effect": body.effect,
        "annotations": {key: value or "" for key, value in body.annotations},
        "principal": scope_answer(body.principal),
        "action": action_answer(body.action),
        "resource": scope_answer(body.resource),
        "has_non_scope_constraint": questions.has_non_scope_constraint(body),
    }


def scope_answer(constraint: ScopeConstraint) -> list[Any]:
    """Describe the constraint on principal or resource."""
    match constraint:
        case Anything():
            return ["any"]
        case Equals(target):
            return ["==", target_text(target)]
        case Within(target):
            return ["in", target_text(target)]
        case OfType(name):
            return ["is", name]
        case OfTypeWithin(name, target):
            return ["is in", name, target_text(target)]


def action_answer(constraint: ActionConstraint) -> list[Any]:
    """Describe the constraint on the action, its list as it is written."""
    match constraint:
        case Anything():
            return ["any"]
        case ActionEquals(uid):
            return ["==", uid_text(uid)]
        case ActionIn(uids):
            return ["in", [uid_text(uid) for uid in uids]]


def environments(body: Body, schema: Schema | None) -> Json:
    """List the environments in which the policy can make a difference, under a schema."""
    if schema is None:
        return {}
    found = questions.valid_request_environments(body, schema)
    return {"valid_request_envs": sorted_environments(map(environment, found))}


def environment(of: Environment) -> dict[str, str]:
    """Describe an environment with the types of slots, if there are any."""
    slot_types = {f"{slot.removeprefix('?')}_slot": name for slot, name in of.slots.items()}
    return {
        "principal": of.principal,
        "action": uid_text(of.action),
        "resource": of.resource,
        **slot_types,
    }


def sorted_environments(found: Iterable[Mapping[str, str]]) -> list[Mapping[str, str]]:
    """Sort environments by their members, in the order in which they are written."""
    return sorted(found, key=lambda one: tuple(one.values()))


def substituted(body: Body, substitution: Substitution) -> Json:
    """Replace the literals of a policy, in JSON; null if it is none then."""
    try:
        changed = substitute(body, substitution)
    except InputError:
        return {"substituted": None}
    return {
        "substituted": body_to_json(changed),
        "substituted_literals": texts(questions.entity_literals(changed), multiset=True),
    }


def literal(text: str) -> EntityUid:
    """Parse the uid that a literal denotes.

    Raises:
        InputError: part `expression`.
    """
    match parse_expression(text):
        case Lit(EntityUid() as uid):
            return uid
        case _:
            raise InputError("expression", f"expected an entity literal, found {text!a}")


def target_text(target: EntityUid | Slot) -> str:
    """Describe the entity of a constraint, or that it is a slot."""
    return "slot" if isinstance(target, Slot) else uid_text(target)


def uid_text(uid: EntityUid) -> str:
    """Write a uid as recorded: invisible characters are escaped, marks after the first character not."""
    first, rest = uid.id[:1], uid.id[1:]
    escaped = "".join((*map(_escaped, first), *(c if _is_mark(c) else _escaped(c) for c in rest)))
    return f'{uid.type}::"{escaped}"'


def _escaped(character: str) -> str:
    if character in ESCAPES:
        return ESCAPES[character]
    return f"\\u{{{ord(character):x}}}" if is_escaped(character) else character


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) in MARKS


def texts(found: Iterable[EntityUid], *, multiset: bool = False) -> list[str]:
    """Write uids as text, sorted; once each unless repetitions count."""
    written = [uid_text(uid) for uid in found]
    return sorted(written) if multiset else sorted(set(written))


def listed(names: Iterable[str] | None) -> list[str] | None:
    """Sort names; null where there is no answer."""
    return None if names is None else sorted(names)
