"""Steps that change a policy set and a store, drawn from the parts of a case, failing ones included."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from drt.model.case import Step, StepKind
from drt.oracles.variants import Policies

Json = Any

ALWAYS = {"kind": "when", "body": {"Value": True}}
NOBODY = {"type": "User", "id": "nobody"}
ACTION = {"type": "Action", "id": "new"}
"""An action whose parents have to be actions."""
CHANGED_PARTS = ("principal", "resource", "conditions")
"""The parts of a policy in which one place is changed."""
KEPT = frozenset({"op", "slot", "kind"})
"""Members whose values decide what kind of policy it is."""
OTHER_OPERATORS = {
    "==": "!=", "!=": "==", "<": "<=", "<=": "<", ">": ">=", ">=": ">", "&&": "||", "||": "&&",
    "+": "-", "-": "*", "*": "+", "contains": "containsAll", "containsAll": "containsAny",
    "containsAny": "contains", "hasTag": "getTag", "getTag": "hasTag",
}  # fmt: skip
"""Each operator with another one of as many operands."""
OTHER_KINDS = {"when": "unless", "unless": "when", "==": "in", "in": "=="}
"""Each kind of condition, and each operator of a scope, with the one that may stand in its place."""
NEW_IDS = ("new 0", "new 1", "new 2", "new 3", "link0", "link1")
"""Ids of new links; the last two are in use in some cases."""


def ids_of(policies: Policies) -> set[str]:
    """List every id in use."""
    return {*policies.static, *policies.templates, *(link["newId"] for link in policies.links)}


def slots_of(template: Json) -> set[str]:
    """List the slots in the scope of a policy."""
    found = set()
    for variable in ("principal", "resource"):
        constraint = template[variable]
        target = constraint.get("in", {}) if constraint["op"] == "is" else constraint
        if "slot" in target:
            found.add(f"?{variable}")
    return found


class Script:
    """The drawing of steps from the parts of a case; the same parts give the same steps."""

    def __init__(self, policies: Policies, store: Mapping[tuple[str, str], Json], random: Random) -> None:
        self.policies, self.store, self.random = policies, store, random
        self.bodies = [*policies.static.items(), *policies.templates.items()]
        self.ids = sorted({*ids_of(policies), "other"})
        self.removed: list[str] = []
        """The ids of policies that a step was to remove, so that another one may come in their place."""

    def some_policies(self) -> Policies:
        """Return the templates, and some of the static policies and links."""
        chosen = [name for name in self.ids if self.random.random() < 0.5]
        return self.policies.without(set(chosen))

    def some_entities(self) -> dict[tuple[str, str], Json]:
        """Return some of the entities."""
        return {uid: entity for uid, entity in self.store.items() if self.random.random() < 0.5}

    def step(self) -> Step:
        """Draw the next step."""
        draw = self.random.choice
        parts = (self._add, *(2 * (self._link, self._removal, self._store)), self._merge)
        return draw(parts)() or Step("unlink", draw(self.ids))

    def _add(self) -> Step | None:
        if not self.bodies:
            return None
        name, body = self.random.choice(self.bodies)
        if self.removed and self.random.random() < 0.5:
            return Step("add", _document(self.removed.pop(), self._changed(body, 0.5)))
        return Step("add", _document(self._named(name), self._changed(body)))

    def _named(self, name: str) -> str:
        return self.random.choice((name, name, name, *self.ids))

    def _changed(self, body: Json, share: float = 0.2) -> Json:
        """Return a body, rarely changed in one part or place, so that its id stands for something else."""
        changes = (
            {"effect": {"permit": "forbid", "forbid": "permit"}[body["effect"]]},
            {"conditions": [*body["conditions"], ALWAYS]},
            {"annotations": {**body.get("annotations", {}), "changed": ""}},
            {"action": self._action()},
            *_of_other_kinds(body),
        )
        if self.random.random() >= share:
            return body
        places = _places(body) if self.random.random() < 0.6 else []
        if not places:
            return {**body, **self.random.choice(changes)}
        return _with_other(body, self.random.choice(places))

    def _action(self) -> Json:
        """Draw a constraint of actions: none, or an action or a group of the store."""
        actions = [{"type": kind, "id": id_} for kind, id_ in self.store if kind.endswith("Action")]
        if not actions or self.random.random() < 0.2:
            return {"op": "All"}
        return {"op": self.random.choice(("==", "in")), "entity": self.random.choice(actions)}

    def _link(self) -> Step | None:
        """Link a template to entities of the store; rarely with wrong slots, or what is no template."""
        if not self.policies.templates:
            return None
        draw = self.random.choice
        name, body = draw([*self.policies.templates.items()])
        wanted = sorted(slots_of(body))
        if self.random.random() < 0.15:
            wanted = ["?principal", "?resource"] if self.random.random() < 0.5 else wanted[1:]
        names = {
            "templateId": draw(self.ids) if self.random.random() < 0.15 else name,
            "newId": draw(self.ids if self.random.random() < 0.3 else NEW_IDS),
        }
        return Step("link", json.dumps({**names, "values": {slot: self._uid() for slot in wanted}}))

    def _removal(self) -> Step:
        links = [*NEW_IDS, *(link["newId"] for link in self.policies.links)]
        listed: dict[StepKind, list[str]] = {
            "unlink": links,
            "remove-static": [*self.policies.static],
            "remove-template": [*self.policies.templates],
        }
        kind = self.random.choice([*listed])
        likely = listed[kind] if self.random.random() < 0.65 else []
        name = self.random.choice(likely or self.ids)
        if kind == "remove-static":
            self.removed.append(name)
        return Step(kind, name)

    def _merge(self) -> Step:
        kinds: tuple[StepKind, ...] = ("merge", "merge-renaming")
        kind = self.random.choice(kinds)
        share = 0.2 if kind == "merge" else 0.6  # a clash of ids makes a merge fail, and a renaming rename
        chosen = {
            (name if slots_of(body) else self._renamed(name)): _respelled(self._changed(body, share))
            for name, body in self.bodies
            if self.random.random() < 0.6
        }
        if self.random.random() < 0.3:  # ids that a renaming comes upon
            chosen |= {f"{name}_0": body for name, body in chosen.items()}
        static = {name: body for name, body in chosen.items() if not slots_of(body)}
        templates = {name: body for name, body in chosen.items() if slots_of(body)}
        links = [
            self._relinked(link, templates)
            for link in self.policies.links
            if link["templateId"] in templates and link["newId"] not in {*static, *templates}
        ]
        return Step(kind, Policies(static, templates, tuple(links)).source().text)

    def _renamed(self, name: str) -> str:
        """Return an id, rarely one that is in use for something else."""
        return self.random.choice(self.ids) if self.random.random() < 0.05 else name

    def _relinked(self, link: Json, templates: dict[str, Json]) -> Json:
        """Return a link, rarely of a copy of its template or to other entities.

        Then its id stands for something else. `templates` takes the copy.
        """
        if self.random.random() < 0.7:
            return link
        if self.random.random() < 0.5:
            copy = f"{link['templateId']} too"
            templates[copy] = templates[link["templateId"]]
            return {**link, "templateId": copy}
        return {**link, "values": {slot: self._uid() for slot in link["values"]}}

    def _uid(self) -> Json:
        """Draw an entity of the store."""
        type_name, id_ = self.random.choice([*self.store]) if self.store else (NOBODY["type"], NOBODY["id"])
        return {"type": type_name, "id": id_}

    def _store(self) -> Step | None:
        if not self.store:
            return None
        uid, entity = self.random.choice([*self.store.items()])
        match self.random.randrange(7):
            case 0 | 6:
                above = [each for each in self._between() if self.random.random() < 0.7]
                uid = self.random.choice(above) if above else uid
                return Step("remove-entities", json.dumps([{"type": uid[0], "id": uid[1]}]))
            case 1:
                return Step(
                    "add-entities", json.dumps([{**entity, "attrs": {**entity["attrs"], "revised": 1}}])
                )
            case 2:
                parents = [entity["uid"]] if self.random.random() < 0.2 else []
                return Step("put-entities", json.dumps([{**entity, "parents": parents}]))
            case 3:
                return Step("put-entities", json.dumps(self._put(entity)))
            case _:
                some = [each for each in self.store.values() if self.random.random() < 0.5]
                return Step("add-entities", json.dumps(some))

    def _put(self, entity: Json) -> list[Json]:
        """Return forms of an entity, often with others after it, which may be unchanged."""
        bare = {key: value for key, value in entity.items() if key != "tags"}
        forms = [entity, {**bare, "parents": []}, {**entity, "parents": [self._uid()]}, {**bare, "attrs": {}}]
        forms.append({"uid": ACTION, "attrs": {}, "parents": [self._uid()]})
        others = [*self.store.values()] if self.random.random() < 0.5 else []
        return [
            *self.random.sample(forms, self.random.choice((1, 2))),
            *(self.random.choice(others) for _ in range(bool(others))),
        ]

    def _between(self) -> list[tuple[str, str]]:
        """List the entities that have parents and are parents: without them others are below fewer."""
        above = {
            (uid["type"], uid["id"]) for one in self.store.values() for uid in map(_plain, one["parents"])
        }
        return [uid for uid, one in self.store.items() if uid in above and one["parents"]]


def _of_other_kinds(body: Json) -> Iterator[Json]:
    """Yield parts of a policy in which the kind of a condition or the operator of a scope is another one."""
    if body["conditions"]:
        first, *others = body["conditions"]
        yield {"conditions": [{**first, "kind": OTHER_KINDS[first["kind"]]}, *others]}
    for variable in ("principal", "action", "resource"):
        constraint = body[variable]
        if constraint["op"] in OTHER_KINDS and ("entity" in constraint or "slot" in constraint):
            yield {variable: {**constraint, "op": OTHER_KINDS[constraint["op"]]}}


def _respelled(body: Json) -> Json:
    """Write annotations without a text as null, which means the same (spec 06 §2)."""
    if "annotations" not in body:
        return body
    return {**body, "annotations": {key: text or None for key, text in body["annotations"].items()}}


def _places(body: Json) -> list[tuple[Any, ...]]:
    """List the paths of names, numbers, texts and operators in the scope and the conditions of a policy."""
    places: list[tuple[Any, ...]] = []
    todo: list[tuple[tuple[Any, ...], Json]] = [((part,), body[part]) for part in CHANGED_PARTS]
    while todo:
        path, node = todo.pop()
        if isinstance(node, dict):
            places += ((*path, key) for key in node if key in OTHER_OPERATORS)
            todo += (((*path, key), inner) for key, inner in node.items() if key not in KEPT)
        elif isinstance(node, list):
            todo += (((*path, at), inner) for at, inner in enumerate(node))
        elif node is not None and node != "Wildcard":
            places.append(path)
    return places


def _with_other(body: Json, path: tuple[Any, ...]) -> Json:
    """Return a policy in which what stands at a path is something else of its kind."""
    changed = holder = body.copy()
    for key in path[:-1]:
        holder[key] = holder[key].copy()
        holder = holder[key]
    last = path[-1]
    if last in OTHER_OPERATORS and isinstance(holder, dict):
        holder[OTHER_OPERATORS[last]] = holder.pop(last)
        return changed
    found = holder[last]
    match found:
        case "principal" if last == "Var":
            holder[last] = "resource"
        case str() if last == "Literal":  # one character, as documents are written
            holder[last] = "1" if found == "0" else "0"
        case str():
            holder[last] = "principal" if last == "Var" else f"{found}0"
        case bool():
            holder[last] = not found
        case _:
            holder[last] = found ^ 1
    return changed


def _plain(uid: Json) -> Json:
    return uid.get("__entity", uid)


def _document(name: str, body: Json) -> str:
    parts: tuple[Json, Json] = ({}, {name: body}) if slots_of(body) else ({name: body}, {})
    return Policies(*parts, ()).source().text
