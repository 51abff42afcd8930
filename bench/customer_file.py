"""How long one page takes of a customer with 100,000 entries, and a search among a million names.

    python -m bench.customer_file [--entries 100000] [--names 1000000]

Over an embedded Postgres in a temporary folder.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from bench.measure.database import own_postgres
from services.profile.app import MIGRATIONS
from services.profile.domain.search import pieces
from services.profile.domain.state import CustomerState
from services.profile.queries import briefing, search, timeline
from shared.postgres.migrations import migrate
from shared.postgres.pool import READING, begun

CUSTOMER = UUID("0b8f3f0e-0000-4000-8000-000000000001")
START = datetime(2015, 1, 1, tzinfo=UTC)
ENTRIES = """
insert into timeline (entry_id, customer_id, event_key, at, recorded_at, type, cause_id, cause_type, direction, channel,
                      stage, contact_id, handle, note, details)
select md5('e' || n)::uuid, $1, md5('k' || n)::uuid, $2::timestamptz + n * interval '1 hour', now(),
       case when n % 10 = 0 then 'interaction.recorded' else 'browse.recorded' end, n::text, 'holdfast.bench.v1',
       case when n % 10 = 0 then 'inbound' end, case when n % 10 = 0 then 'phone' end, 'pre_sale',
       case when n % 1000 = 0 then 'k1' end, case when n % 10 = 0 then 'phone:' || n % 50 end, 'a note of some length',
       '{"category": "filters"}'
  from generate_series(1, $3::int) n
"""
SURNAMES = "王李張劉陳楊黃趙吳周徐孫馬朱胡郭何高林羅"
GIVEN = "明小華偉芳娜敏靜強磊軍洋勇艷傑娟濤超秀霞平剛桂英"
LATIN = ("anna", "berg", "lund", "holm", "maria", "johan", "erik", "strom", "dahl", "svensson")


def name_of(n: int) -> str:
    if n % 2:
        return SURNAMES[n % 20] + GIVEN[n // 20 % 24] + GIVEN[n // 480 % 24]
    return f"{LATIN[n % 10]} {LATIN[n // 10 % 10]} {n}"


async def fill(connection: asyncpg.Connection, entries: int, names: int) -> None:
    await connection.execute(ENTRIES, CUSTOMER, START, entries)
    await connection.execute(
        "insert into contact_handle_word values ($1, 'phone:10', now(), 'e', gen_random_uuid(), 'k2')", CUSTOMER
    )
    rows = (
        (UUID(int=n + 1), name_of(n), pieces(name_of(n)), f"agent-{n % 1000}", [f"tag-{n % 5000}"])
        for n in range(names)
    )
    columns = ("customer_id", "folded", "grams", "owner", "tags")
    await connection.copy_records_to_table("search_entry", records=rows, columns=columns)
    await connection.execute("analyze")


async def timed(connection: asyncpg.Connection, ask: Callable[[], Awaitable[object]], times: int = 50) -> str:
    """Median and slowest of `times` askings, each in a reading transaction of its own as routes have it."""
    took = []
    for _ in range(times):
        begin = time.perf_counter()
        async with begun(connection, READING):
            await ask()
        took.append((time.perf_counter() - begin) * 1000)
    return f"{statistics.median(took):8.1f} ms median {max(took):8.1f} ms slowest of {times}"


async def run(dsn: str, entries: int, names: int) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await migrate(connection, MIGRATIONS)
        await fill(connection, entries, names)
        middle = (START + timedelta(hours=entries // 2), CUSTOMER)
        everybody, contact, caller = timeline.Span(), timeline.Span("k1"), timeline.Span("k2")
        late = timeline.Span(from_at=START + timedelta(hours=entries - 100))
        asked = {
            "timeline, first page": lambda: timeline.list_timeline(connection, CUSTOMER, everybody, None, 50),
            "timeline, half way": lambda: timeline.list_timeline(connection, CUSTOMER, everybody, middle, 50),
            "timeline, last days": lambda: timeline.list_timeline(connection, CUSTOMER, late, None, 50),
            "timeline of a contact": lambda: timeline.list_timeline(connection, CUSTOMER, contact, None, 50),
            "timeline of a caller": lambda: timeline.list_timeline(connection, CUSTOMER, caller, None, 50),
            "briefing": lambda: briefing.show_briefing(connection, CUSTOMER, CustomerState(), "k1"),
        }
        for text in ("王", "王明", "王明小", "svens", "a", "12345"):
            asked[f"name {text}"] = lambda text=text: search.search(
                connection, search.Sought(name=text), search.Place(), 50
            )
        asked["owner"] = lambda: search.search(connection, search.Sought(owner="agent-7"), search.Place(), 50)
        asked["tag"] = lambda: search.search(connection, search.Sought(tag="tag-7"), search.Place(), 50)
        print(f"{entries:,} entries of one customer, {names:,} names")
        for title, ask in asked.items():
            print(f"{title:24} {await timed(connection, ask)}")
    finally:
        await connection.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--names", type=int, default=1_000_000)
    given = parser.parse_args()
    with own_postgres(synced=False) as server:
        asyncio.run(run(server.database("profile"), given.entries, given.names))


if __name__ == "__main__":
    main()
