"""Certificates of filters: what they prove, and the planted defects that they refuse."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("sqlalchemy", reason="the extra `sql` is not installed")

from sqlalchemy import select

from drt.engines import build, filter_database
from drt.model.engine import NotLoaded
from drt.model.question import FilterRows
from drt.oracles.partial_inputs import queries
from drt.symbolic.filters import reading
from drt.symbolic.filters.certificate import Certificate, check, read_certificate, response_to, said
from drt.symbolic.filters.conditions import Condition, negated
from drt.symbolic.filters.issue import NotCertified, certify
from drt.symbolic.filters.proof import Proved, Refuted
from drt.symbolic.filters.sql import UnreadableSql, read_sql
from drt.targets.table import TARGETS
from generators.choice.sources import RecordingSource
from production import PolicySet, Uid
from production.filters import (
    Mapping,
    ResourceFilter,
    UntranslatableError,
    memberships,
    resource_filter,
    translation,
)
from production.filters import sql as sql_module
from tests.production.partial_world import SCHEMA, USERS, VIEW, scene
from tests.production.test_filters import (
    CONDITIONS,
    DOCS_TABLE,
    ITEM_MAPPING,
    ITEMS,
    MAPPING,
    _drop_a_negation,
    _false_is_not_true,
    _join_as_if_nothing_errs,
    _null_is_false_only_outside_negations,
    item_filter,
    stored,
)

CONTEXT = {"mfa": True, "n": 1}


def certified(seed: int) -> int:
    """Certify the filters of a scene; return how many there are."""
    one, count = scene(seed), 0
    for user in USERS:
        request = SCHEMA.partial_request(user, VIEW, "Doc", CONTEXT)
        for known in (SCHEMA.partial_entities(), one.partial):
            try:
                found = resource_filter(SCHEMA, one.policies, request, known, MAPPING)
            except UntranslatableError:
                continue
            certify(found, SCHEMA, one.policies, request, known, MAPPING)
            count += 1
    return count


def filter_of(text: str, condition: Any = None) -> tuple[Certificate, ResourceFilter]:
    """Return the certificate of a filter, of which the condition may be another one."""
    policies, known = PolicySet.from_text(text), SCHEMA.partial_entities()
    request = SCHEMA.partial_request(USERS[0], VIEW, "Doc", CONTEXT)
    found = resource_filter(SCHEMA, policies, request, known, MAPPING)
    made = found if condition is None else replace(found, where=condition)
    return certify(made, SCHEMA, policies, request, known, MAPPING), found


WHERE = [
    "docs.pub", "NOT docs.pub", "docs.level != 2 AND docs.level >= 1", "docs.level NOT IN (1, 2, 5)",
    "docs.owner IN ('a', 'b', 'nobody') OR docs.level > 4", "docs.owner = docs.owner AND docs.id != 'd'",
    "(SELECT u.age FROM users AS u WHERE u.id = docs.owner) > 3",
    "NOT (SELECT u.age FROM users AS u WHERE u.id = docs.owner) > 3",
    "(SELECT u.age FROM users AS u WHERE u.id = docs.owner) IS NULL",
    "(SELECT u.id FROM users AS u WHERE u.id = docs.owner) IS NOT NULL",
    "coalesce((SELECT u.age FROM users AS u WHERE u.id = docs.owner) > 3, 0) = 0",
    "((SELECT u.age FROM users AS u WHERE u.id = docs.owner) > 3) = docs.pub",
    "(SELECT u.boss FROM users AS u WHERE u.id = docs.owner) != docs.owner",
    "(SELECT v.dept FROM users AS v WHERE v.id = (SELECT u.boss FROM users AS u WHERE u.id = docs.owner)) IN"
    " ('x', 'y')",
    "(SELECT u.city FROM users AS u WHERE u.id = docs.owner) NOT IN ('x', 'c')",
    "(SELECT u.city FROM users AS u WHERE u.id = docs.owner) = NULL OR docs.pub = 1",
    "NOT ((SELECT u.city FROM users AS u WHERE u.id = docs.owner) = 'c' OR docs.pub = 1)",
    "NOT ((SELECT u.zip FROM users AS u WHERE u.id = docs.owner) < 3 AND docs.level < 3)",
    "CASE WHEN docs.level < 2 THEN docs.owner WHEN docs.pub THEN 'a' ELSE NULL END = 'a'",
    "NOT CASE WHEN (SELECT u.age FROM users AS u WHERE u.id = docs.owner) > 3 THEN docs.pub ELSE 0 END",
    "EXISTS (SELECT 1 FROM readers AS r WHERE r.doc = docs.id AND r.user = docs.owner)",
    "NOT EXISTS (SELECT 1 FROM readers AS r WHERE r.doc = docs.id)",
    "EXISTS (SELECT 1 FROM doc_folders AS f WHERE f.doc = docs.id AND f.folder IN ('f', 'k'))",
    "EXISTS (SELECT 1 FROM user_groups AS g WHERE g.user = docs.owner AND g.\"group\" = 'g')",
    "NOT EXISTS (SELECT 1 FROM user_tags AS t WHERE t.user = docs.owner AND t.name = 't')",
    "(SELECT t.value FROM user_tags AS t WHERE t.user = docs.owner AND t.name = 't') GLOB 'x*'",
    "NOT (SELECT t.value FROM user_tags AS t WHERE t.user = docs.owner AND t.name = 't') = 'x'",
]  # fmt: skip


def differences(where: str, seeds: range) -> int:
    """Count the rows that SQLite selects and the condition does not allow, or the other way round."""
    draft, _ = filter_of("permit(principal, action, resource);")
    certificate = replace(draft, sql=f"SELECT docs.id FROM docs WHERE {where}")
    condition, _ = said(certificate, response_to(certificate))
    policies = PolicySet.from_text(f"permit(principal, action, resource) when {{ {condition} }};")
    wrong = 0
    for seed in seeds:
        entities = scene(seed).entities
        rows = {Uid("Doc", key) for (key,) in stored(entities).exec_driver_sql(certificate.sql)}
        wrong += len(rows ^ SCHEMA.query_resources(policies, USERS[0], VIEW, "Doc", CONTEXT, entities))
    return wrong


@pytest.mark.parametrize("where", WHERE)
def test_sql_is_read_as_what_sqlite_selects(where: str) -> None:
    assert differences(where, range(12)) == 0


def _null_is_false(condition: Condition) -> Condition:
    return Condition(negated(condition.true), condition.true)


def test_a_reader_that_takes_null_for_false_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "swapped", _null_is_false)
    assert sum(differences(where, range(12)) for where in WHERE if where.startswith("NOT")) > 0


def test_every_exact_filter_of_the_small_world_is_certified() -> None:
    assert sum(certified(seed) for seed in range(12)) > 30


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
@pytest.mark.parametrize("condition", CONDITIONS)
def test_columns_of_every_kind_are_read_back(condition: str, dialect: Any) -> None:
    mapping = Mapping(ITEM_MAPPING.tables, dialect=dialect)
    policies, found = item_filter(condition, mapping)
    request = ITEMS.partial_request(Uid("User", "1"), VIEW, "Item", {})
    certificate = certify(found, ITEMS, policies, request, ITEMS.partial_entities(), mapping)
    assert isinstance(check(certificate), Proved)


@pytest.mark.parametrize(
    ("place", "name", "defect"),
    [
        (sql_module.SqlWriter, "condition", _null_is_false_only_outside_negations),
        ("production.filters.resource_filter", "no", _drop_a_negation),
        (translation, "_both", _join_as_if_nothing_errs),
        (memberships, "_decided", _false_is_not_true),
    ],
    ids=lambda part: getattr(part, "__name__", str(part)).strip("_"),
)
def test_a_planted_defect_is_refused(
    place: Any, name: str, defect: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[place] if isinstance(place, str) else place, name, defect)
    with pytest.raises(NotCertified, match="the filter says"):
        sum(certified(seed) for seed in range(60))


@pytest.mark.parametrize(
    ("policy", "condition"),
    [
        ("permit(principal, action, resource);", DOCS_TABLE.c.pub),
        ('permit(principal, action, resource == Doc::"d");', DOCS_TABLE.c.id == "e"),
        ("permit(principal, action, resource) when { resource.level < 3 };", DOCS_TABLE.c.level <= 3),
        ('permit(principal, action, resource) when { resource.owner.dept == "x" };', DOCS_TABLE.c.pub),
    ],
)
def test_another_condition_is_refused(policy: str, condition: Any) -> None:
    with pytest.raises(NotCertified, match="differs from the policies"):
        filter_of(policy, condition)


def test_a_certificate_is_checked_from_its_file(tmp_path: Path) -> None:
    certificate, _ = filter_of(
        "permit(principal, action, resource) when { resource.owner has age && resource.owner.age > 3 };"
    )
    certificate.save(tmp_path / "filter.json")
    read = read_certificate(tmp_path / "filter.json")
    assert read == certificate
    assert isinstance(check(read), Proved)
    assert certificate.condition.endswith("resource.owner has age && 3 < resource.owner.age)")


@pytest.mark.parametrize(
    "changed",
    [
        {"sql": "SELECT docs.id FROM docs WHERE docs.level < 4"},
        {"condition": "true"},
        {"residuals": {"policy0": "permit when true"}},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_changed_certificate_is_refuted(changed: dict[str, Any]) -> None:
    certificate, _ = filter_of("permit(principal, action, resource) when { resource.level < 3 };")
    assert isinstance(check(replace(certificate, **changed)), Refuted)


def test_sql_and_condition_that_agree_on_something_else_are_refuted() -> None:
    certificate, _ = filter_of("permit(principal, action, resource) when { resource.level < 3 };")
    changed = replace(
        certificate,
        sql=certificate.sql.replace("< 3", "< 4"),
        condition=certificate.condition.replace("< 3", "< 4"),
    )
    match check(changed):
        case Refuted(facts):
            assert facts[0] == "  the filter says true, the policies false"
            assert 'Doc::"e0" exists = true' in facts
            assert 'Doc::"e0".level = 3' in facts
        case other:
            pytest.fail(str(other))


@pytest.mark.parametrize(
    ("where", "part"),
    [
        ("docs.level + 1 < 3", "not the SQL of a filter"),
        ("upper(docs.id) = 'D'", "not the SQL of a filter"),
        ("docs.nothing = 1", "column `nothing`"),
        ("docs.pub < 1", "compared by `<`"),
        ("docs.level = 'x'", "expected Long"),
        ("docs.owner GLOB 'a*'", "expected String"),
        ("coalesce(docs.pub = 1, 1) = 0", "another default"),
        ("EXISTS (SELECT 1 FROM readers WHERE readers.user = 'a')", "no reading"),
        ("EXISTS (SELECT 1 FROM readers AS r WHERE r.doc = docs.id AND NOT r.user = 'a')", "no reading"),
        ("docs.id GLOB '[a-z]*'", "class of characters"),
        ("users.id = docs.owner", "not in scope"),
    ],
)
def test_sql_without_a_reading_is_refused(where: str, part: str) -> None:
    certificate, _ = filter_of("permit(principal, action, resource);")
    with pytest.raises(UnreadableSql, match=part):
        check(replace(certificate, sql=f"SELECT docs.id FROM docs WHERE {where}"))


def test_the_statement_selects_the_keys_of_resources() -> None:
    certificate, _ = filter_of("permit(principal, action, resource);")
    for sql in ("SELECT docs.owner FROM docs", "SELECT users.id FROM users"):
        with pytest.raises(UnreadableSql, match="filter"):
            check(replace(certificate, sql=sql))


def test_quotes_and_names_are_read() -> None:
    table = '"odd ""table"""'
    read = read_sql(f"""SELECT {table}."a.b" FROM {table} WHERE {table}."a.b" = 'it''s'""")
    assert str(read).count('odd "table') == 4
    assert "it's" in str(read)


def test_a_certified_filter_selects_what_its_statement_does() -> None:
    certificate, found = filter_of("permit(principal, action, resource) when { resource.level < 3 };")
    assert "docs.level < 3" in certificate.sql
    assert "docs.level < " in str(select(DOCS_TABLE.c.id).where(found.where))


@pytest.mark.slow
def test_exact_filters_of_drawn_schemas_are_certified(monkeypatch: pytest.MonkeyPatch) -> None:
    certified: list[bool] = []

    def with_certificate(
        schema: Any, policies: Any, request: Any, known: Any, tables: Any, **options: Any
    ) -> Any:
        found = resource_filter(schema, policies, request, known, tables, **options)
        if found.is_exact:
            certify(found, schema, policies, request, known, tables)
        certified.append(found.is_exact)
        return found

    monkeypatch.setattr(filter_database, "resource_filter", with_certificate)
    engine = build("production")
    for seed in range(8):
        case = TARGETS["filter"].draw(RecordingSource(seed))
        session = engine.load(case)
        for _, query in queries(case):
            if query.kind == "resource" and not isinstance(session, NotLoaded):
                session.ask(FilterRows(query.request, query.entities, "columns"))
    assert sum(certified) > 5
