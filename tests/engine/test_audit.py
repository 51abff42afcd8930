"""The audit log: rows that follow from each other, so that a changed, removed or added one shows (S26, P20)."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from types import SimpleNamespace
from uuid import UUID

import pytest

from shared.postgres.pool import open_pool
from shared.web.audit import Entry, Trail, head_of, verify

ABOUT = UUID(int=7)


@pytest.fixture
async def pool(database_of):
    opened = await open_pool(database_of("grading"), "audit", 4)
    yield opened
    await opened.close()


def asked(pool):
    service = SimpleNamespace(engine=SimpleNamespace(pool=pool))
    return SimpleNamespace(app=SimpleNamespace(state=SimpleNamespace(service=service)))


async def told(pool, *who):
    """By two processes at once, in no order."""
    trails = (Trail(), Trail())
    entries = [Entry(each, "lead", "GET /v1/customers/{id}", ABOUT, "let in") for each in who]
    await asyncio.gather(*(trails[n % 2].append(asked(pool), entry) for n, entry in enumerate(entries)))


@asynccontextmanager
async def judged(pool):
    async with pool.acquire() as connection:
        yield lambda known=None: verify(connection, known)


async def test_rows_of_several_processes_follow_from_each_other_whatever_is_in_them(pool):
    await told(pool, *(f"key:{n}" for n in range(40)), 'oidc:"\\\n\t\x1f\x7f\u2028 王 \U0001f600')
    async with judged(pool) as verdict:
        found = await verdict()
    assert (found.rows, found.first, found.head.number, found.broken) == (41, 1, 41, None)
    names = {row["who"] for row in await pool.fetch("select who from audit")}
    assert len(names) == 41


async def test_those_who_ask_at_once_share_statements(pool):
    counted, trail = [], Trail()

    class Counting:
        async def execute(self, statement, rows):
            counted.append(rows)
            await pool.execute(statement, rows)

    entry = Entry("token", "admin", "GET /v1/customers", None, "let in")
    await asyncio.gather(*(trail.append(asked(Counting()), entry) for _ in range(50)))
    assert len(counted) == 1
    assert await pool.fetchval("select count(*) from audit") == 50


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        pytest.param("update audit set who = 'nobody' where number = 3", 3, id="who"),
        pytest.param("update audit set at = at + interval '1 microsecond' where number = 3", 3, id="when"),
        pytest.param("update audit set outcome = 'refused' where number = 1", 1, id="the first row"),
        pytest.param("update audit set about = null where number = 5", 5, id="about whom"),
        pytest.param("delete from audit where number = 3", 3, id="a row was taken out"),
        pytest.param("delete from audit where number = 3; update audit set number = number - 1 where number > 3", 3,
                     id="and the gap closed"),
        pytest.param("delete from audit where number = 5", 5, id="the last row was cut off"),
        pytest.param("update audit set hash = sha256(hash) where number = 5", 5, id="a hash"),
    ],
)  # fmt: skip
async def test_what_was_changed_shows(pool, statement, broken):
    await told(pool, "a", "b", "c", "d", "e")
    async with judged(pool) as verdict:
        before = await verdict()
        assert (await verdict(head_of(str(before.head)))).broken is None
        await pool.execute(statement)
        assert (await verdict(before.head)).broken == broken


async def test_rows_that_were_removed_by_age_leave_a_whole_chain(pool):
    await told(pool, "a", "b", "c", "d")
    async with judged(pool) as verdict:
        early = head_of(str((await verdict()).head))
        await pool.execute("delete from audit where number < 3")
        await told(pool, "e")
        found = await verdict(early)
    assert (found.rows, found.first, found.broken) == (3, 3, None)


async def test_without_the_row_nothing_is_shown(pool):
    """An append that cannot be written is not passed over."""
    await pool.execute("drop function audit_append(json)")
    with pytest.raises(Exception, match="audit_append"):
        await told(pool, "a")
