"""Files become one and two again in all four services: whatever was joined, parted it is as if it had never been."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.acceptance.cases import case
from tests.driving.events import at_time, target

pytestmark = pytest.mark.kafka

START, JOINED, MEANWHILE, PARTED, LATER = (f"2025-03-0{day}" for day in range(1, 6))
CALL = {"channel": "phone", "direction": "inbound", "stage": "after_sale"}
BOUGHT = {"amount": 100, "currency": "USD"}
OWN = {"cause", "caused_by_case", "event_ids", "handles", "previous"}
"""Ids, and what stood before: it tells of the time in which they were one."""


class Three:
    """A customer who buys, one who complains, one who was promised something."""

    def __init__(self, world: Any, name: str) -> None:
        self.world, self.name = world, f"{world.name}-{name}"
        self.handles = tuple(f"case:{self.name}-{who}" for who in ("buys", "complains", "waits"))

    async def begin(self) -> None:
        needs = (None, target("2025-03-20"), target("2025-06-15"))
        for n, need in enumerate(needs):
            await self.say("customer.registered", n, {"party": "individual", "region": f"r{n}"})
            if need is not None:
                await self.say("need.stated", n, need, at_time(START, f"09:0{3 - n}"))
        await self.say("order.placed", 0, {"order_id": f"{self.name}-1", **BOUGHT}, at_time(START, "08:00"))
        told = {"complaint_id": self.name, "fault": "company", "severity": "major", "correctable": True}
        await self.say("complaint.reported", 1, told, at_time(START, "10:00"))
        await self.say("commitment.made", 2, {"commitment_id": self.name, "due_on": LATER}, at_time(START, "10:00"))

    async def go_on(self) -> None:
        """What comes for each while they are one."""
        for n in range(3):
            await self.say("interaction.recorded", n, CALL)
        await self.say("order.delivered", 0, {"order_id": f"{self.name}-1"}, at_time(MEANWHILE, "10:00"))
        await self.say("consent.changed", 2, {"purpose": "marketing", "granted": False}, at_time(MEANWHILE, "10:00"))

    async def say(self, type_: str, who: int, data: dict[str, Any], at: str | None = None) -> None:
        await self.world.say(type_, data, at, subject=self.handles[who])

    async def ids(self) -> list[str]:
        return [await self.world.find(handle) for handle in self.handles]

    async def seen(self) -> list[Any]:
        """What every service shows of each of them."""
        return [await self._one(customer) for customer in await self.ids()]

    async def _one(self, customer: str) -> Any:
        ask = self.world.client.get
        own = f"/v1/customers/{customer}"
        shown = {
            "file": await ask("profile", own),
            "needs": await ask("profile", f"{own}/needs"),
            "timeline": await ask("profile", f"{own}/timeline"),
            "commitments": await ask("profile", f"{own}/commitments"),
            "grade": await ask("grading", f"{own}/grade"),
            "journal": (await ask("scheduler", f"{own}/journal"))["open"],
            "tasks": sorted((await ask("scheduler", "/v1/tasks", customer=customer))["items"], key=of_case),
            "contacts": await ask("scheduler", f"{own}/contacts"),
            "cases": await ask("feedback", "/v1/cases", customer=customer),
        }
        return plain(shown, self.name)


async def differences(one: Three, other: Three) -> dict[str, tuple[Any, Any]]:
    """Place in what is shown -> what is there of each of the two."""
    mine, theirs = [dict(flat(await three.seen(), "")) for three in (one, other)]
    places = sorted({*mine, *theirs})
    return {each: (mine.get(each), theirs.get(each)) for each in places if mine.get(each) != theirs.get(each)}


def flat(told: Any, place: str) -> Iterator[tuple[str, Any]]:
    match told:
        case dict():
            for key, value in told.items():
                yield from flat(value, f"{place}.{key}")
        case list():
            for n, value in enumerate(told):
                yield from flat(value, f"{place}[{n}]")
        case _:
            yield place, told


def of_case(task: dict[str, Any]) -> tuple[str, str]:
    return (task["kind"], task["step"] or "")


def plain(told: Any, name: str) -> Any:
    """Without ids, and without the name of the three."""
    if isinstance(told, dict):
        return {key: plain(value, name) for key, value in told.items() if key not in OWN and not key.endswith("_id")}
    if isinstance(told, list):
        return [plain(each, name) for each in told]
    return told.replace(name, "") if isinstance(told, str) else told


@case
async def test_a_chain_and_a_cross_of_merges_taken_back_have_never_been(world):
    one, apart = Three(world, "one"), Three(world, "apart")
    await world.day(START)
    for three in (one, apart):
        await three.begin()
    await world.settle()
    ids = await one.ids()

    await world.day(JOINED)
    for who, other in ((1, 2), (0, 1), (2, 0)):
        await one.say("customers.merged", who, {"other": one.handles[other]})
        await world.settle()
    (survivor,) = set(await one.ids())
    assert survivor in ids
    world.customer = survivor
    file, grade = await world.file(), await world.grade()
    assert (file["totals"]["purchases"], file["totals"]["complaints"]) == (1, 1)
    assert (grade["grade"], grade["urgency"]) == ("A", "urgent")
    assert len(await world.cases()) == 1
    for id_ in ids:
        assert await world.client.get("grading", f"/v1/customers/{id_}/grade") == grade
        assert (await world.client.get("scheduler", f"/v1/customers/{id_}/journal"))["open"] is not None
    everybody = await world.everybody()
    assert [id_ in everybody for id_ in ids] == [id_ == survivor for id_ in ids]

    said = len(await world.everything())
    await one.say("customers.merged", 0, {"other": one.handles[2]}, at_time(JOINED, "11:00"))
    await world.settle()
    assert len(await world.everything()) == said, "that they are one is no news"

    await world.day(MEANWHILE)
    for three in (one, apart):
        await three.go_on()
    await world.settle()

    await world.day(PARTED)
    for other, own in zip(one.handles, ids, strict=True):
        if (holder := await world.find(other)) != own:  # who is parted takes along whom he had taken in
            await world.post("profile", f"/v1/customers/{holder}/split", {"other": other})
            await world.settle()
    await world.settle()
    assert await one.ids() == ids
    assert await differences(one, apart) == {}
    await world.post("profile", f"/v1/customers/{survivor}/split", {"other": one.handles[1]}, 409, "not_merged")

    await world.day(LATER)
    await world.day("2025-03-06")
    assert await differences(one, apart) == {}
    for three in (one, apart):
        breached = [await world.client.facts_of("commitment.breached", id_) for id_ in await three.ids()]
        assert [len(facts) for facts in breached] == [0, 0, 1]


@case
async def test_whoever_lives_on_for_a_while_parted_they_have_never_been_one(world):
    """Three merges heard in one sequence that happened in others: each word may change who has taken whom in."""
    sequences = {times: Three(world, f"{times}") for times in ("021", "120", "210")}
    joined, apart = list(sequences.values()), Three(world, "apart")
    await world.day(START)
    for three in (*joined, apart):
        await three.begin()
    await world.settle()
    ids = [await three.ids() for three in joined]

    await world.day(JOINED)
    for n, (who, other) in enumerate(((1, 2), (0, 1), (2, 0))):
        for times, three in sequences.items():
            at = at_time(JOINED, f"09:0{times[n]}")
            await three.say("customers.merged", who, {"other": three.handles[other]}, at)
        await world.settle()
    assert [len(set(await three.ids())) for three in joined] == [1] * 3

    await world.day(MEANWHILE)
    for three in (*joined, apart):
        await three.go_on()
    await world.settle()

    await world.day(PARTED)
    for three, known in zip(joined, ids, strict=True):
        for other, own in zip(three.handles, known, strict=True):
            if (holder := await world.find(other)) != own:
                await world.post("profile", f"/v1/customers/{holder}/split", {"other": other})
                await world.settle()
    assert [await three.ids() for three in joined] == ids
    found = {times: await differences(three, apart) for times, three in sequences.items()}
    assert found == {times: {} for times in sequences}
