"""The law of revisions: a policy set and a store that changed step by step answer as if newly made.

Owns a definition of the operations on policy sets and stores (spec 04 §1.2, 05 §5) over documents.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from drt.model.case import Case, Step
from drt.model.engine import Engine, NotLoaded
from drt.model.outcome import Accepted, Answered, Authorized, Outcome, Unsupported
from drt.model.question import Authorize, ReadEntities, ReadPolicies, Revise
from drt.oracles.comparing import Comparison
from drt.oracles.law import Compares, law
from drt.oracles.laws import composed
from drt.oracles.revision_steps import Script, ids_of, slots_of
from drt.oracles.slices import uid_of
from drt.oracles.texts import DEEPEST_JSON, NotPlainJson, nests_beyond, plain_json, policy_parts, random_of
from drt.oracles.variants import Policies

Json = Any
Uid = tuple[str, str]

STEPS = 14
"""Steps that are drawn for a case."""
REQUESTS = 2

DEFINITION, NEWLY_MADE, REVISED, EXPLAINED = "definition", "newly made", "revised", "explained"
"""How the answers to a question are called, behind the name of the engine that gives them."""


class Refused(Exception):
    """A step that has to fail."""


@dataclass(frozen=True, slots=True)
class State:
    """A policy set and a store, as documents by their ids."""

    policies: Policies
    entities: Mapping[Uid, Json]

    def case(self, case: Case) -> Case:
        """Return the case with these policies and entities instead."""
        return replace(
            case, policies=self.policies.source(), entities=json.dumps([*self.entities.values()]), links=()
        )

    def after(self, step: Step, names: Mapping[str, str]) -> State:
        """Return what a step makes of this; raise `Refused`."""
        kind, text = step.kind, step.text
        if kind.endswith("entities"):
            return replace(self, entities=dict(_store_after(self.entities, kind, json.loads(text))))
        return replace(self, policies=_policies_after(self.policies, kind, text, names))


def _policies_after(policies: Policies, kind: str, text: str, names: Mapping[str, str]) -> Policies:
    match kind:
        case "link":
            return _linked(policies, json.loads(text))
        case "unlink":
            return _without(policies, "links", text)
        case "remove-static":
            return _without(policies, "static", text)
        case "remove-template":
            if any(link["templateId"] == text for link in policies.links):
                raise Refused
            return _without(policies, "templates", text)
    if nests_beyond(text, DEEPEST_JSON):
        raise Refused
    other = _read(json.loads(text))
    if kind == "merge-renaming":  # which never fails, so an engine that refuses it has given no names
        names = names or _new_names(policies, other)
    used = ids_of(policies), ids_of(other)
    is_fresh = len({*names.values()}) == len(names) and not used[0].union(used[1]) & {*names.values()}
    if (kind == "add" and used[0] & used[1]) or not (is_fresh and names.keys() <= used[0]):
        raise Refused
    return _merged(policies, _renamed(other, names))


def _linked(policies: Policies, link: Json) -> Policies:
    template = policies.templates.get(link["templateId"])
    if template is None or link["newId"] in ids_of(policies) or slots_of(template) != link["values"].keys():
        raise Refused
    return replace(policies, links=(*policies.links, link))


def _without(policies: Policies, part: str, name: str) -> Policies:
    if part == "links":
        kept = tuple(link for link in policies.links if link["newId"] != name)
        if len(kept) == len(policies.links):
            raise Refused
        return replace(policies, links=kept)
    listed = getattr(policies, part)
    if name not in listed:
        raise Refused
    rest = {key: body for key, body in listed.items() if key != name}
    return (
        Policies(rest, policies.templates, policies.links)
        if part == "static"
        else Policies(policies.static, rest, policies.links)
    )


def _merged(policies: Policies, other: Policies) -> Policies:
    """Put two sets together; an id of both must stand for the same in both."""
    known = _contents(policies)
    if any(known.get(name, content) != content for name, content in _contents(other).items()):
        raise Refused
    links = [link for link in other.links if link["newId"] not in known]
    return Policies(
        {**policies.static, **other.static},
        {**policies.templates, **other.templates},
        (*policies.links, *links),
    )


def _contents(policies: Policies) -> dict[str, Json]:
    return {
        **policies.static,
        **policies.templates,
        **{link["newId"]: link for link in policies.links},
    }


def _new_names(policies: Policies, other: Policies) -> dict[str, str]:
    """Name anew what stands for something else in the first set, and the links of renamed templates."""
    known, names = _contents(policies), dict[str, str]()
    for name, content in _contents(other).items():
        if name in known and (known[name] != content or content.get("templateId") in names):
            names[name] = f"{name} anew"
    return names


def _renamed(policies: Policies, names: Mapping[str, str]) -> Policies:
    return Policies(
        {names.get(name, name): body for name, body in policies.static.items()},
        {names.get(name, name): body for name, body in policies.templates.items()},
        tuple(
            {
                **link,
                "newId": names.get(link["newId"], link["newId"]),
                "templateId": names.get(link["templateId"], link["templateId"]),
            }
            for link in policies.links
        ),
    )


def _store_after(store: Mapping[Uid, Json], kind: str, document: Json) -> Mapping[Uid, Json]:
    if kind == "remove-entities":
        gone = {(uid["type"], uid["id"]) for uid in document}
        return {
            uid: {**entity, "parents": [parent for parent in entity["parents"] if uid_of(parent) not in gone]}
            for uid, entity in store.items()
            if uid not in gone
        }
    made = dict(store)
    for entity in document:
        uid = uid_of(entity["uid"])
        if kind == "add-entities" and made.get(uid, entity) != entity:
            raise Refused
        made[uid] = entity
        parents = [uid_of(parent) for parent in entity["parents"]]
        if uid in parents or (_is_action(uid) and not all(map(_is_action, parents))):
            raise Refused
    if any(_is_above_itself(uid, made) for uid in made):
        raise Refused
    return made


def _is_action(uid: Uid) -> bool:
    return uid[0].rpartition("::")[2] == "Action"


def _is_above_itself(uid: Uid, store: Mapping[Uid, Json]) -> bool:
    found: set[Uid] = set()
    waiting = [uid]
    while waiting:
        above = {uid_of(parent) for parent in store.get(waiting.pop(), {"parents": ()})["parents"]}
        waiting += above - found
        found |= above
    return uid in found


@law(Compares.DERIVED)
def revised_sets_answer_as_new_ones(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """After every step a set and a store answer as ones that are newly made of the same parts.

    Steps add, link, unlink, remove, merge and rename; a step that has to fail changes nothing.
    """
    case = replace(case, requests=case.requests[:REQUESTS], schema=None, fragments=())
    for engine in engines:
        read = engine.ask(ReadPolicies(case.policies))
        if not isinstance(read, Accepted) or isinstance(engine.load(case), NotLoaded):
            comparison.skip("case not read")
            continue
        try:
            policies = _with_plain_annotations(Policies.read(read.canonical, case))
            store = {uid_of(entity["uid"]): entity for entity in plain_json(case.entities)}
        except NotPlainJson:
            comparison.skip("policies without plain JSON")
            continue
        _revise(case, engine, engines, comparison, State(policies, store))


def _revise(
    case: Case, engine: Engine, engines: Sequence[Engine], comparison: Comparison, parts: State
) -> None:
    random = random_of(*(request.text for request in case.requests))
    script = Script(parts.policies, parts.entities, random)
    steps = tuple(script.step() for _ in range(STEPS))
    state = State(script.some_policies(), script.some_entities())
    loaded = engine.load(state.case(case))
    if isinstance(loaded, NotLoaded):
        comparison.skip("case not read")
        return
    answered = loaded.ask(Revise(steps, case.requests))
    if isinstance(answered, Unsupported):
        return
    if not isinstance(answered, Answered):
        comparison.hold("revision", [(engine.name, answered)])
        return
    newly_made: dict[Case, list[tuple[Engine, Outcome]]] = {}
    for number, (step, answer) in enumerate(zip(steps, json.loads(answered.answers), strict=True)):
        what = f"step {number}, {step.kind}"
        try:
            state, done = state.after(step, answer.get("names", {})), True
        except Refused:
            done = False
        comparison.events.append(f"revision {step.kind}: {'done' if done else 'refused'}")
        expected, said = _summary(done, state.policies), _said(answer)
        comparison.hold(what, [(DEFINITION, expected), (engine.name, said)])
        if said != expected:
            return
        new = state.case(case)
        if number == len(steps) - 1 or (done and step.kind == "remove-entities"):
            stored = Accepted(json.dumps(answer["entities"], sort_keys=True))
            made = engine.ask(ReadEntities(new.entities, None))
            if isinstance(made, Accepted):
                made = Accepted(json.dumps(json.loads(made.canonical), sort_keys=True))
            comparison.hold(f"{what}, store", _named(engine, made, engine, (REVISED, stored)))
        if new not in newly_made or number == len(steps) - 1:
            others = [one for one in engines if one is not engine]
            makers = [engine] if number < len(steps) - 1 else [engine, *others]
            newly_made[new] = [(maker, answer) for maker in makers for answer in _answers(maker, new)]
        for place, (maker, fresh) in enumerate(newly_made[new]):
            request = place % len(case.requests)
            response, explained = _responses(answer["responses"][request], state.policies.effects())
            variants = _named(maker, fresh, engine, (REVISED, response), (EXPLAINED, explained))
            comparison.hold(f"{what}, request {request}", variants, request=request)


def _named(
    maker: Engine, made: Outcome, engine: Engine, *others: tuple[str, Outcome]
) -> list[tuple[str, Outcome]]:
    """Name the answer to what is newly made, and the others, behind the engines that give them."""
    named = [(f"{engine.name}, {name}", outcome) for name, outcome in others]
    return [(f"{maker.name}, {NEWLY_MADE}", made), *named]


def _summary(done: bool, policies: Policies) -> Accepted:
    links = sorted((link["newId"], link["templateId"]) for link in policies.links)
    return Accepted(json.dumps([done, policies.static, policies.templates, links], sort_keys=True))


def _said(answer: Json) -> Accepted:
    """Summarize an engine's answer to a step, whose policies may be no policy set."""
    try:
        return _summary(answer["done"], _read(answer["policies"]))
    except NotPlainJson:
        return Accepted(json.dumps([answer["done"], answer["policies"]], sort_keys=True))


def _read(document: Json) -> Policies:
    static, templates, links = policy_parts(document)
    return _with_plain_annotations(Policies(static, templates, tuple(links)))


def _with_plain_annotations(policies: Policies) -> Policies:
    """Write annotations without a text in one way: null and no text mean the same (spec 06 §2)."""

    def plain(bodies: Mapping[str, Json]) -> dict[str, Json]:
        return {name: _with_texts(body) for name, body in bodies.items()}

    return Policies(plain(policies.static), plain(policies.templates), policies.links)


def _with_texts(body: Json) -> Json:
    noted = body.get("annotations")
    if not isinstance(noted, dict):
        return body
    return {**body, "annotations": {key: "" if text is None else text for key, text in noted.items()}}


def _answers(engine: Engine, case: Case) -> Iterator[Outcome]:
    loaded = engine.load(case)
    for request in case.requests:
        yield loaded if isinstance(loaded, NotLoaded) else loaded.ask(Authorize(request))


def _responses(answer: Json, effects: dict[str, str]) -> tuple[Authorized, Authorized]:
    """Read a response, and compose another of the policies that its explanation calls satisfied."""
    decision, determining, erring, satisfied, failed = answer
    given = Authorized(decision, tuple(determining), tuple(map(tuple, erring)))
    alone = {policy: Authorized("deny", (), ((policy, kind),)) for policy, kind in failed}
    for policy in satisfied:
        alone[policy] = Authorized("deny", (policy,), alone[policy].erring if policy in alone else ())
    # A policy that is gone counts for the decision, so that an explanation that names it is another response.
    gone = dict.fromkeys(alone, "permit" if decision == "allow" else "forbid")
    return given, composed(gone | effects, alone)
