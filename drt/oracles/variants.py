"""Variants of a case for the laws: policy sets as JSON that can be cut, doubled and renamed.

Owns the transformations of documents. A `Policies` is never changed; every transformation makes another.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AnySet
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from drt.model.case import Case, Source
from drt.model.engine import Engine, NotLoaded
from drt.model.outcome import Accepted, Authorized, Outcome
from drt.model.question import Authorize, ReadPolicies
from drt.oracles.comparing import Comparison
from drt.oracles.rewriting import renamed_entities, renamed_request, renamed_uids, repeated, repeated_data
from drt.oracles.texts import NotPlainJson, plain_json, policy_parts

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Policies:
    """A policy set: static policies and templates by id, and links as in policy-set JSON (spec 06 §1)."""

    static: Mapping[str, Json]
    templates: Mapping[str, Json]
    links: tuple[Json, ...]

    @classmethod
    def read(cls, canonical: str, case: Case) -> Policies:
        """Read an engine's canonical JSON and the links of the case; raises `NotPlainJson`."""
        static, templates, links = policy_parts(plain_json(canonical))
        added = [
            {"templateId": template, "newId": new, "values": {slot: plain_json(uid) for slot, uid in values}}
            for template, new, values in case.links
        ]
        return cls(static, templates, (*links, *added))

    def source(self) -> Source:
        """Write the policy-set document, in the order of the mappings."""
        document = {"staticPolicies": self.static, "templates": self.templates, "templateLinks": self.links}
        return Source(json.dumps(document), "json")

    def effects(self) -> dict[str, str]:
        """List the effect of every policy that is evaluated: static policies and links."""
        linked = {link["newId"]: self.templates.get(link["templateId"], {}) for link in self.links}
        return {policy: body.get("effect", "") for policy, body in [*self.static.items(), *linked.items()]}

    def ids(self) -> AnySet[str]:
        """List the ids of every policy that is evaluated."""
        return self.effects().keys()

    def reversed(self) -> Policies:
        """Everything in the opposite order."""
        return Policies(
            dict(list(self.static.items())[::-1]), dict(list(self.templates.items())[::-1]), self.links[::-1]
        )

    def without(self, ids: AnySet[str]) -> Policies:
        """Without some static policies and links; templates stay."""
        return Policies(
            {policy: body for policy, body in self.static.items() if policy not in ids},
            self.templates,
            tuple(link for link in self.links if link["newId"] not in ids),
        )

    def with_copies(self, effect: str) -> Policies:
        """With a copy of every static policy that has this effect instead of its own, under a new id."""
        taken = {*self.static, *self.templates, *(link["newId"] for link in self.links)}
        prefix = "added"
        while any(policy.startswith(prefix) for policy in taken):
            prefix += "-"
        copies = {f"{prefix}{policy}": {**body, "effect": effect} for policy, body in self.static.items()}
        return Policies({**self.static, **copies}, self.templates, self.links)

    def written_out(self) -> Policies:
        """With static policies in the place of links, and no templates left."""
        written = {
            link["newId"]: _filled(self.templates[link["templateId"]], link["values"]) for link in self.links
        }
        return Policies({**self.static, **written}, {}, ())

    def renamed(self) -> Policies:
        """With all policy and entity ids renamed."""
        return Policies(
            {rename(policy): renamed_uids(body, rename) for policy, body in self.static.items()},
            {rename(policy): renamed_uids(body, rename) for policy, body in self.templates.items()},
            tuple(
                {
                    "templateId": rename(link["templateId"]),
                    "newId": rename(link["newId"]),
                    "values": renamed_uids(link["values"], rename),
                }
                for link in self.links
            ),
        )

    def repeated(self) -> Policies:
        """With every element of every set and action list twice."""
        return Policies(
            {policy: repeated(body) for policy, body in self.static.items()},
            {policy: repeated(body) for policy, body in self.templates.items()},
            self.links,
        )


def rename(name: str) -> str:
    """Another name for every name, and different ones for different ones; their order changes too."""
    return f"renamed {name[::-1]}"


def _filled(template: Json, values: Json) -> Json:
    filled = dict(template)
    for variable in ("principal", "resource"):
        constraint = dict(template[variable])
        if "in" in constraint:
            constraint["in"] = _filled_operand(constraint["in"], values)
        filled[variable] = _filled_operand(constraint, values)
    return filled


def _filled_operand(operand: Json, values: Json) -> Json:
    if "slot" not in operand:
        return operand
    rest = {key: value for key, value in operand.items() if key != "slot"}
    return {**rest, "entity": values[operand["slot"]]}


class Subject:
    """One engine under a law: the case as it reads it from its own JSON, and its responses to that."""

    def __init__(self, engine: Engine, case: Case, policies: Policies, comparison: Comparison) -> None:
        self.engine = engine
        self.case = replace(case, links=())
        self.policies = policies
        self.comparison = comparison

    def answers(self, case: Case) -> list[Outcome]:
        """Ask the engine every request of a case."""
        loaded = self.engine.load(case)
        if isinstance(loaded, NotLoaded):
            return [loaded] * len(case.requests)
        return [loaded.ask(Authorize(request)) for request in case.requests]

    @cached_property
    def base(self) -> list[Outcome]:
        """The answers to the unchanged case."""
        return self.answers(replace(self.case, policies=self.policies.source()))

    def responses(self) -> Iterator[tuple[int, Authorized]]:
        """List the responses to the unchanged case, by request."""
        yield from (
            (index, answer) for index, answer in enumerate(self.base) if isinstance(answer, Authorized)
        )

    def responses_to(self, policies: Policies) -> Iterator[tuple[int, Authorized]]:
        """List the responses to the case with other policies, by request."""
        answers = self.answers(replace(self.case, policies=policies.source()))
        yield from ((index, answer) for index, answer in enumerate(answers) if isinstance(answer, Authorized))

    def compare_all(self, variant: str, policies: Policies, fits: Callable[..., bool] | None = None) -> None:
        """Check that the case with other policies gets the same responses, or fitting ones."""
        self._compare(variant, self.answers(replace(self.case, policies=policies.source())), fits)

    def _compare(
        self, variant: str, answers: Sequence[Outcome], fits: Callable[..., bool] | None = None
    ) -> None:
        for index, (before, after) in enumerate(zip(self.base, answers, strict=True)):
            variants = [(self.engine.name, before), (f"{self.engine.name}, {variant}", after)]
            self.comparison.hold(f"request {index}", variants, fits, index)

    def compare_one(
        self, variant: str, policies: Policies, index: int, fits: Callable[..., bool] | None = None
    ) -> None:
        """One request gets the same response, or a fitting one, with other policies."""
        case = replace(self.case, policies=policies.source(), requests=self.case.requests[index : index + 1])
        variants = [
            (self.engine.name, self.base[index]),
            (f"{self.engine.name}, {variant}", self.answers(case)[0]),
        ]
        self.comparison.hold(f"request {index}", variants, fits, index)

    def hold(self, variant: str, index: int, response: Authorized, lawful: Authorized) -> None:
        """Check that a response is what the law makes it."""
        variants = [(self.engine.name, response), (f"{self.engine.name}, {variant}", lawful)]
        self.comparison.hold(f"request {index}", variants, request=index)

    def compare_renamed(self) -> None:
        """All ids renamed, here and in the responses."""
        try:
            changed = replace(
                self.case,
                policies=self.policies.renamed().source(),
                entities=renamed_entities(self.case.entities, rename),
                requests=tuple(renamed_request(request, rename) for request in self.case.requests),
            )
        except NotPlainJson:
            return self.comparison.skip("not plain JSON")
        self.base = [_renamed_response(answer) for answer in self.base]
        return self._compare("everything renamed", self.answers(changed))

    def compare_repeated(self) -> None:
        """Every element of every set twice, in policies, entities and contexts."""
        try:
            changed = replace(
                self.case,
                policies=self.policies.repeated().source(),
                entities=repeated_data(self.case.entities),
                requests=tuple(
                    replace(request, text=repeated_data(request.text)) for request in self.case.requests
                ),
            )
        except NotPlainJson:
            return self.comparison.skip("not plain JSON")
        return self._compare("elements repeated", self.answers(changed))


def _renamed_response(answer: Outcome) -> Outcome:
    if not isinstance(answer, Authorized):
        return answer
    return Authorized(
        answer.decision,
        tuple(sorted(rename(policy) for policy in answer.determining)),
        tuple(sorted((rename(policy), kind) for policy, kind in answer.erring)),
    )


def subjects(case: Case, engines: Sequence[Engine], comparison: Comparison) -> Iterator[Subject]:
    """Select the engines that read the policies of a case and fit the law; the others are counted."""
    for engine in engines:
        read = engine.ask(ReadPolicies(case.policies))
        if not isinstance(read, Accepted):
            comparison.skip("policies not read")
            continue
        try:
            yield Subject(engine, case, Policies.read(read.canonical, case), comparison)
        except NotPlainJson:
            comparison.skip("policies without plain JSON")
