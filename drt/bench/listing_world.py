"""The workload of listings: 10,000 documents, and policies by owner, reader, department, team and folder."""

from __future__ import annotations

from random import Random

from drt.bench.workload import Workload, entity, reference, request, seeded, uid, workload

DOCUMENTS = 10_000
_USERS, _TEAMS, _FOLDERS = 200, 20, 100

SCHEMA = """
entity Team in [Team];
entity User in [Team] { dept: String, clearance: Long };
entity Folder in [Folder];
entity Document in [Folder] { owner: User, public: Bool, level: Long, dept: String, readers: Set<User> };
action view, edit appliesTo { principal: User, resource: Document, context: { mfa: Bool } };
"""
_FIRST = (
    'permit(principal, action == Action::"view", resource) when { resource.public };',
    "permit(principal, action, resource) when { resource.owner == principal };",
    'permit(principal, action == Action::"view", resource)'
    " when { principal.dept == resource.dept && principal.clearance >= resource.level };",
    'permit(principal, action == Action::"view", resource) when { resource.readers.contains(principal) };',
    "forbid(principal, action, resource) when { resource.level > 4 && !context.mfa };",
)


def listing(size: int, asked: int = 8, world: int = 0) -> Workload:
    """Return so many policies over the documents; a request asks for the documents that its user may view."""
    random = seeded("listing", size, world)
    policies = [*_FIRST, *(_grant(random) for _ in range(size - len(_FIRST)))]
    users = [uid("User", f"u{number}") for number in range(_USERS)]
    documents = uid("Document", "d0")
    requests = [request(user, "view", documents, {"mfa": False}) for user in random.sample(users, asked)]
    return workload(
        f"listing under {size:,} policies",
        "\n".join(policies),
        _entities(random),
        requests,
        count=size,
        schema=SCHEMA,
    )


def _grant(random: Random) -> str:
    """Return a policy about one user or team, and one document or folder."""
    user, team = f'User::"u{random.randrange(_USERS)}"', f'Team::"t{random.randrange(_TEAMS)}"'
    document = f'Document::"d{random.randrange(DOCUMENTS)}"'
    folder = f'Folder::"f{random.randrange(_FOLDERS)}"'
    return random.choice(
        (
            f'permit(principal == {user}, action == Action::"view", resource == {document});',
            f'permit(principal in {team}, action == Action::"view", resource in {folder});',
            f'permit(principal in {team}, action == Action::"edit", resource in {folder})'
            " when { resource.level < 3 };",
            f"forbid(principal == {user}, action, resource in {folder}) when {{ resource.level > 3 }};",
        )
    )


def _entities(random: Random) -> list[dict[str, object]]:
    made = [entity("Team", f"t{number}") for number in range(_TEAMS)]
    made += [entity("Folder", f"f{number}") for number in range(_FOLDERS)]
    for number in range(_USERS):
        teams = [uid("Team", f"t{team}") for team in random.sample(range(_TEAMS), 2)]
        attributes = {"dept": f"x{random.randrange(10)}", "clearance": random.randrange(6)}
        made.append(entity("User", f"u{number}", attributes, teams))
    for number in range(DOCUMENTS):
        readers = [reference("User", f"u{user}") for user in random.sample(range(_USERS), 2)]
        attributes = {
            "owner": reference("User", f"u{random.randrange(_USERS)}"),
            "public": random.random() < 0.1,
            "level": random.randrange(6),
            "dept": f"x{random.randrange(10)}",
            "readers": readers,
        }
        folder = uid("Folder", f"f{random.randrange(_FOLDERS)}")
        made.append(entity("Document", f"d{number}", attributes, [folder]))
    return made
