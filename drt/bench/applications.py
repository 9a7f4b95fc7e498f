"""Four applications at any number of entities: three after the Cedar paper (OOPSLA 2024), and `abac`.

The policies of `abac` compute, and about one in five of its requests errs.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from types import MappingProxyType

from drt.bench.workload import (
    REQUESTS,
    Json,
    Maker,
    Uid,
    Workload,
    entity,
    reference,
    request,
    seeded,
    shares,
    uid,
    workload,
)

TINYTODO = """
permit(principal, action in [Action::"CreateList", Action::"GetLists"], resource == Application::"TinyTodo");
permit(principal, action, resource is List) when { resource.owner == principal };
permit(principal, action == Action::"GetList", resource)
when { principal in resource.readers || principal in resource.editors };
permit(principal, action in [Action::"UpdateList", Action::"CreateTask", Action::"UpdateTask"], resource)
when { principal in resource.editors };
"""

GDRIVE = """
permit(principal, action == Action::"readDocument", resource)
when { resource in principal.viewAccess || resource in principal.ownedAccess };
permit(principal, action == Action::"readDocument", resource) when { resource.isPublic };
permit(principal, action in [Action::"writeDocument", Action::"shareDocument"], resource)
when { resource in principal.ownedAccess };
permit(principal, action == Action::"readDocument", resource) when { principal in resource.viewers };
permit(principal, action == Action::"changeOwner", resource) when { resource.owner == principal };
"""

GITHUB = """
permit(principal, action == Action::"pull", resource) when { principal in resource.readers };
permit(principal, action == Action::"fork", resource) when { principal in resource.readers };
permit(principal, action == Action::"push", resource) when { principal in resource.writers };
permit(principal, action == Action::"addReader", resource) when { principal in resource.admins };
permit(principal, action == Action::"deleteIssue", resource)
when { principal in resource.repository.readers && principal == resource.reporter };
permit(principal, action == Action::"editIssue", resource)
when { principal in resource.repository.readers && principal == resource.reporter };
permit(principal, action == Action::"assignIssue", resource)
when { principal in resource.repository.triagers };
permit(principal, action == Action::"editIssue", resource)
when { principal in resource.repository.writers };
"""

ABAC = """
permit(principal, action == Action::"read", resource)
when { principal.level >= resource.level && principal.department == resource.department };
permit(principal, action == Action::"read", resource is Document)
when { resource.labels.contains("public") || principal.groups.containsAny(resource.shared) };
permit(principal, action == Action::"write", resource)
when { principal.level * 2 > resource.level + 5 && principal.groups.containsAll(resource.needed) };
permit(principal is User, action, resource)
when { principal.email like "*@corp.example" && resource.path like "/home/*/public/*" };
permit(principal, action == Action::"approve", resource)
when { if context.urgent then principal.level > 7 else resource.cost + context.extra <= principal.budget };
forbid(principal, action, resource) when { resource.level > 8 } unless { context.mfa };
forbid(principal, action == Action::"write", resource) when { resource.labels.contains("frozen") };
forbid(principal, action, resource) when { principal.age < 18 && resource.labels.contains("adult") };
"""


def tinytodo(size: int, asked: int = REQUESTS, world: int = 0) -> Workload:
    """Users in teams; lists with an owner, a team of readers and a team of editors."""
    random = seeded("tinytodo", size, world)
    users, teams, lists = shares(size - 1, 4, 2, 4)
    entities = [entity("Application", "TinyTodo")]
    entities += [entity("Team", f"t{n}", parents=_above(random, "Team", "t", n, 0.7)) for n in range(teams)]
    entities += [entity("User", f"u{n}", parents=_some(random, "Team", "t", teams, 3)) for n in range(users)]
    for n in range(lists):
        readers, editors = (random.randrange(teams) for _ in range(2))
        attrs = {
            "name": f"list {n}",
            "owner": reference("User", f"u{random.randrange(users)}"),
            "readers": reference("Team", f"t{readers}"),
            "editors": reference("Team", f"t{editors}"),
            "tasks": [{"name": f"task {task}", "done": random.random() < 0.5} for task in range(2)],
        }
        entities.append(entity("List", f"l{n}", attrs))
    actions = ("GetList", "UpdateList", "CreateTask", "UpdateTask", "GetList", "CreateList", "GetLists")
    requests = []
    for _ in range(asked):
        action = random.choice(actions)
        whole = action in ("CreateList", "GetLists")
        place = uid("Application", "TinyTodo") if whole else uid("List", f"l{random.randrange(lists)}")
        requests.append(request(uid("User", f"u{random.randrange(users)}"), action, place))
    return workload("tinytodo", TINYTODO, entities, requests, count=4)


def gdrive(size: int, asked: int = REQUESTS, world: int = 0) -> Workload:
    """Make views that hold documents and folders, users that own views and are given others', and groups."""
    random = seeded("gdrive", size, world)
    users, groups, views, folders, documents = shares(size, 3, 1, 1, 2, 3)
    entities = [entity("Group", f"g{n}", parents=_above(random, "Group", "g", n, 0.5)) for n in range(groups)]
    entities += [entity("View", f"v{n}") for n in range(views)]
    attrs: Json
    for n in range(users):
        attrs = {
            "viewAccess": reference("View", f"v{random.randrange(views)}"),
            "ownedAccess": reference("Folder", f"f{random.randrange(folders)}"),
        }
        entities.append(entity("User", f"u{n}", attrs, _some(random, "Group", "g", groups, 2, least=0)))
    for n in range(folders):
        above = [*_above(random, "Folder", "f", n, 0.7), *_some(random, "View", "v", views, 1, least=0)]
        entities.append(entity("Folder", f"f{n}", parents=above))
    for n in range(documents):
        attrs = {
            "isPublic": random.random() < 0.2,
            "owner": reference("User", f"u{random.randrange(users)}"),
            "viewers": reference("Group", f"g{random.randrange(groups)}"),
        }
        entities.append(entity("Document", f"d{n}", attrs, _some(random, "Folder", "f", folders, 2)))
    actions = ("readDocument", "readDocument", "writeDocument", "shareDocument", "changeOwner")
    made = {(each["uid"]["type"], each["uid"]["id"]): each for each in entities}
    requests = []
    for _ in range(asked):
        document = f"d{random.randrange(documents)}"
        owner: Uid = made["Document", document]["attrs"]["owner"]["__entity"]
        person = owner if random.random() < 0.4 else uid("User", f"u{random.randrange(users)}")
        requests.append(request(person, random.choice(actions), uid("Document", document)))
    return workload("gdrive", GDRIVE, entities, requests, count=5)


ROLES = ("readers", "triagers", "writers", "admins")


def github(size: int, asked: int = REQUESTS, world: int = 0) -> Workload:
    """Repositories with a team of each role, issues of repositories, users in teams and organizations."""
    random = seeded("github", size, world)
    users, teams, repositories, issues = shares(size, 4, 3, 1, 2)
    entities = [entity("Team", f"t{n}", parents=_above(random, "Team", "t", n, 0.5)) for n in range(teams)]
    entities += [entity("User", f"u{n}", parents=_some(random, "Team", "t", teams, 3)) for n in range(users)]
    for n in range(repositories):
        attrs = {role: reference("Team", f"t{random.randrange(teams)}") for role in ROLES}
        entities.append(entity("Repository", f"r{n}", attrs))
    for n in range(issues):
        attrs = {
            "repository": reference("Repository", f"r{random.randrange(repositories)}"),
            "reporter": reference("User", f"u{random.randrange(users)}"),
        }
        entities.append(entity("Issue", f"i{n}", attrs))
    members = _members(entities)
    requests = []
    for _ in range(asked):
        repository, issue = f"r{random.randrange(repositories)}", f"i{random.randrange(issues)}"
        teams_of = entities[teams + users + int(repository[1:])]["attrs"]
        trusted = members.get(teams_of[random.choice(ROLES)]["__entity"]["id"], [])
        stranger = uid("User", f"u{random.randrange(users)}")
        person = random.choice(trusted) if trusted and random.random() < 0.6 else stranger
        if random.random() < 0.7:
            action = random.choice(("pull", "fork", "push", "addReader"))
            requests.append(request(person, action, uid("Repository", repository)))
        else:
            action = random.choice(("deleteIssue", "editIssue", "assignIssue"))
            requests.append(request(person, action, uid("Issue", issue)))
    return workload("github", GITHUB, entities, requests, count=8)


def _members(entities: list[Json]) -> dict[str, list[Uid]]:
    """List the users that stand directly in each team."""
    members: dict[str, list[Uid]] = {}
    for each in entities:
        if each["uid"]["type"] == "User":
            for team in each["parents"]:
                members.setdefault(team["id"], []).append(each["uid"])
    return members


def abac(size: int, asked: int = REQUESTS, world: int = 0) -> Workload:
    """Users and documents with numbers, texts and sets; some lack an attribute that a policy reads."""
    random = seeded("abac", size, world)
    users, documents = shares(size, 5, 5)
    entities = [_abac_user(random, n) for n in range(users)]
    entities += [_abac_document(random, n) for n in range(documents)]
    requests = []
    for _ in range(asked):
        context = {
            "mfa": random.random() < 0.6,
            "urgent": random.random() < 0.3,
            "extra": random.randrange(50),
        }
        if random.random() < 0.07:
            del context[random.choice(tuple(context))]
        requests.append(
            request(
                uid("User", f"u{random.randrange(users)}"),
                random.choice(("read", "read", "write", "approve")),
                uid("Document", f"d{random.randrange(documents)}"),
                context,
            )
        )
    return workload("abac", ABAC, entities, requests, count=8)


WORDS = ("red", "green", "blue", "amber", "violet")


def _abac_user(random: Random, number: int) -> Json:
    attrs: Json = {
        "level": random.randrange(10),
        "department": random.choice(WORDS),
        "groups": random.sample(WORDS, random.randrange(4)),
        "email": f"user{number}@{random.choice(('corp', 'other'))}.example",
        "budget": random.randrange(200),
        "age": random.randrange(10, 70),
    }
    if random.random() < 0.13:
        del attrs[random.choice(tuple(attrs))]
    return entity("User", f"u{number}", attrs)


def _abac_document(random: Random, number: int) -> Json:
    attrs: Json = {
        "level": random.randrange(10),
        "department": random.choice(WORDS),
        "labels": random.sample(("public", "frozen", "adult", "draft"), random.randrange(3)),
        "shared": random.sample(WORDS, random.randrange(3)),
        "needed": random.sample(WORDS, random.randrange(2)),
        "path": f"/home/u{number}/{random.choice(('public', 'private'))}/d{number}",
        "cost": random.randrange(200) if random.random() > 0.1 else 2**63 - 1,
    }
    if random.random() < 0.13:
        del attrs[random.choice(tuple(attrs))]
    return entity("Document", f"d{number}", attrs)


def _above(random: Random, type_name: str, letter: str, number: int, chance: float) -> list[Uid]:
    """Perhaps one parent among those made before, so that depth grows like the logarithm of the number."""
    if number == 0 or random.random() > chance:
        return []
    return [uid(type_name, f"{letter}{random.randrange(number)}")]


def _some(random: Random, type_name: str, letter: str, count: int, most: int, least: int = 1) -> list[Uid]:
    """`least` to `most` different parents."""
    chosen = random.sample(range(count), min(count, random.randint(least, most)))
    return [uid(type_name, f"{letter}{number}") for number in chosen]


APPLICATIONS: Mapping[str, Maker] = MappingProxyType(
    {"tinytodo": tinytodo, "gdrive": gdrive, "github": github, "abac": abac}
)
