"""Migrations expand alone: the version before goes on while this one is rolled out (ADR 21)."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from shared.postgres import migrations
from shared.postgres.migrations import CONTRACT, MigrationChanged, migrate, require_migrated, to_contract
from tests.harness.databases import ROOT

FILES = sorted([*ROOT.glob("services/*/migrations/*.sql"), *ROOT.glob("shared/engine/migrations/*.sql")])
CONTRACTING = {
    "ban-drop-table",
    "ban-drop-column",
    "ban-drop-view",
    "renaming-object",
    "renaming-table",
    "renaming-column",
    "changing-column-type",
    "adding-not-nullable-field",
    "adding-required-field",
}
BEFORE_THE_RULE = {
    "services/feedback/migrations/0002_winback.sql",
    "services/grading/migrations/0004_values.sql",
    "services/grading/migrations/0006_lean_customers.sql",
    "services/profile/migrations/0009_handles.sql",
    "services/scheduler/migrations/0003_tasks_contacts.sql",
    "services/scheduler/migrations/0007_escalation.sql",
    "services/scheduler/migrations/0008_working_hours.sql",
}
REFUSED = {
    "a table dropped": "drop table known;",
    "a column dropped": "alter table known drop column was;",
    "a view dropped": "drop view seen;",
    "a table renamed": "alter table known rename to told;",
    "a column renamed": "alter table known rename column was to is_now;",
    "another type": "alter table known alter column was type bigint;",
    "not null from now on": "alter table known alter column was set not null;",
    "a column that the version before does not fill": "alter table known add column must bigint not null;",
}


def contracting(*files: Path) -> set[str]:
    """Paths of those with a statement under which the version before breaks."""
    command = [Path(sys.executable).with_name("squawk"), "--reporter", "json", *files]
    found = json.loads(subprocess.run(command, capture_output=True, text=True, check=False).stdout)
    return {one["file"] for one in found if one["rule_name"] in CONTRACTING}


def test_no_migration_contracts():
    found = {str(Path(file).relative_to(ROOT)) for file in contracting(*FILES)}
    assert found == BEFORE_THE_RULE


@pytest.mark.parametrize("sql", REFUSED.values(), ids=REFUSED)
def test_what_breaks_the_version_before_is_seen(tmp_path, sql):
    (file := tmp_path / "0001.sql").write_text(sql)
    assert contracting(file) == {str(file)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A service's migrations: a table, and what contracts it."""
    made = tmp_path / "toy" / "migrations"
    (made / CONTRACT).mkdir(parents=True)
    (made / "0001_made.sql").write_text("create table known (id int primary key, was int)")
    return made


@pytest.fixture
async def connection(databases, folder):
    dsn = await databases.fresh(folder)
    connection = await asyncpg.connect(dsn)
    yield connection
    await connection.close()
    await databases.drop(dsn)


COLUMNS = "select column_name::text from information_schema.columns where table_name = 'known' order by 1"


async def columns(connection) -> list[str]:
    return [row[0] for row in await connection.fetch(COLUMNS)]


async def test_what_the_version_before_needs_goes_when_that_is_asked_for(connection, folder):
    (folder / "0002_more.sql").write_text("alter table known add column now int")
    (folder / CONTRACT / "0002_more.sql").write_text("alter table known drop column was")
    assert await migrate(connection, folder) == ["toy/0002_more.sql"]
    await require_migrated(connection, folder)
    assert (await columns(connection), await to_contract(connection, folder)) == (
        ["id", "now", "was"],
        ["toy/contract/0002_more.sql"],
    )
    assert await migrate(connection, folder, contract=True) == ["toy/contract/0002_more.sql"]
    assert (await columns(connection), await to_contract(connection, folder)) == (["id", "now"], [])


async def test_what_is_repeated_goes_on_until_nothing_is_left(connection, folder):
    await connection.execute("insert into known select n, n from generate_series(1, 25) n")
    (folder / "0002_filled.sql").write_text(
        "-- repeat\nwith done as (update known set was = null where id in "
        "(select id from known where was is not null limit 10) returning 1) select count(*) from done"
    )
    assert await migrate(connection, folder) == ["toy/0002_filled.sql"]
    assert await connection.fetchval("select count(*) from known where was is not null") == 0
    assert await migrate(connection, folder) == []


async def test_a_file_replaces_one_that_was_applied(connection, folder):
    changed = "create table if not exists known (id int primary key, was int, now int)"
    digest = await connection.fetchval("select digest from migration where name = 'toy/0001_made.sql'")
    (folder / "0001_made.sql").write_text(changed)
    with pytest.raises(MigrationChanged):
        await migrate(connection, folder)
    (folder / "0001_made.sql").write_text(f"-- replaces: {digest}\n{changed}")
    assert await migrate(connection, folder) == []


async def test_who_waits_for_a_lock_steps_aside_and_tries_again(connection, databases, folder, monkeypatch):
    (folder / "0002_more.sql").write_text("alter table known add column now int")
    monkeypatch.setattr(migrations, "BOUNDED", "set local lock_timeout = '20ms'")
    reader = await asyncpg.connect(databases.dsn(await connection.fetchval("select current_database()")))
    held = reader.transaction()
    await held.start()
    await reader.execute("lock table known in access share mode")
    with pytest.raises(asyncpg.LockNotAvailableError):
        await migrate(connection, folder)
    monkeypatch.setattr(migrations, "TRIES", 10**6)
    waits = asyncio.create_task(migrate(connection, folder))
    await reader.execute("select pg_sleep(0.1)")
    assert not waits.done()
    await held.rollback()
    assert await waits == ["toy/0002_more.sql"]
    await reader.close()
