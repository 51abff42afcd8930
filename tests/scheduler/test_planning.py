"""Work spread over days and people: never later than due, within capacity where that can be, fair."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.scheduler.domain.agents import Agent, Away
from services.scheduler.domain.planning import Diary, is_there, room_of, shared_out
from shared.contracts.policy import default_policy, overlay
from tests.scheduler.database import ANN, BOB, CID

MONDAY = date(2025, 3, 10)
OFFICE = {
    "mon": [{"begin": "09:00", "end": "12:00"}, {"begin": "13:00", "end": "17:00"}],
    "wed": [{"begin": "09:00", "end": "12:00"}],
}
CALENDAR = default_policy().calendar


def on(n: int) -> date:
    return MONDAY + timedelta(days=n)


def agent(**more) -> Agent:
    return Agent(UUID(int=1), "ann", **more)


def days_of(due, capacity, today=MONDAY):
    diary = Diary(today, lambda _day: capacity)
    return [((placed := diary.place(on(n))).on - MONDAY).days + (0.5 if placed.over else 0) for n in due]


@pytest.mark.parametrize(
    ("due", "capacity", "expected"),
    [
        pytest.param([3, 3], 2, [3, 3], id="on its day"),
        pytest.param([3, 3, 3], 1, [3, 2, 1], id="earlier where the day is full"),
        pytest.param([3, 1, 3], 1, [3, 1, 2], id="what is due before stays possible"),
        pytest.param([-5, -5], 2, [0, 0], id="overdue today"),
        pytest.param([0, 0, 0], 2, [0, 0, 0.5], id="too much: on its day all the same"),
        pytest.param([1, 1, 1, 1], 1, [1, 0, 1.5, 0.5], id="too much: where the least is"),
    ],
)
def test_items_are_placed(due, capacity, expected):
    assert days_of(due, capacity) == expected


@settings(max_examples=100)
@given(due=st.lists(st.integers(-3, 8), max_size=20), room=st.lists(st.integers(0, 3), min_size=9, max_size=9))
def test_nothing_is_late_and_as_much_fits_as_can(due, room):
    diary = Diary(MONDAY, lambda day: room[(day - MONDAY).days])
    placed = [diary.place(on(n)) for n in due]
    assert all(MONDAY <= p.on <= max(on(n), MONDAY) for p, n in zip(placed, due, strict=True))
    kept = Counter((p.on - MONDAY).days for p in placed if not p.over)
    assert all(kept[day] <= room[day] for day in kept)
    left, fits = list(room), 0
    for last in sorted(max(n, 0) for n in due):  # the earliest deadline first, as early as can be
        if (day := next((d for d in range(last + 1) if left[d]), None)) is not None:
            left[day], fits = left[day] - 1, fits + 1
    assert sum(not p.over for p in placed) == fits


@pytest.mark.parametrize(
    ("who", "values", "room"),
    [
        pytest.param(agent(capacity=5), {}, [5, 5, 5, 5, 5, 5, 5], id="every day"),
        pytest.param(agent(capacity=5, hours=OFFICE), {}, [5, 0, 5, 0, 0, 0, 0], id="on the days of their hours"),
        pytest.param(
            agent(capacity=5, absences=(Away(on(1), on(1), "bob"), Away(on(3), on(4), "cleo"))),
            {},
            [5, 0, 5, 0, 0, 5, 5],
            id="away",
        ),
        pytest.param(agent(capacity=5, left_on=on(3), successor="bob"), {}, [5, 5, 5, 0, 0, 0, 0], id="gone"),
        pytest.param(
            agent(capacity=5), {"calendar.working_days": ["mon", "tue"], "calendar.holidays": ["2025-03-11"]},
            [5, 0, 0, 0, 0, 0, 0], id="the company's calendar",
        ),
    ],
)  # fmt: skip
def test_there_is_room_where_somebody_works(who, values, room):
    calendar = overlay(default_policy(), {"values": values}).calendar
    assert [room_of(who, calendar)(on(n)) for n in range(7)] == room


def test_absence_has_both_its_days():
    away = agent(absences=(Away(on(1), on(2), "bob"),))
    assert [is_there(away, on(n)) for n in range(4)] == [True, False, False, True]


@pytest.mark.parametrize(
    ("capacity", "busy", "due", "expected"),
    [
        pytest.param({"ann": 2, "bob": 2}, {}, [3, 3, 3, 3], {"ann": 2, "bob": 2}, id="equally"),
        pytest.param({"ann": 6, "bob": 2}, {}, [0] * 8, {"ann": 6, "bob": 2}, id="by what each can do"),
        pytest.param({"ann": 2, "bob": 2}, {"ann": [0, 0]}, [0, 0], {"bob": 2}, id="to whom has room before its day"),
        pytest.param({"ann": 1, "bob": 1}, {}, [0] * 4, {"ann": 2, "bob": 2}, id="too much is shared too"),
        pytest.param({"ann": 0, "bob": 1}, {}, [0] * 2, {"bob": 2}, id="not to who does not work"),
    ],
)
def test_work_is_shared_fairly(capacity, busy, due, expected):
    diaries = {name: Diary(MONDAY, lambda _day, n=n: n) for name, n in capacity.items()}
    for name, days in busy.items():
        for n in days:
            diaries[name].place(on(n))
    assert Counter(shared_out([on(n) for n in due], diaries)) == expected


async def test_a_plan_and_the_work_of_one_who_left_over_two(stack):
    for customer in (ANN, BOB, CID):
        await stack.known("2025-03-01", "E", customer, owner="ann")
    week = {"agent_id": "bob", "team": "north", "capacity": 1, "hours": OFFICE}
    assert (await stack.post("/agents", week))["hours"] == OFFICE
    await stack.post("/agents", {"agent_id": "cleo", "team": "north", "capacity": 1})
    for customer in (ANN, BOB, CID):
        await stack.post("/tasks", {"customer_id": str(customer), "kind": "appointment", "due_on": "2025-03-03"}, 201)
    await stack.post("/worklist/spread", {"owner": "ann"}, 422, "invalid_body")
    await stack.post("/worklist/spread", {"team": "north"}, 409, "nothing_to_spread")
    spread = (await stack.post("/worklist/spread", {"owner": "ann", "team": "north"}))["items"]
    assert Counter(item["owner"] for item in spread) == {"cleo": 2, "bob": 1}
    plan = await stack.get("/agents/cleo/plan", to_on="2025-03-04")
    shown = [(day["on"], day["capacity"], [item["over"] for item in day["items"]]) for day in plan["days"]]
    assert shown == [
        ("2025-03-01", 1, []), ("2025-03-02", 1, [False]), ("2025-03-03", 1, [False]), ("2025-03-04", 1, []),
    ]  # fmt: skip
    bob = await stack.get("/agents/bob/plan", to_on="2025-03-04")
    assert [(day["on"], day["capacity"], len(day["items"])) for day in bob["days"]][2:] == [
        ("2025-03-03", 1, 1), ("2025-03-04", 0, 0),
    ]  # fmt: skip
    await stack.get("/agents/bob/plan", 422, to_on="2025-02-28")


async def test_work_is_spread_with_an_eye_to_what_each_does_for_others(stack):
    """bob stands in for ann, whose own work is heavy; what is being spread counts for nobody yet."""
    for agent in ("bob", "cleo"):
        await stack.post("/agents", {"agent_id": agent, "capacity": 3})
    await stack.post("/agents/ann/absences", {"from_on": "2025-03-01", "to_on": "2025-03-09", "deputy": "bob"})
    await stack.known("2025-02-01", "E", ANN, owner="ann")
    await stack.known("2025-02-01", "E", BOB)
    for customer, n in ((ANN, 3), (BOB, 2)):
        for _ in range(n):
            await stack.post("/tasks", {"customer_id": str(customer), "kind": "appointment"}, 201)
    spread = (await stack.post("/worklist/spread", {"agents": ["bob", "cleo"]}))["items"]
    assert [item["owner"] for item in spread] == ["cleo", "cleo"]
    again = (await stack.post("/worklist/spread", {"owner": "ann", "agents": ["bob", "cleo"]}))["items"]
    assert Counter(item["owner"] for item in again) == {"bob": 2, "cleo": 1}
