"""Workloads whose number of policies grows.

Direct grants, `many` of mixed shapes, links of templates, and policies that all err.
"""

from __future__ import annotations

import json
from random import Random

from drt.bench.workload import REQUESTS, Json, Uid, Workload, entity, request, seeded, uid, workload
from drt.model.case import Source

ENTITIES = 2_000
ACTIONS = ("view", "edit", "share")


def direct(size: int, asked: int = REQUESTS, world: int = 0) -> Workload:
    """`size` grants of one action on one resource to one user; requests hit one in two."""
    random = seeded("direct", size, world)
    triples = [(_user(random), random.choice(ACTIONS), _document(random)) for _ in range(size)]
    lines = [
        f'permit(principal == User::"{user}", action == Action::"{action}", resource == Document::"{doc}");'
        for user, action, doc in triples
    ]
    requests = []
    for _ in range(asked):
        user, action, doc = random.choice(triples)
        if random.random() < 0.5:
            doc = _document(random)
        requests.append(request(uid("User", user), action, uid("Document", doc), {"mfa": True}))
    return workload("direct", "\n".join(lines), _store(random), requests, count=size)


def many(size: int, asked: int = REQUESTS, world: int = 0) -> Workload:
    """Make `size` policies over 2,000 entities.

    Most are about a user and a resource, some about a group and a folder, some about one side, a few about
    everything.
    """
    random = seeded("many", size, world)
    lines = [
        "permit(principal, action, resource) when { resource.owner == principal };",
        'permit(principal, action == Action::"view", resource) when { resource.isPublic };',
        "forbid(principal, action, resource) when { resource.isLocked } unless { context.mfa };",
    ]
    lines += [_one_of_many(random) for _ in range(size - len(lines))]
    store = _store(random)
    owned = [(each["attrs"]["owner"]["__entity"], each["uid"]) for each in store if "owner" in each["attrs"]]
    requests = []
    for _ in range(asked):
        owner, document = random.choice(owned)
        person = owner if random.random() < 0.3 else uid("User", _user(random))
        context = {"mfa": random.random() < 0.8}
        requests.append(request(person, random.choice(ACTIONS), document, context))
    return workload("many", "\n".join(lines), store, requests, count=size)


def _one_of_many(random: Random) -> str:
    action = f'action == Action::"{random.choice(ACTIONS)}"'
    user, document = f'User::"{_user(random)}"', f'Document::"{_document(random)}"'
    kind = random.random()
    if kind < 0.6:
        return f"permit(principal == {user}, {action}, resource == {document});"
    if kind < 0.8:
        group, folder = f'Group::"{_group(random)}"', f'Folder::"{_folder(random)}"'
        condition = random.choice(("context.mfa", "resource.level < 5"))
        return f"permit(principal in {group}, {action}, resource in {folder}) when {{ {condition} }};"
    if kind < 0.9:
        return f"permit(principal, {action}, resource == {document}) when {{ principal.level > 3 }};"
    if kind < 0.95:
        folder = f'Folder::"{_folder(random)}"'
        return f"forbid(principal, action, resource in {folder}) unless {{ principal.level > 1 }};"
    return f"permit(principal == {user}, {action}, resource) when {{ resource.level < 5 }};"


def links(size: int, asked: int = REQUESTS, world: int = 0) -> Workload:
    """Make `size` links of three templates.

    Ids are drawn from as many users and documents as there are links, so that a request meets as many links
    at any size. Every other request is made to hit one.
    """
    random = seeded("links", size, world)
    store = _store(random)
    spread = max(900, size)
    made: list[Json] = []
    for number in range(size):
        which = number % 3
        principal = uid("User", f"u{random.randrange(spread)}")
        resource = uid("Document", f"d{random.randrange(spread)}")
        if which == 1:
            principal = uid("Group", _group(random))
        if which == 2:
            resource = uid("Folder", _folder(random))
        values = {"?principal": principal, "?resource": resource}
        made.append({"templateId": f"policy{which}", "newId": f"link{number}", "values": values})
    requests = []
    for number in range(asked):
        link = random.choice(made)
        action = ACTIONS[int(link["newId"][4:]) % 3]
        principal, resource = (
            _below(random, store, link["values"][slot]) for slot in ("?principal", "?resource")
        )
        if number % 2:
            resource = uid("Document", _document(random))
        requests.append(request(principal, action, resource, {"mfa": random.random() < 0.8}))
    store += _absent(random, store, requests)
    document = {"templates": _templates(), "staticPolicies": {}, "templateLinks": made}
    source = Source(json.dumps(document), "json")
    return Workload("links", source, json.dumps(store), tuple(requests), size, len(store))


def _absent(random: Random, store: list[Json], requests: list[Json]) -> list[Json]:
    """Make entities for users and documents that requests name and the store lacks.

    They are in a group or a folder, like those that the store has.
    """
    known = {(each["uid"]["type"], each["uid"]["id"]) for each in store}
    asked = {
        (place["type"], place["id"]) for each in requests for place in (each["principal"], each["resource"])
    }
    above = {"User": ("Group", _group), "Document": ("Folder", _folder)}
    return [
        entity(type_name, entity_id, {}, [uid(above[type_name][0], above[type_name][1](random))])
        for type_name, entity_id in sorted(asked - known)
        if type_name in above
    ]


def _below(random: Random, store: list[Json], group: Uid) -> Uid:
    """Return the uid itself, or a random member where it is of a type that has members."""
    if group["type"] in ("User", "Document"):
        return group
    members = [each["uid"] for each in store if group in each["parents"]]
    return random.choice(members) if members else group


def erring(size: int, asked: int = REQUESTS, world: int = 0) -> Workload:
    """`size` policies that all err, each in one of four ways, whatever is asked."""
    random = seeded("erring", size, world)
    bodies = (
        "principal.missing > 1",
        "resource.level + true > 1",
        "context.missing",
        "principal.level.a == 1",
    )
    lines = [
        f"permit(principal, action, resource) when {{ {bodies[number % 4]} }};" for number in range(size)
    ]
    requests = [
        request(uid("User", _user(random)), "view", uid("Document", _document(random)), {"mfa": True})
        for _ in range(asked)
    ]
    return workload("erring", "\n".join(lines), _store(random), requests, count=size)


def _templates() -> Json:
    """Return the three templates in policy JSON."""
    scopes = (("==", "view", "=="), ("in", "edit", "=="), ("==", "share", "in"))
    return {
        f"policy{number}": {
            "effect": "permit",
            "principal": {"op": principal, "slot": "?principal"},
            "action": {"op": "==", "entity": uid("Action", action)},
            "resource": {"op": resource, "slot": "?resource"},
            "conditions": []
            if number < 2
            else [{"kind": "when", "body": {".": {"left": {"Var": "context"}, "attr": "mfa"}}}],
        }
        for number, (principal, action, resource) in enumerate(scopes)
    }


def _store(random: Random) -> list[Json]:
    """2,000 entities: users in groups, documents in folders."""
    entities = [entity("Group", f"g{n}", parents=_parent(random, "Group", "g", n)) for n in range(100)]
    entities += [entity("Folder", f"f{n}", parents=_parent(random, "Folder", "f", n)) for n in range(100)]
    for n in range(900):
        attrs: Json = {"level": random.randrange(10)}
        entities.append(entity("User", f"u{n}", attrs, [uid("Group", _group(random))]))
    for n in range(900):
        attrs = {
            "level": random.randrange(10),
            "owner": {"__entity": uid("User", _user(random))},
            "isPublic": random.random() < 0.05,
            "isLocked": random.random() < 0.05,
        }
        entities.append(entity("Document", f"d{n}", attrs, [uid("Folder", _folder(random))]))
    return entities


def _parent(random: Random, type_name: str, letter: str, number: int) -> list[dict[str, str]]:
    if number == 0 or random.random() < 0.3:
        return []
    return [uid(type_name, f"{letter}{random.randrange(number)}")]


def _user(random: Random) -> str:
    return f"u{random.randrange(900)}"


def _document(random: Random) -> str:
    return f"d{random.randrange(900)}"


def _group(random: Random) -> str:
    return f"g{random.randrange(100)}"


def _folder(random: Random) -> str:
    return f"f{random.randrange(100)}"
