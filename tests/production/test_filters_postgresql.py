"""Filters on PostgreSQL, in a server that the test starts on a socket of its own where the machine has one."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import sleep

import pytest

pytest.importorskip("sqlalchemy", reason="the extra `sql` is not installed")

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable
from sqlalchemy.sql import ClauseElement

from production import Uid
from production.filters import Mapping, resource_filter

from .partial_world import SCHEMA, USERS, VIEW, scene
from .test_filters import (
    CONDITIONS,
    DOCS_TABLE,
    ITEM_MAPPING,
    ITEMS,
    ITEMS_TABLE,
    MAPPING,
    TABLES,
    item_filter,
    items,
    stored,
)

PROGRAMS = ("initdb", "postgres", "psql")
Run = Callable[[str], list[str]]


def on_postgresql(mapping: Mapping, *names: str) -> Mapping:
    tables = {name: table for name in names if (table := mapping.table(name)) is not None}
    return Mapping(tables, dialect="postgresql")


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """Start a server, and return what runs a script and gives the lines of its answers."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing:
        pytest.skip(f"PostgreSQL is not installed: no {', '.join(missing)}")
    user = None
    if os.geteuid() == 0:
        try:
            user = pwd.getpwnam("postgres").pw_name
        except KeyError:
            pytest.skip("PostgreSQL does not run as root, and there is no user postgres")
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    try:
        if user is not None:
            shutil.chown(folder, user)
        yield from _served(folder, user)
    finally:
        shutil.rmtree(folder)


def _served(folder: Path, user: str | None) -> Iterator[Run]:
    data = folder / "data"
    subprocess.run(
        ["initdb", "-D", data, "-A", "trust", "-U", "tester", "-E", "UTF8", "--locale=C"],
        check=True, capture_output=True, user=user, cwd=folder,
    )  # fmt: skip
    server = subprocess.Popen(
        ["postgres", "-D", data, "-k", folder, "-c", "listen_addresses=", "-F"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, user=user, cwd=folder,
    )  # fmt: skip

    def ask(script: str) -> list[str]:
        command = ["psql", "-h", folder, "-U", "tester", "-d", "postgres", "-AtqX", "-v", "ON_ERROR_STOP=1"]
        done = subprocess.run(command, input=script, capture_output=True, text=True, check=True, timeout=60)
        return done.stdout.splitlines()

    try:
        for _ in range(100):
            try:
                ask("SELECT 1;")
                break
            except subprocess.CalledProcessError:
                sleep(0.1)
        yield ask
    finally:
        server.terminate()
        server.wait(30)


def sql(statement: ClauseElement) -> str:
    """Return a statement as text, its values written out."""
    text = str(statement.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))
    return text.replace("%%", "%") + ";\n"


def copied(connection: Connection) -> str:
    """Return a script that makes the same tables with the same rows."""
    script = "DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n"
    for table in TABLES.sorted_tables:
        script += sql(CreateTable(table))
        rows = [dict(row) for row in connection.execute(select(table)).mappings()]
        script += "".join(sql(table.insert().values(**row)) for row in rows)
    return script


@pytest.mark.parametrize("seed", range(12))
def test_a_filter_gives_the_rows_that_a_query_gives(run: Run, seed: int) -> None:
    one = scene(seed)
    context = {"mfa": True, "n": 1}
    run(copied(stored(one.entities)))
    mapping = on_postgresql(MAPPING, "User", "Doc")
    for user in USERS:
        request = SCHEMA.partial_request(user, VIEW, "Doc", context)
        found = resource_filter(SCHEMA, one.policies, request, one.partial, mapping, approximate=True)
        got = {Uid("Doc", line) for line in run(sql(select(DOCS_TABLE.c.id).where(found.where)))}
        expected = SCHEMA.query_resources(one.policies, user, VIEW, "Doc", context, one.entities)
        assert got == expected if found.is_exact else got >= expected


def test_columns_of_every_kind(run: Run) -> None:
    connection, entities = items("PostgreSQL")
    run(copied(connection))
    for condition in CONDITIONS:
        policies, found = item_filter(condition, on_postgresql(ITEM_MAPPING, "User", "Item"))
        got = {Uid("Item", line) for line in run(sql(select(ITEMS_TABLE.c.number).where(found.where)))}
        expected = ITEMS.query_resources(policies, Uid("User", "1"), VIEW, "Item", {}, entities)
        assert got == expected, condition
