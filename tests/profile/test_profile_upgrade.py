"""The version before migration 0016 and this one, side by side on one database: each reads what the other has said."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree, ignore_patterns
from uuid import UUID

import asyncpg
import pytest

from services.profile.store.handles import SAVE_HANDLES
from shared.postgres.migrations import CONTRACT, migrate, to_contract
from tests.harness.databases import ROOT

MIGRATIONS = ROOT / "services" / "profile" / "migrations"
NOT_YET = ("0016*", "0017*", "0018*", "0019*", "002*", CONTRACT)
PHONE, ANNA, BEN, CARL = "phone:+8613800000000", *(UUID(int=n) for n in (1, 2, 3))

# The statements of the version before, as it sends them.
SAVED_BEFORE = """
insert into handle (handle, customer_id, claimed, since, past, print, claimed_since)
select handle, customer_id, claimed, since, past, print, claimed_since
  from json_populate_recordset(null::handle, $1::json)
on conflict (handle) do update
   set customer_id = excluded.customer_id, claimed = excluded.claimed, since = excluded.since,
       past = excluded.past, print = excluded.print, claimed_since = excluded.claimed_since
"""
CLAIMED_BEFORE = """
insert into handle_claim (handle, customer_id, at)
select handle, customer_id, at from json_populate_recordset(null::handle_claim, $1::json)
on conflict (handle) do update set customer_id = excluded.customer_id, at = excluded.at
"""
ERASED_BEFORE = "delete from handle where customer_id = $1"
CLAIMS_ERASED_BEFORE = "delete from handle_claim where customer_id = $1"
READ_BEFORE = "select customer_id, claimed, since, claimed_since, past from handle"
CLAIM_BEFORE = "select customer_id, at from handle_claim"

ROWS = "select handle, customer_id, claimed_at, past from handle order by handle"
WORDS = "select at, kind, customer_id, opens from handle_word order by at, kind, customer_id"
SAY = """
insert into handle_word (handle, event_key, at, kind, customer_id, is_own)
values ($1, gen_random_uuid(), $2, 'claim', $3, $4)
"""
SHAPE = """
select table_name, column_name, data_type, is_nullable from information_schema.columns where table_schema = 'public'
union all
select event_object_table, trigger_name, event_manipulation, action_timing from information_schema.triggers
union all
select routine_name, routine_type, '', '' from information_schema.routines where routine_schema = 'public'
order by 1, 2, 3
"""


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def row_before(customer, since, *, claimed=True, past=(), claimed_since=None):
    held = [{"customer_id": str(whose), "claimed": was, "until": str(at(until))} for whose, was, until in past]
    return {
        "handle": PHONE, "customer_id": str(customer), "claimed": claimed, "since": str(at(since)), "past": held,
        "print": None, "claimed_since": claimed_since and str(at(claimed_since)),
    }  # fmt: skip


SAID_BEFORE = {
    "a claim": [row_before(ANNA, "2025-01-02")],
    "a claim, and an earlier one": [
        row_before(ANNA, "2025-01-02"),
        row_before(ANNA, "2025-01-01", claimed_since="2025-01-01"),
    ],
    "an event, then a claim": [row_before(ANNA, "2025-01-01", claimed=False), row_before(ANNA, "2025-01-01")],
    "a claim, a release, another claim": [
        row_before(ANNA, "2025-01-01"),
        row_before(BEN, "2025-02-01", claimed=False, past=[(ANNA, True, "2025-02-01")]),
        row_before(BEN, "2025-02-01", past=[(ANNA, True, "2025-02-01")], claimed_since="2025-03-01"),
    ],
    "two releases, the earlier one heard of late": [
        row_before(BEN, "2025-03-01", claimed=False, past=[(ANNA, True, "2025-03-01")]),
        row_before(
            BEN, "2025-03-01", claimed=False, past=[(CARL, False, "2025-02-01"), (ANNA, True, "2025-03-01")]
        ),
    ],
}  # fmt: skip


@pytest.fixture(scope="session")
def migrations_before(tmp_path_factory) -> Path:
    """Those of the version before."""
    folder = tmp_path_factory.mktemp("before") / "profile" / "migrations"
    copytree(MIGRATIONS, folder, ignore=ignore_patterns(*NOT_YET))
    return folder


@pytest.fixture
async def before(databases, migrations_before):
    """A connection to a database of the version before."""
    dsn = await databases.fresh(migrations_before)
    connection = await asyncpg.connect(dsn)
    yield connection
    await connection.close()
    await databases.drop(dsn)


@pytest.fixture
async def beside(databases, migrations_before):
    """One that this version has expanded, while nothing was in it."""
    dsn = await databases.fresh(migrations_before)
    connection = await asyncpg.connect(dsn)
    await migrate(connection, MIGRATIONS)
    yield connection
    await connection.close()
    await databases.drop(dsn)


@pytest.mark.parametrize("rows", SAID_BEFORE.values(), ids=SAID_BEFORE)
async def test_what_the_version_before_says_is_heard_as_if_it_had_been_there(before, beside, rows):
    claim = json.dumps([{"handle": PHONE, "customer_id": str(CARL), "at": str(at("2025-06-01"))}])
    for row in rows:
        await beside.execute(SAVED_BEFORE, json.dumps([row]))
        await before.execute(SAVED_BEFORE, json.dumps([row]))
    for each in (beside, before):
        await each.execute(CLAIMED_BEFORE, claim)
    await migrate(before, MIGRATIONS)
    assert await beside.fetch(ROWS) == await before.fetch(ROWS)
    known, heard = set(await before.fetch(WORDS)), set(await beside.fetch(WORDS))
    assert (at("2025-06-01"), "claim", CARL, None) in known
    assert known <= heard


async def test_all_that_the_version_before_says_is_a_word(beside):
    for row in SAID_BEFORE["a claim, a release, another claim"]:
        await beside.execute(SAVED_BEFORE, json.dumps([row]))
        await beside.execute(SAVED_BEFORE, json.dumps([row]))
    assert [tuple(row) for row in await beside.fetch(WORDS)] == [
        (at("2025-01-01"), "claim", ANNA, None),
        (at("2025-02-01"), "release", ANNA, BEN),
        (at("2025-03-01"), "claim", BEN, None),
    ]


async def test_the_version_before_reads_what_this_one_says(beside):
    was = {"customer_id": str(ANNA), "claimed_at": str(at("2025-01-01")), "until": str(at("2025-02-01"))}
    row = {"handle": PHONE, "customer_id": str(BEN), "past": [was], "print": None}
    for claimed in (None, str(at("2025-03-01"))):
        await beside.execute(SAVE_HANDLES, json.dumps([row | {"claimed_at": claimed}]))
        held = json.loads((found := await beside.fetchrow(READ_BEFORE))["past"])
        since = claimed and at("2025-03-01")
        assert tuple(found)[:4] == (BEN, claimed is not None, at("2025-02-01"), since)
        assert held == [was | {"claimed": True}]


async def test_a_date_that_this_version_knows_outlives_what_the_version_before_says(beside):
    was = {"customer_id": str(ANNA), "claimed_at": str(at("2025-01-01")), "until": str(at("2025-02-01"))}
    row = {"handle": PHONE, "customer_id": str(BEN), "past": [was], "print": None, "claimed_at": None}
    await beside.execute(SAVE_HANDLES, json.dumps([row]))
    again = row_before(BEN, "2025-02-01", past=[(ANNA, True, "2025-02-01")], claimed_since="2025-03-01")
    await beside.execute(SAVED_BEFORE, json.dumps([again]))
    found = await beside.fetchrow(ROWS)
    assert found["claimed_at"] == at("2025-03-01")
    (held,) = json.loads(found["past"])
    assert at("2025-01-01") == datetime.fromisoformat(held["claimed_at"])


async def test_the_version_before_is_told_of_the_last_claim_of_what_is_anothers(beside):
    row = {"handle": PHONE, "customer_id": str(ANNA), "past": [], "print": None, "claimed_at": str(at("2025-01-01"))}
    await beside.execute(SAVE_HANDLES, json.dumps([row]))
    for who, on in ((ANNA, "2025-01-01"), (CARL, "2025-04-01"), (BEN, "2025-03-01")):
        await beside.execute(SAY, PHONE, at(on), who, who == ANNA)
    assert [tuple(row) for row in await beside.fetch(CLAIM_BEFORE)] == [(CARL, at("2025-04-01"))]


@pytest.mark.parametrize("statement", [ERASED_BEFORE, CLAIMS_ERASED_BEFORE])
async def test_who_is_erased_by_the_version_before_is_erased(beside, statement):
    if statement == ERASED_BEFORE:
        await beside.execute(SAVED_BEFORE, json.dumps([row_before(CARL, "2025-01-01")]))
    else:
        await beside.execute(SAVED_BEFORE, json.dumps([row_before(ANNA, "2025-01-01")]))
        claim = {"handle": PHONE, "customer_id": str(CARL), "at": str(at("2025-06-01"))}
        await beside.execute(CLAIMED_BEFORE, json.dumps([claim]))
    assert CARL in {row["customer_id"] for row in await beside.fetch(WORDS)}
    await beside.execute(statement, CARL)
    assert CARL not in {row["customer_id"] for row in await beside.fetch(WORDS)}


PERSON_BEFORE = """
insert into contact_word (event_key, customer_id, contact_id, at, event_id, recorded_at, role, handles)
values (gen_random_uuid(), $1, 'k1', $2, 'e1', now(), 'user', $3)
"""
LED = "select handle, customer_id, contact_id, at from contact_handle_word order by handle"


async def test_a_line_is_a_persons_of_whom_the_version_before_hears(beside):
    await beside.execute(PERSON_BEFORE, ANNA, at("2025-01-01"), json.dumps([PHONE, "shop:1"]))
    await beside.execute(PERSON_BEFORE, BEN, at("2025-01-02"), None)
    led = [(handle, ANNA, "k1", at("2025-01-01")) for handle in (PHONE, "shop:1")]
    assert [tuple(row) for row in await beside.fetch(LED)] == led
    await beside.execute("update contact_word set customer_id = $1", CARL)
    assert {row["customer_id"] for row in await beside.fetch(LED)} == {CARL}
    await beside.execute("delete from contact_word where customer_id = $1", CARL)
    assert await beside.fetch(LED) == []


async def test_contracted_it_is_as_if_made_new(databases, before):
    await migrate(before, MIGRATIONS)
    assert await to_contract(before, MIGRATIONS) == [
        "profile/contract/0016_handle_words.sql",
        "profile/contract/0020_contact_words_beside.sql",
    ]
    await migrate(before, MIGRATIONS, contract=True)
    assert await to_contract(before, MIGRATIONS) == []
    dsn = await databases.fresh(MIGRATIONS)
    new = await asyncpg.connect(dsn)
    assert await before.fetch(SHAPE) == await new.fetch(SHAPE)
    await new.close()
    await databases.drop(dsn)
