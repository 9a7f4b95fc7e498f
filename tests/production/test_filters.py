"""Filters on SQLite against queries in memory, row by row, and the planted defects that this catches."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

pytest.importorskip("sqlalchemy", reason="the extra `sql` is not installed")

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    not_,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from production import ArgumentError, Datetime, Decimal, Entities, Entity, PolicySet, Schema, SetValue, Uid
from production.filters import (
    EntityTable,
    FilterSizeError,
    Linked,
    Mapping,
    MappingError,
    Nested,
    ResourceFilter,
    Scaled,
    SetTable,
    TagTable,
    UntranslatableError,
    formulas,
    resource_filter,
    translation,
)
from production.filters import memberships as memberships_module
from production.filters import sql as sql_module

from .partial_world import SCHEMA, USERS, VIEW, Scene, scene

TABLES = MetaData()
USERS_TABLE = Table(
    "users", TABLES,
    Column("id", String, primary_key=True),
    Column("dept", String, nullable=False),
    Column("lead", String, nullable=False),
    Column("age", BigInteger),
    Column("boss", String),
    Column("zip", BigInteger, nullable=False),
    Column("city", String),
)  # fmt: skip
USER_GROUPS = Table("user_groups", TABLES, Column("user", String), Column("group", String))
USER_TAGS = Table(
    "user_tags", TABLES, Column("user", String), Column("name", String), Column("value", String)
)
DOCS_TABLE = Table(
    "docs", TABLES,
    Column("id", String, primary_key=True),
    Column("owner", String, nullable=False),
    Column("pub", Boolean, nullable=False),
    Column("level", BigInteger, nullable=False),
)  # fmt: skip
DOC_FOLDERS = Table("doc_folders", TABLES, Column("doc", String), Column("folder", String))
READERS = Table("readers", TABLES, Column("doc", String), Column("user", String))
FOLDERS_TABLE = Table("folders", TABLES, Column("id", String, primary_key=True))

MAPPING = Mapping(
    {
        "User": EntityTable(
            USERS_TABLE.c.id,
            {
                "dept": USERS_TABLE.c.dept,
                "lead": USERS_TABLE.c.lead,
                "age": USERS_TABLE.c.age,
                "boss": USERS_TABLE.c.boss,
                "home": Nested({"zip": USERS_TABLE.c.zip, "city": USERS_TABLE.c.city}),
            },
            {"Group": Linked(USER_GROUPS.c.user, USER_GROUPS.c.group)},
            TagTable(USER_TAGS.c.user, USER_TAGS.c.name, USER_TAGS.c.value),
        ),
        "Doc": EntityTable(
            DOCS_TABLE.c.id,
            {
                "owner": DOCS_TABLE.c.owner,
                "pub": DOCS_TABLE.c.pub,
                "level": DOCS_TABLE.c.level,
                "readers": SetTable(READERS.c.doc, READERS.c.user),
            },
            {"Folder": Linked(DOC_FOLDERS.c.doc, DOC_FOLDERS.c.folder)},
        ),
    },
    dialect="sqlite",
)


def stored(entities: Entities) -> Connection:
    """Return a database that holds a store."""
    connection = create_engine("sqlite://").connect()
    TABLES.create_all(connection)

    def insert(table: Table, **values: Any) -> None:
        connection.execute(table.insert().values(**values))

    for entity in entities:
        name, attributes = entity.uid.id, entity.attributes
        if entity.uid.type == "User":
            home, boss = attributes["home"], attributes.get("boss")
            insert(
                USERS_TABLE, id=name, dept=attributes["dept"], lead=attributes["lead"].id, age=attributes.get("age"),
                boss=boss and boss.id, zip=home["zip"], city=home.get("city"),
            )  # fmt: skip
            for group in entities.ancestors(entity.uid):
                insert(USER_GROUPS, user=name, group=group.id)
            for tag, value in entity.tags.items():
                insert(USER_TAGS, user=name, name=tag, value=value)
        if entity.uid.type == "Doc":
            insert(
                DOCS_TABLE, id=name, owner=attributes["owner"].id, pub=attributes["pub"],
                level=attributes["level"],
            )  # fmt: skip
            for folder in entities.ancestors(entity.uid):
                insert(DOC_FOLDERS, doc=name, folder=folder.id)
            for reader in attributes["readers"]:
                insert(READERS, doc=name, user=reader.id)
    return connection


def rows(connection: Connection, found: ResourceFilter) -> frozenset[Uid]:
    return frozenset(
        Uid("Doc", key) for key in connection.scalars(select(DOCS_TABLE.c.id).where(found.where))
    )


def compare(one: Scene) -> Iterator[bool]:
    """Compare the rows of filters with the answers of queries; yield which filters were exact."""
    connection = stored(one.entities)
    context = {"mfa": True, "n": 1}
    for user in USERS:
        expected = SCHEMA.query_resources(one.policies, user, VIEW, "Doc", context, one.entities)
        request = SCHEMA.partial_request(user, VIEW, "Doc", context)
        for known in (SCHEMA.partial_entities(), one.partial):
            found = resource_filter(SCHEMA, one.policies, request, known, MAPPING, approximate=True)
            got = rows(connection, found)
            if found.is_exact:
                assert got == expected
            assert got >= expected
            assert {uid for uid in got if found.allows(uid, one.entities)} == expected
            yield found.is_exact


@pytest.mark.parametrize("seed", range(80))
def test_a_filter_gives_the_rows_that_a_query_gives(seed: int) -> None:
    list(compare(scene(seed)))


def test_most_filters_of_the_small_world_are_exact() -> None:
    exact = [is_exact for seed in range(40) for is_exact in compare(scene(seed))]
    assert sum(exact) > len(exact) / 2
    assert not all(exact)


# Planted defects


def _null_is_false_only_outside_negations(self: Any, formula: Any) -> Any:
    if isinstance(formula, formulas.No):
        return not_(_CONDITION(self, formula.formula))
    return _CONDITION(self, formula)


_CONDITION = sql_module.SqlWriter.condition


def _drop_a_negation(formula: Any) -> Any:
    return formulas.TRUE


def _join_as_if_nothing_errs(left: Any, right: Any) -> Any:
    return translation.Truth(
        formulas.every(left.true, right.true), formulas.some(left.false, right.false), True
    )


def _false_is_not_true(found: Any, *operands: Any) -> Any:
    return translation.Truth(found, formulas.no(found), True)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("place", "name", "defect"),
    [
        (sql_module.SqlWriter, "condition", _null_is_false_only_outside_negations),
        ("production.filters.resource_filter", "no", _drop_a_negation),
        (translation, "_both", _join_as_if_nothing_errs),
        (memberships_module, "_decided", _false_is_not_true),
    ],
    ids=lambda part: getattr(part, "__name__", str(part)).strip("_"),
)
def test_a_planted_defect_is_caught(
    place: Any, name: str, defect: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    if isinstance(place, str):
        place = sys.modules[place]
    monkeypatch.setattr(place, name, defect)
    with pytest.raises(AssertionError):
        _compare_all(400)


def _compare_all(scenes: int) -> None:
    for seed in range(scenes):
        list(compare(scene(seed)))


# What is refused


def _filter(text: str, mapping: Mapping = MAPPING, **options: Any) -> ResourceFilter:
    policies = PolicySet.from_text(text)
    request = SCHEMA.partial_request(USERS[0], VIEW, "Doc", {"mfa": True})
    return resource_filter(SCHEMA, policies, request, SCHEMA.partial_entities(), mapping, **options)


@pytest.mark.parametrize(
    ("condition", "part", "reason"),
    [
        ("resource.pub && resource.level + 1 > 2", "2 < resource.level + 1", "arithmetic"),
        ("resource.owner.home == principal.home", "resource.owner.home ==", "as a whole"),
        ('resource.readers == [User::"a"]', 'resource.readers == [User::"a"]', "as a whole"),
        ("resource.owner.hasTag(resource.owner.dept)", "hasTag", "a literal only"),
        ('resource.owner.dept like "a\\0*"', "like", "NUL"),
    ],
)
def test_a_part_without_a_formula_is_refused_with_its_place(condition: str, part: str, reason: str) -> None:
    text = f"permit(principal, action, resource) when {{ {condition} }};"
    with pytest.raises(UntranslatableError) as caught:
        _filter(text)
    (refusal,) = caught.value.refusals
    assert refusal.policy == "policy0"
    assert part in refusal.expression or "level + 1" in refusal.expression
    assert reason in refusal.reason
    assert "\n" not in str(caught.value)
    assert not _filter(text, approximate=True).is_exact


def test_what_a_mapping_lacks_is_refused_by_name() -> None:
    bare = Mapping({"Doc": EntityTable(DOCS_TABLE.c.id, {"owner": DOCS_TABLE.c.owner})}, dialect="sqlite")
    for condition, missing in (
        ("resource.pub", "`pub` of Doc"),
        ('resource.owner.dept == "x"', "no table for User"),
        ('resource in Folder::"f"', "no Folder ancestors for Doc"),
        ("resource.readers.isEmpty()", "`readers` of Doc"),
        ('resource.owner.hasTag("t")', "no table for User"),
    ):
        with pytest.raises(UntranslatableError, match=missing):
            _filter(f"permit(principal, action, resource) when {{ {condition} }};", bare)


def test_a_filter_needs_all_but_the_resource() -> None:
    for request in (
        SCHEMA.partial_request("User", VIEW, "Doc", {"mfa": True}),
        SCHEMA.partial_request(USERS[0], VIEW, "Doc"),
        SCHEMA.partial_request(USERS[0], VIEW, Uid("Doc", "d"), {"mfa": True}),
    ):
        with pytest.raises(ArgumentError):
            resource_filter(SCHEMA, PolicySet(), request, SCHEMA.partial_entities(), MAPPING)


@pytest.mark.parametrize(
    ("tables", "place"),
    [
        ({"Nope": EntityTable(DOCS_TABLE.c.id)}, "Nope"),
        ({"Doc": EntityTable(DOCS_TABLE.c.pub)}, "Doc.key"),
        ({"Doc": EntityTable(USERS_TABLE.c.age)}, "Doc.key"),
        ({"Doc": EntityTable(DOCS_TABLE.c.id, {"nope": DOCS_TABLE.c.pub})}, "Doc.nope"),
        ({"Doc": EntityTable(DOCS_TABLE.c.id, {"pub": DOCS_TABLE.c.owner})}, "Doc.pub"),
        ({"Doc": EntityTable(DOCS_TABLE.c.id, {"owner": USERS_TABLE.c.id})}, "Doc.owner"),
        ({"Doc": EntityTable(DOCS_TABLE.c.id, {"readers": DOCS_TABLE.c.owner})}, "Doc.readers"),
        ({"Doc": EntityTable(DOCS_TABLE.c.id, {"pub": SetTable(READERS.c.doc, READERS.c.user)})}, "Doc.pub"),
        ({"Doc": EntityTable(DOCS_TABLE.c.id, {"level": Scaled(DOCS_TABLE.c.level)})}, "Doc.level"),
        ({"User": EntityTable(USERS_TABLE.c.id, {"dept": USERS_TABLE.c.city})}, "User.dept"),
        ({"User": EntityTable(USERS_TABLE.c.id, {"home": Nested({"x": USERS_TABLE.c.city})})}, "User.home.x"),
        ({"Doc": EntityTable(DOCS_TABLE.c.id, {}, {"User": DOCS_TABLE.c.owner})}, "Doc"),
        (
            {"Doc": EntityTable(DOCS_TABLE.c.id, tags=TagTable(READERS.c.doc, READERS.c.doc, READERS.c.doc))},
            "Doc",
        ),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused_with_its_place(tables: Any, place: str) -> None:
    with pytest.raises(MappingError) as caught:
        _filter("permit(principal, action, resource);", Mapping(tables, dialect="sqlite"))
    assert str(caught.value).startswith(place)


# Other columns

ITEMS = Schema.from_text(
    "entity User; entity Tenant; entity Item in [Tenant] { owner: User, price: decimal, until: datetime,"
    " name: String, labels: Set<String> } tags Long; action view appliesTo { principal: User, resource: Item };"
)
ITEMS_TABLE = Table(
    "items", TABLES,
    Column("number", Integer, primary_key=True),
    Column("owner", Integer, nullable=False),
    Column("price", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("name", String, nullable=False),
    Column("tenant", String, nullable=False),
)  # fmt: skip
LABELS = Table("labels", TABLES, Column("item", Integer), Column("label", String))
ITEM_TAGS = Table(
    "item_tags", TABLES, Column("item", Integer), Column("name", String), Column("value", Integer)
)
OWNERS = Table("owners", TABLES, Column("number", Integer, primary_key=True))
ITEM_MAPPING = Mapping(
    {
        "User": EntityTable(OWNERS.c.number),
        "Item": EntityTable(
            ITEMS_TABLE.c.number,
            {
                "owner": ITEMS_TABLE.c.owner,
                "price": Scaled(ITEMS_TABLE.c.price),
                "until": Scaled(ITEMS_TABLE.c.until),
                "name": ITEMS_TABLE.c.name,
                "labels": SetTable(LABELS.c.item, LABELS.c.label),
            },
            {"Tenant": ITEMS_TABLE.c.tenant},
            TagTable(ITEM_TAGS.c.item, ITEM_TAGS.c.name, ITEM_TAGS.c.value),
        ),
    },
    dialect="sqlite",
)
NAMES = ("Abc", "abc", "a*c", "a%c", "a_c", "a[b]c", "a\\c", "", "é?")


CONDITIONS = [
        'resource.name like "a*"', 'resource.name like "*c"', 'resource.name like "a\\*c"',
        'resource.name like "a[*"', 'resource.name like "*?"', 'resource.name like "a%*"',
        'resource.name like "a_c"', 'resource.name like "*\\\\*"', 'resource.name like ""',
        '!(resource.name like "*b*")', 'resource.name == "abc"', '["Abc", "é?"].contains(resource.name)',
        'resource.price.lessThan(decimal("1.5"))', 'resource.price.greaterThanOrEqual(decimal("1.5"))',
        'resource.until < datetime("1970-01-02")', 'resource.until == datetime("1970-01-02")',
        'resource.owner == User::"1"', 'resource.owner != User::"01"', 'resource.owner == principal',
        'resource == Item::"3"', 'resource in Tenant::"t1"', '!(resource in [Tenant::"t0", Tenant::"t2"])',
        'resource.labels.contains("x")', 'resource.labels.containsAll(["x", "y"])',
        'resource.labels.containsAny(["z", "y"])', '!(resource.labels.containsAny(["z", "y"]))',
        'resource.labels.isEmpty()', 'resource.hasTag("n") && resource.getTag("n") > 1',
        'resource.hasTag("n") && !(resource.getTag("n") == 1)',
        '(if resource.name like "a*" then resource.name else "other") == "other"',
        '(resource.name == "abc") == resource.labels.contains("x")', 'resource has name && resource has owner',
    ]  # fmt: skip


def items(seed: str) -> tuple[Connection, Entities]:
    """Return a database of items and the store that it holds."""
    random = Random(seed)
    connection = create_engine("sqlite://").connect()
    TABLES.create_all(connection)
    made = []
    for number, name in enumerate(NAMES):
        owner, tenant = random.randrange(3), f"t{random.randrange(3)}"
        price, until = random.choice((10_000, 15_000)), random.choice((0, 86_400_000))
        labels, tags = random.sample("xyz", random.randrange(3)), random.choice(({}, {"n": 1}, {"n": 2}))
        made.append(
            Entity(
                Uid("Item", str(number)),
                {
                    "owner": Uid("User", str(owner)), "price": Decimal(price), "until": Datetime(until),
                    "name": name, "labels": SetValue(labels),
                },
                [Uid("Tenant", tenant)],
                tags,
            )
        )  # fmt: skip
        connection.execute(
            ITEMS_TABLE.insert().values(
                number=number, owner=owner, price=price, until=until, name=name, tenant=tenant
            )
        )
        for label in labels:
            connection.execute(LABELS.insert().values(item=number, label=label))
        for tag, value in tags.items():
            connection.execute(ITEM_TAGS.insert().values(item=number, name=tag, value=value))
    return connection, ITEMS.conforming_entities(made)


def item_filter(condition: str, mapping: Mapping) -> tuple[PolicySet, ResourceFilter]:
    """Return a policy with a condition, and its filter for the user 1."""
    policies = PolicySet.from_text(f"permit(principal, action, resource) when {{ {condition} }};")
    request = ITEMS.partial_request(Uid("User", "1"), VIEW, "Item", {})
    return policies, resource_filter(ITEMS, policies, request, ITEMS.partial_entities(), mapping)


@pytest.mark.parametrize("condition", CONDITIONS)
def test_columns_of_every_kind(condition: str) -> None:
    connection, entities = items(condition)
    policies, found = item_filter(condition, ITEM_MAPPING)
    got = set(connection.scalars(select(ITEMS_TABLE.c.number).where(found.where)))
    expected = ITEMS.query_resources(policies, Uid("User", "1"), VIEW, "Item", {}, entities)
    assert {Uid("Item", str(number)) for number in got} == expected


def test_postgresql_matches_patterns_by_its_own_like() -> None:
    mapping = Mapping({"User": MAPPING.table("User"), "Doc": MAPPING.table("Doc")}, dialect="postgresql")
    found = _filter(
        'permit(principal, action, resource) when { resource.owner.dept like "a%_*b\\*" };', mapping
    )
    text = str(found.where.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))
    assert r"LIKE 'a\%%\_%%b*' ESCAPE '\'" in text.replace("\\\\", "\\")


def test_alternatives_about_the_resource_are_one_condition() -> None:
    policies = "".join(
        f'permit(principal, action, resource == Doc::"d{n}"); permit(principal, action, resource in Folder::"f{n}");'
        for n in range(200)
    )
    where = str(_filter(policies).where.compile(dialect=sqlite.dialect()))
    assert where.count("EXISTS") == 1
    assert where.count(" IN ") == 2


@pytest.mark.slow
def test_what_is_too_large_is_refused() -> None:
    text = "permit(principal, action, resource) {} {{ {} }};"
    many = [f'(resource.level != {n} && resource.owner.dept != "{n}")' for n in range(1_500)]
    with pytest.raises(UntranslatableError, match="1,000 operands"):
        _filter(text.format("when", " || ".join(many)))
    chain = [f'(resource.owner.dept != "{n}" && resource.level != {n})' for n in range(900)]
    with pytest.raises(FilterSizeError):
        _filter(text.format("when", " || ".join(chain)))


# Actions as values

LOGS = Schema.from_text(
    "entity User; entity Log { done: Action }; action group; action view in [group]; action edit in [view];"
    " action read appliesTo { principal: User, resource: Log };"
)
LOGS_TABLE = Table(
    "logs", TABLES, Column("id", String, primary_key=True), Column("done", String, nullable=False)
)
LOG_MAPPING = Mapping({"Log": EntityTable(LOGS_TABLE.c.id, {"done": LOGS_TABLE.c.done})}, dialect="sqlite")


@pytest.mark.parametrize(
    "condition",
    [
        'resource.done in Action::"group"',
        '!(resource.done in Action::"view")',
        'resource.done in [Action::"edit", Action::"read"]',
        'resource.done == Action::"group"',
    ],
)
def test_actions_in_a_column_are_in_the_groups_of_the_schema(condition: str) -> None:
    connection = create_engine("sqlite://").connect()
    TABLES.create_all(connection)
    actions = ("group", "view", "edit", "read")
    entities = LOGS.conforming_entities(
        [Entity(Uid("Log", name), {"done": Uid("Action", name)}) for name in actions]
    )
    connection.execute(LOGS_TABLE.insert(), [{"id": name, "done": name} for name in actions])
    policies = PolicySet.from_text(f"permit(principal, action, resource) when {{ {condition} }};")
    user, read = Uid("User", "a"), Uid("Action", "read")
    request = LOGS.partial_request(user, read, "Log", {})
    found = resource_filter(LOGS, policies, request, LOGS.partial_entities(), LOG_MAPPING)
    got = {Uid("Log", key) for key in connection.scalars(select(LOGS_TABLE.c.id).where(found.where))}
    assert got == LOGS.query_resources(policies, user, read, "Log", {}, entities)
    assert 0 < len(got) < len(actions)
