"""A small world for partial evaluation: a schema, a store, well-typed policies drawn from it, and completions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random

from production import (
    Entities,
    Entity,
    IllTypedError,
    PartialEntities,
    PartialEntity,
    PolicySet,
    Request,
    Schema,
    SetValue,
    Uid,
)

SCHEMA = Schema.from_text(
    """
    entity Group in [Group];
    entity User in [Group]
      { dept: String, lead: User, age?: Long, boss?: User, home: { zip: Long, city?: String } }
      tags String;
    entity Folder in [Folder];
    entity Doc in [Folder] { owner: User, pub: Bool, level: Long, readers: Set<User> };
    action all;
    action view in [all] appliesTo { principal: User, resource: Doc, context: { mfa: Bool, n?: Long } };
    """
)
USERS = tuple(Uid("User", name) for name in "abc")
DOCS = tuple(Uid("Doc", f"d{number}") for number in range(4))
GROUPS = tuple(Uid("Group", name) for name in ("g", "h"))
FOLDERS = tuple(Uid("Folder", name) for name in ("f", "k"))
VIEW = Uid("Action", "view")

_ATOMS = (
    "context.mfa", "resource.pub", "true", "false", "resource.owner == principal", "principal in Group::\"h\"",
    "resource in Folder::\"f\"", "principal == User::\"a\"", "resource == Doc::\"d1\"", "principal is User",
    "resource.owner is User", "resource.owner is Group", "principal == resource", "resource.owner == resource",
    "resource.readers.contains(principal)", "resource.readers.isEmpty()", "principal has age",
    "principal has home.city", "principal has nope", "resource.owner has nope", "resource.owner has boss.dept",
    "principal.dept == \"x\"", "resource.owner.dept like \"x*\"", "principal.hasTag(\"t\")", "resource.hasTag(\"t\")",
    "principal has age && principal.age > 3", "context has n && context.n + resource.level > 2",
    "resource.level + 9223372036854775807 > 0", "1 + 9223372036854775807 == 0", "-resource.level < 0",
    "principal.hasTag(\"t\") && principal.getTag(\"t\") == \"v\"", "[principal, resource.owner].contains(User::\"b\")",
    "{a: principal, b: resource.pub}.b", "principal has boss && principal.boss in Group::\"g\"",
    "resource.owner in [Group::\"g\", Group::\"h\"]", "User::\"zz\".dept == \"x\"", "principal.home.zip == 1",
    "resource is Doc in Folder::\"k\"", "resource.owner is User in Group::\"h\"", "action in Action::\"all\"",
    "resource.level + 9223372036854775807 > 0 && context.mfa", "resource.owner.dept == \"x\" && context.mfa",
    "resource.owner.lead in Group::\"g\"", "resource.owner.lead == principal", "resource.owner.lead.hasTag(\"t\")",
    "resource.owner.dept == \"x\" && resource.level > 1",
    "decimal(\"1.5\").lessThan(decimal(\"2.0\"))", "ip(\"::ffff:1.2.3.4\").isLoopback()",
)  # fmt: skip
_FORMS = (
    "({} && {})",
    "({} || {})",
    "!({})",
    "(if {} then {} else {})",
    "({} == {})",
    "(if principal is User then {} else {})",
)
_SCOPES = (
    "principal", "principal == User::\"a\"", "principal in Group::\"g\"", "principal is User in Group::\"h\"",
)  # fmt: skip
_ENDS = ("resource", 'resource == Doc::"d2"', 'resource in Folder::"f"', 'resource is Doc in Folder::"k"')


def condition(random: Random, depth: int) -> str:
    """Return a Boolean expression over the schema; it may be ill-typed."""
    if depth == 0 or random.random() < 0.25:
        return f"({random.choice(_ATOMS)})"
    form = random.choice(_FORMS)
    return form.format(*(condition(random, depth - 1) for _ in range(form.count("{}"))))


def policy_text(random: Random) -> str:
    """Return the text of one policy."""
    effect = random.choice(("permit", "permit", "forbid"))
    action = random.choice(("action", 'action == Action::"view"', 'action in Action::"all"'))
    head = f"{effect}({random.choice(_SCOPES)}, {action}, {random.choice(_ENDS)})"
    kinds = [random.choice(("when", "unless")) for _ in range(random.choice((0, 1, 1, 1, 2)))]
    return head + "".join(f" {kind} {{ {condition(random, random.randint(0, 3))} }}" for kind in kinds) + ";"


def store(random: Random) -> Entities:
    """Return a store that fits the schema; some entities that are referred to may be missing."""
    made: list[Entity] = []
    for user in USERS[: random.randint(2, 3)]:
        attributes: dict[str, object] = {
            "dept": random.choice("xy"), "lead": random.choice(USERS), "home": random.choice(({"zip": 1}, {"zip": 2, "city": "c"})),
        }  # fmt: skip
        if random.random() < 0.5:
            attributes["age"] = random.choice((1, 5))
        if random.random() < 0.5:
            attributes["boss"] = random.choice(USERS)
        above = random.sample(GROUPS, random.randint(0, 2))
        made.append(Entity(user, attributes, above, {"t": "v"} if random.random() < 0.5 else {}))
    for doc in DOCS[: random.randint(3, 4)]:
        attributes = {
            "owner": random.choice(USERS), "pub": random.random() < 0.5, "level": random.choice((0, 1, 5)),
            "readers": SetValue(random.sample(USERS, random.randint(0, 2))),
        }  # fmt: skip
        made.append(Entity(doc, attributes, random.sample(FOLDERS, random.randint(0, 2))))
    if random.random() < 0.5:
        made.append(Entity(GROUPS[0], {}, [GROUPS[1]]))
        made.append(Entity(GROUPS[1]))
    return SCHEMA.conforming_entities(made)


def dropped(entities: Entities, random: Random) -> PartialEntities:
    """Return partial entities that the store completes: some entities and some parts of others are left out."""
    kept = []
    for entity in entities:
        if entity.uid.type != "Action" and random.random() < 0.7:
            kept.append(
                PartialEntity(
                    entity.uid,
                    entity.attributes if random.random() < 0.6 else None,
                    entities.ancestors(entity.uid) if random.random() < 0.8 else None,
                    entity.tags if random.random() < 0.6 else None,
                )
            )
    unknown = {entity.uid for entity in kept if entity.ancestors is None}
    return SCHEMA.partial_entities(
        entity
        if entity.ancestors is None or unknown.isdisjoint(entity.ancestors)
        else PartialEntity(entity.uid, entity.attributes, None, entity.tags)
        for entity in kept
        if entity.uid.type not in ("Group",) or entity.ancestors is not None
    )


@dataclass(frozen=True)
class Scene:
    """Well-typed policies, a store, and partial entities that it completes."""

    policies: PolicySet
    entities: Entities
    partial: PartialEntities

    def requests(self) -> Iterator[Request]:
        """Yield every request over the world's users and documents."""
        for user in USERS:
            for doc in DOCS:
                for context in ({"mfa": True}, {"mfa": False, "n": 2}):
                    yield Request(user, VIEW, doc, context)


def scene(seed: int) -> Scene:
    """Return the scene of a seed."""
    random = Random(seed)
    entities = store(random)
    texts = [policy_text(random) for _ in range(random.randint(1, 6))]
    atom = _ATOMS[seed % len(_ATOMS)]
    texts.append(f"{random.choice(('permit', 'forbid'))}(principal, action, resource) when {{ {atom} }};")
    kept = [text for text in texts if is_well_typed(text)]
    return Scene(PolicySet.from_text("\n".join(kept)), entities, dropped(entities, random))


def is_well_typed(text: str) -> bool:
    """Return whether partial authorization takes a policy."""
    request = SCHEMA.partial_request("User", VIEW, "Doc")
    try:
        SCHEMA.partially_authorize(PolicySet.from_text(text), request, SCHEMA.partial_entities())
    except IllTypedError:
        return False
    return True


class StoreLoader:
    """A loader of a store's entities that counts its calls."""

    def __init__(self, entities: Entities) -> None:
        self.entities = entities
        self.asked: list[frozenset[Uid]] = []

    def load(self, uids: frozenset[Uid]) -> Mapping[Uid, Entity | None]:
        """Return what the store has, with all ancestors."""
        self.asked.append(uids)
        return {uid: loaded(self.entities, uid) for uid in uids}


def loaded(entities: Entities, uid: Uid) -> Entity | None:
    """Return an entity with all its ancestors as parents."""
    found = entities.get(uid)
    if found is None:
        return None
    return Entity(uid, found.attributes, entities.ancestors(uid), found.tags)
