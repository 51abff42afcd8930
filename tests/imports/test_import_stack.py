"""Histories of real people through the command and all four services, reconciled with sums made without them."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from datetime import date
from hashlib import sha256
from pathlib import Path

import asyncpg
import pytest

from holdfast.imports.resume import Place, digest_of, place_beside, save_place
from shared.contracts.topics import WRITERS
from tests.driving.local import running, state_of
from tests.imports.real import write_cdnow, write_groceries

pytestmark = pytest.mark.kafka

TODAY = "2025-03-01"
PURCHASES = """
select h.handle, count(*) as orders, sum(p.amount)::bigint as cents, sum(jsonb_array_length(p.lines)) as lines
  from purchase p join handle h using (customer_id) group by h.handle
"""
FOLLOWUPS = "select min(due_on) as first, count(*) as followups, count(distinct customer_id) as customers from followup"
TASKS = "select kind, due_on, created_at from task where due_on < '2025-03-01'"
PLACED_DELIVERED = (("placed", "100,USD"), ("delivered", ","))
REFUSED = "select count(*) from dead_letter"


@pytest.fixture(scope="module")
def shop(tmp_path_factory, bootstrap):
    """A stack of today, for histories of long ago."""
    with running(tmp_path_factory.mktemp("import"), f"{TODAY}T00:00:00Z", bootstrap) as data:
        yield data


@pytest.fixture(scope="module")
def importing(shop):
    def command(*words, said=None, expect=0):
        line = [sys.executable, "-m", "holdfast.cli", "import", *map(str, words), "--data", str(shop)]
        done = subprocess.run(line, capture_output=True, text=True, timeout=3000, check=False, input=said)
        assert done.returncode == expect, done.stderr[-3000:]
        return done.stderr

    return command


def asked(shop, service, statement):
    async def ask():
        connection = await asyncpg.connect(state_of(shop).postgres[service])
        try:
            return await connection.fetch(statement)
        finally:
            await connection.close()

    return asyncio.run(ask())


def bought(shop, kind):
    """Handle of this kind -> (orders, cents, lines), as profile has them."""
    rows = asked(shop, "profile", PURCHASES)
    return {r["handle"]: (r["orders"], r["cents"], r["lines"]) for r in rows if r["handle"].startswith(f"{kind}:")}


def reconcile(shop, kind, sums):
    """To the row and to the cent, by customer and in all; grading has every order once, no service refused one."""
    assert bought(shop, kind) == sums
    of_all = asked(shop, "grading", "select count(*) as n from purchase")[0]["n"]
    assert of_all == sum(row["orders"] for row in asked(shop, "profile", PURCHASES))
    assert [asked(shop, service, REFUSED)[0][0] for service in WRITERS] == [0] * 4


def nothing_in_the_past(shop):
    """An order of 1997 was heard of today: who bought then is to be followed up from today on, and once."""
    [row] = asked(shop, "scheduler", FOLLOWUPS)
    assert row["first"] >= date.fromisoformat(TODAY)
    assert row["followups"] == row["customers"] > 0
    assert [dict(task) for task in asked(shop, "scheduler", TASKS)] == []


def test_the_cd_shop_a_part_of_it(shop, importing, tmp_path):
    file = tmp_path / "cdnow.csv"
    sums = write_cdnow(file, "200")
    total = sum(orders for orders, *_ in sums.values())

    file.write_text(file.read_text() + "shop:00004,1997-13-01,o-bad,1,USD\n")
    strict = importing("orders", file, "--source", "cdnow", "--strict", expect=1)
    assert f"{total:,} good lines, 1 bad ones" in strict
    assert bought(shop, "shop") == {}

    with file.open("rb") as opened:  # as if it had been killed after so many
        bad = sha256(b"%d," % (total + 2)).hexdigest()
        save_place(place_beside(file), Place(digest_of(opened, "orders cdnow csv"), total // 2, skipped=bad))
    resumed = importing("orders", file, "--source", "cdnow")
    assert f"the first {total // 2:,} were sent before" in resumed
    assert sum(orders for orders, *_ in bought(shop, "shop").values()) == total - total // 2
    assert "nothing to do" in importing("orders", file, "--source", "cdnow")

    place_beside(file).unlink()
    importing("orders", file, "--source", "cdnow")
    reconcile(shop, "shop", sums)
    assert (
        (file.parent / "cdnow.csv.refused.csv").read_text().startswith(f"line,reason,detail\n{total + 2},invalid_env")
    )
    nothing_in_the_past(shop)


def test_the_grocer_a_part_of_it_from_a_stream(shop, importing, tmp_path):
    sums = write_groceries(tmp_path / "groceries.jsonl", 12)
    importing("orders", "-", "--source", "grocer", said=(tmp_path / "groceries.jsonl").read_text())
    reconcile(shop, "household", sums)
    nothing_in_the_past(shop)


def test_deliveries_of_long_ago_ask_for_no_call_back_then(shop, importing, tmp_path):
    file = tmp_path / "delivered.csv"
    lines = [f"shop:old-{n},1997-0{n}-02,{kind},old-{n},{rest}" for n in range(1, 6) for kind, rest in PLACED_DELIVERED]
    file.write_text("\n".join(["subject,time,type,order_id,amount,currency", *lines]))
    importing("orders", file, "--source", "old")
    assert len([handle for handle in bought(shop, "shop") if ":old-" in handle]) == 5
    nothing_in_the_past(shop)


def test_customers_by_name(shop, importing, tmp_path):
    file = tmp_path / "customers.csv"
    file.write_text(
        "subject,time,party,name,handles,interests,preferred_channel\n"
        "crm:1,2024-05-01,individual,李雷,phone:+8613800000000|email:lilei@example.com,tea|books,phone\n"
        "crm:2,2024-05-02,individual,Anna,,,telepathy\n"
    )
    told = importing("customers", file, "--source", "crm")
    assert "1 good lines, 1 bad ones" in told
    assert "channel_unknown" in told
    rows = asked(shop, "profile", "select handle from handle where handle ~ 'lilei|^crm:' order by 1")
    assert [row["handle"] for row in rows] == ["crm:1", "email:lilei@example.com"]


@pytest.mark.slow
@pytest.mark.whole
@pytest.mark.parametrize("kind", ["shop", "household"], ids=["CDNOW", "completejourney"])
def test_the_whole_of_it(tmp_path, bootstrap, kind):
    file = tmp_path / ("orders.csv" if kind == "shop" else "orders.jsonl")
    sums = write_cdnow(file, "all") if kind == "shop" else write_groceries(file, None)
    in_all = tuple(map(sum, zip(*sums.values(), strict=True)))
    assert in_all == {"shop": (69659, 250031563, 0), "household": (155848, 459603958, 1469307)}[kind]
    with running(tmp_path / "stack", f"{TODAY}T00:00:00Z", bootstrap) as data:
        line = [sys.executable, "-m", "holdfast.cli", "import", "orders", str(file), "--data", str(data)]
        done = subprocess.run(line, capture_output=True, text=True, timeout=3000, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        reconcile(data, kind, sums)
        nothing_in_the_past(data)
        memory = {m.service: _memory(m.pid) for m in state_of(data).members}
        assert max(memory.values()) < 200, json.dumps(memory)


def _memory(pid):
    """Resident, in MB."""
    [line] = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) // 1024
