"""A person asks to be forgotten: all four services do, and what happened before does not come back."""

from __future__ import annotations

import pytest

from tests.acceptance.cases import case
from tests.driving.events import at_time, target

pytestmark = pytest.mark.kafka

START, DAY = "2025-03-01", "2025-03-10"
BOUGHT = {"amount": 500, "currency": "USD"}


@case
async def test_a_person_is_erased_in_all_services_and_a_later_event_opens_a_new_file(world):
    other = f"phone:{world.name}"
    old = await world.register(START, target("2025-06-15"), name="Anna", handles=[other])
    order = await world.say("order.placed", {"order_id": f"{world.name}-1", **BOUGHT})
    await world.day("2025-03-05")
    await world.complain(text="it leaks")
    await world.day(DAY)
    exported = await world.file("/export")
    assert exported["customer"]["name"] == "Anna"
    assert "it leaks" in str(exported["complaint"])

    assert await world.post("profile", f"/v1/customers/{old}/erase", {"reason": "asked"}, 202) == {"customer_id": old}
    await world.settle()

    for service, path in (("profile", ""), ("profile", "/export"), ("grading", "/grade"), ("scheduler", "/journal")):
        gone = await world.client.ask("GET", service, f"/v1/customers/{old}{path}")
        assert (gone.status_code, gone.json()["type"]) == (410, "urn:holdfast:erased"), (service, path)
    assert (await world.cases(), await world.tasks()) == ([], [])
    assert old not in await world.everybody()
    assert await world.data_of("contact.suppressed", "rule") == [("erased",)]
    assert (await world.data_of("followup.superseded", "because"))[-1] == ("erased",)
    assert {said["source"] for said in await world.facts("erasure.completed")} == {
        f"holdfast/{service}" for service in ("profile", "grading", "scheduler", "feedback")
    }

    said = len(await world.everything())
    again = await world.say("order.placed", {"order_id": f"{world.name}-2", **BOUGHT}, at_time("2025-03-09"))
    await world.say("order.placed", {"order_id": f"{world.name}-1", **BOUGHT}, at_time(START), id=order)
    call = {"channel": "phone", "direction": "inbound"}
    aside = await world.say("interaction.recorded", call, at_time(DAY), subject=other)
    await world.settle()
    assert (await world.fate_of(again))["outcome"] == "superseded"
    assert len(await world.everything()) == said
    assert (await world.fate_of(aside))["outcome"] == "applied"

    new = await world.find(other)
    assert new != old
    world.customer = new
    assert (await world.file())["name"] is None
    assert (await world.journal())["open"] is not None
    assert len(await world.facts("customer.registered")) == 1
