"""The production engine's operations on policy sets and stores, step by step, as answers to `Revise`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, assert_never

from drt.model.case import Step
from production import (
    Authorizer,
    CedarError,
    Entities,
    PolicySet,
    Request,
    entities_json,
    read_uid_json,
    write_json,
)

Answer = dict[str, Any]


def revised(authorizer: Authorizer, steps: Sequence[Step], requests: Sequence[Request]) -> str:
    """Apply the steps one after another; write what each did and how the requests are answered after it."""
    answers: list[Answer] = []
    policies = entities = None
    for number, step in enumerate(steps, 1):
        answer: Answer = {"done": True}
        try:
            authorizer = _after(authorizer, step, answer)
        except CedarError:
            answer["done"] = False
        answer["responses"] = [_response(authorizer, request) for request in requests]
        # A step that is done changes one of the two, one that fails neither. The last shows both anew.
        of_store = step.kind.endswith("entities")
        both = number == len(steps) or not answer["done"]
        if policies is None or both or not of_store:
            policies = json.loads(authorizer.policies.to_json())
        if entities is None or both or of_store:
            entities = json.loads(write_json(entities_json(authorizer.entities)))
        answer["policies"], answer["entities"] = policies, entities
        answers.append(answer)
    return json.dumps(answers, sort_keys=True, separators=(",", ":"))


def _response(authorizer: Authorizer, request: Request) -> list[Any]:
    response = authorizer.authorize(request)
    candidates = authorizer.explain(request).candidates
    return [
        response.decision,
        sorted(response.determining),
        sorted(map(list, response.errors.items())),
        sorted(each.policy_id for each in candidates if each.satisfied),
        sorted([each.policy_id, each.error] for each in candidates if each.error is not None),
    ]


def _after(authorizer: Authorizer, step: Step, answer: Answer) -> Authorizer:
    policies, entities = authorizer.policies, authorizer.entities
    match step.kind:
        case "add":
            added = PolicySet.from_json(step.text)
            ((policy_id, policy),) = (*added.statics.items(), *added.templates.items())
            return authorizer.with_policies(policies.add(policy_id, policy))
        case "link":
            link = json.loads(step.text)
            values = {slot: read_uid_json(json.dumps(uid)) for slot, uid in link["values"].items()}
            return authorizer.with_policies(policies.link(link["templateId"], link["newId"], values))
        case "unlink":
            return authorizer.with_policies(policies.unlink(step.text))
        case "remove-static":
            return authorizer.with_policies(policies.remove_static(step.text))
        case "remove-template":
            return authorizer.with_policies(policies.remove_template(step.text))
        case "merge":
            return authorizer.with_policies(policies.merge(PolicySet.from_json(step.text)))
        case "merge-renaming":
            merged, answer["names"] = policies.merge_renaming(PolicySet.from_json(step.text))
            return authorizer.with_policies(merged)
        case "add-entities":
            return authorizer.with_entities(entities.add(Entities.from_json(step.text)))
        case "put-entities":
            each = [json.dumps([one]) for one in json.loads(step.text)]
            listed = [entity for text in each for entity in Entities.from_json(text)]
            return authorizer.with_entities(entities.upsert(listed))
        case "remove-entities":
            gone = [read_uid_json(json.dumps(uid)) for uid in json.loads(step.text)]
            return authorizer.with_entities(entities.remove(gone))
        case _:
            assert_never(step.kind)
