"""Search and field history in a real database, out by the routes, and by which indexes they are read."""

from __future__ import annotations

import re

import pytest

from holdfast.local.databases import connected
from services.profile.access import sees
from services.profile.queries import history, search, timeline
from shared.postgres.pool import READING, begun
from tests.harness.databases import ROOT, blocking

PEOPLE = {
    "shop:1": {"name": "王小明", "owner": "ann", "tags": ["VIP", "tea"]},
    "shop:2": {"name": "小王", "owner": "bob", "tags": ["tea"]},
    "shop:3": {"name": "Anna Bergström", "owner": "ann"},
    "shop:4": {"name": "Joanna 王 Ltd", "owner": "ann"},
    "shop:5": {"name": "100%_sure"},
}


@pytest.fixture
async def known(tell):
    for handle, fields in PEOPLE.items():
        await tell("customer.registered", handle, "2025-03-01", party="individual", **fields)


async def names(get, **query):
    return [item["name"] for item in (await get("/customers", **query))["items"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param({"name": "王"}, ["Joanna 王 Ltd", "小王", "王小明"], id="one ideograph, anywhere"),
        pytest.param({"name": "小明"}, ["王小明"], id="two ideographs"),
        pytest.param({"name": "anna"}, ["Anna Bergström", "Joanna 王 Ltd"], id="inside a word, whatever the case"),
        pytest.param({"name": "BERGSTRO"}, ["Anna Bergström"], id="without the accent"),
        pytest.param({"name": "b"}, ["Anna Bergström"], id="one letter begins a word"),
        pytest.param({"name": "na b"}, ["Anna Bergström"], id="across words"),
        pytest.param({"name": "0%_"}, ["100%_sure"], id="signs mean themselves"),
        pytest.param({"name": "%"}, [], id="a wildcard is none"),
        pytest.param({"name": " "}, [], id="nothing to look for"),
        pytest.param({"owner": "ann"}, ["Anna Bergström", "Joanna 王 Ltd", "王小明"], id="owner"),
        pytest.param({"tag": "vip"}, ["王小明"], id="tag"),
        pytest.param({"tag": "tea", "owner": "bob"}, ["小王"], id="filters combine"),
        pytest.param({"handle": "shop:3", "name": "anna"}, ["Anna Bergström"], id="with a handle"),
        pytest.param({"handle": "shop:3", "name": "王"}, [], id="another one's handle"),
        pytest.param({"handle": "SHOP: 3"}, ["Anna Bergström"], id="handle alone"),
        pytest.param({"handle": "shop:9"}, [], id="unknown handle"),
    ],
)
@pytest.mark.usefixtures("known")
async def test_who_is_found(get, query, found):
    assert sorted(await names(get, **query)) == sorted(found)


@pytest.mark.usefixtures("known")
async def test_the_list_pages_by_name(get):
    first = await get("/customers", owner="ann", limit=2)
    rest = await get("/customers", owner="ann", limit=2, cursor=first["next_cursor"])
    assert [len(first["items"]), len(rest["items"]), rest["next_cursor"]] == [2, 1, None]
    assert len({item["customer_id"] for item in (*first["items"], *rest["items"])}) == 3


async def test_a_file_that_was_taken_in_is_found_once(tell, get):
    await tell("contact.stated", "shop:8", "2025-03-01", contact_id="k", role="user", handles=["phone:+15550001"])
    await tell("customer.registered", "shop:1", "2025-03-02", party="individual", name="Ada", handles=["shop:8"])
    assert await names(get, name="ada") == ["Ada"]


async def test_the_history_of_a_field_says_who_when_before_and_after_whenever_it_arrived(tell, get):
    await tell("customer.registered", "shop:1", "2025-03-01", party="individual", name="Ada", tags=["a"])
    await tell("customer.updated", "shop:1", "2025-03-05", name="Ada Lund")
    await tell("customer.updated", "shop:1", "2025-03-03", name="Ada Berg", region="north")
    await tell("customer.updated", "shop:1", "2025-03-04", name="Ada Berg")
    (item,) = (await get("/customers", handle="shop:1"))["items"]
    path = f"/customers/{item['customer_id']}/history"
    changes = (await get(path, field="name"))["items"]
    assert [(c["before"], c["after"], c["at"][:10], c["cause"]["event_id"]) for c in changes] == [
        ("Ada Berg", "Ada Lund", "2025-03-05", "e2"),
        ("Ada", "Ada Berg", "2025-03-03", "e3"),
        (None, "Ada", "2025-03-01", "e1"),
    ]
    assert (changes[0]["source"], changes[0]["field"]) == ("shop", "name")
    fields, cursor = [], {}
    while cursor is not None:
        page = await get(path, limit=2, **cursor)
        fields += [change["field"] for change in page["items"]]
        cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else None
    assert sorted(fields) == ["name", "name", "name", "party", "region", "tags"]


CUSTOMER = "0b8f3f0e-0000-4000-8000-000000000001"
FILL = (
    """
    insert into search_entry
    select gen_random_uuid(), name, array[left(name, 1), left(name, 2), left(name, 3)], 'agent-' || n % 500,
           array['tag-' || n % 500], null, null, null, array['group-' || n % 500]
      from (select n, substr('王李張陳林黃吳劉', n % 8 + 1, 1) || md5(n::text) as name
              from generate_series(1, 30000) n) made
    """,
    f"""
    insert into timeline (entry_id, customer_id, event_key, at, recorded_at, type, cause_id, cause_type, stage)
    select gen_random_uuid(), '{CUSTOMER}', gen_random_uuid(), timestamptz '2020-01-01' + n * interval '1 hour', now(),
           'browse.recorded', n::text, 'holdfast.browse.recorded.v1', 'pre_sale'
      from generate_series(1, 30000) n
    """,
    f"""
    insert into field_word
    select gen_random_uuid(), '{CUSTOMER}', 'region', to_jsonb(n), timestamptz '2020-01-01' + n * interval '1 hour',
           n::text, now(), 'shop', 'holdfast.customer.updated.v1' from generate_series(1, 5000) n
    """,
    f"""
    insert into contact_handle_word
    select case when n > 5 then gen_random_uuid() else '{CUSTOMER}' end, 'phone:' || n, now(), n::text,
           gen_random_uuid(), 'k' || n
      from generate_series(1, 30000) n
    """,
    "analyze",
)
LATE = "2021-06-01T00:00:00Z"


@pytest.fixture(scope="module")
def full(databases):
    """DSN of a database of many."""

    async def made():
        dsn = await databases.fresh(ROOT / "services" / "profile" / "migrations")
        async with connected(dsn) as connection:
            for text in FILL:
                await connection.execute(text)
        return dsn

    return blocking(made())


@pytest.mark.parametrize(
    ("statement", "given"),
    [
        pytest.param(search.FOUND, "array['王12'], '王12', null, null, null, null, null, null, 51", id="name"),
        pytest.param(search.FOUND, "null, null, 'agent-7', null, null, null, null, null, 51", id="owner"),
        pytest.param(search.FOUND, "null, null, null, 'tag-7', null, null, null, null, 51", id="tag"),
        pytest.param(search.FOUND, "null, null, null, null, null, 'group-7', null, null, 51", id="group"),
        pytest.param(
            timeline.EVERYBODY, f"'{CUSTOMER}', null, null, '{LATE}', '{CUSTOMER}', 51", id="timeline, far in"
        ),
        pytest.param(
            timeline.OF_CONTACT, f"'{CUSTOMER}', null, null, null, null, 51, 'k1'", id="timeline of a contact"
        ),
        pytest.param(history.CHANGES, f"'{CUSTOMER}', null, '{LATE}', '9', '{CUSTOMER}', 51", id="history"),
    ],
)
async def test_a_page_is_read_by_keys_and_no_further_than_it_is_long(full, statement, given):
    async with connected(full) as connection, begun(connection, READING):
        await connection.execute(f"prepare asked as {statement}")
        plan = [row[0] for row in await connection.fetch(f"explain (analyze, timing off) execute asked({given})")]
    text = "\n".join(plan)
    assert "Seq Scan" not in text, text
    removed = sum(int(n) for n in re.findall(r"Rows Removed by Filter: (\d+)", text))
    read = max(int(n) for n in re.findall(r"actual rows=(\d+)", text))
    assert (read <= 500, removed <= 500) == (True, True), text


MANY = f"""
insert into timeline (entry_id, customer_id, event_key, at, recorded_at, type, cause_id, cause_type, stage)
select md5('e' || n)::uuid, '{CUSTOMER}', md5('e' || n)::uuid, timestamptz '2020-01-01' + n / 2 * interval '1 hour',
       now(), 'browse.recorded', n::text, 'holdfast.browse.recorded.v1', 'pre_sale'
  from generate_series(1, 100000) n
"""
PLACES = """
select at, entry_id from (select at, entry_id, row_number() over (order by at, entry_id) as place from timeline) placed
 where place in (1000, 50000, 99700) order by place
"""


@pytest.mark.parametrize("counted", ["analyze", "select"], ids=["counted", "not counted yet"])
async def test_a_page_costs_the_same_wherever_it_is_among_100_000_entries(engine, counted):
    async with engine.pool.acquire() as borrowed:
        await borrowed.execute(MANY)
        await borrowed.execute(counted)
        places = ["null, null", *(f"'{at}', '{id}'" for at, id in await borrowed.fetch(PLACES))]
        for place in places:
            async with begun(borrowed, READING):
                await borrowed.execute(timeline.IN_THE_ORDER_OF_THE_INDEX)
                await borrowed.execute(f"prepare asked as {timeline.EVERYBODY}")
                explained = (
                    f"explain (analyze, buffers, timing off) execute asked('{CUSTOMER}', null, null, {place}, 201)"
                )
                plan = "\n".join(row[0] for row in await borrowed.fetch(explained))
                await borrowed.execute("deallocate asked")
            assert "using timeline_customer on timeline" in plan, plan
            assert max(int(n) for n in re.findall(r"actual rows=(\d+)", plan)) == 201, plan
            assert "Rows Removed" not in plan, plan
            assert sum(int(n) for n in re.findall(r"Buffers: shared hit=(\d+)", plan)[:1]) <= 500, plan


async def test_pages_follow_each_other_without_a_gap_where_many_share_an_instant(engine, tell, get):
    await tell("customer.registered", "shop:1", "2025-03-01", party="individual")
    (item,) = (await get("/customers", handle="shop:1"))["items"]
    await engine.pool.execute(MANY.replace(CUSTOMER, item["customer_id"]).replace("100000", "200"))
    path, cursor, seen = f"/customers/{item['customer_id']}/timeline", {}, []
    while cursor is not None:
        page = await get(path, limit=7, **cursor)
        seen += [(entry["at"], entry["entry_id"]) for entry in page["items"]]
        cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else None
    assert len(seen) == len(set(seen)) == 200
    assert seen == sorted(seen)


@pytest.mark.usefixtures("known")
async def test_an_agent_sees_own_customers_alone(engine, get):
    ids = [(await get("/customers", handle=handle))["items"][0]["customer_id"] for handle in ("shop:1", "shop:2")]
    async with engine.pool.acquire() as connection:
        seen = [await sees(engine, connection, "customer", id, {"ann"}) for id in (*ids, "no id")]
    assert seen == [True, False, False]
