"""Customers as a year makes them: the facts that grading hears of each, with a fixed seed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

import msgspec

from bench.copies import COPY
from shared.contracts import profile, scheduler
from shared.contracts.data import Data
from shared.contracts.envelope import Envelope, encode
from shared.contracts.reading import dump_data
from shared.engine.decision import Event
from shared.engine.inputs import Input

TODAY = date(2025, 3, 20)

Told = tuple[date, Data]


def lives(people: int) -> Iterator[Input]:
    """All that is heard of so many customers, in the order of time."""
    chance = Random(11)
    told = [(*fact, who) for who in range(people) for fact in _life(chance, who)]
    told.sort(key=lambda fact: (fact[0], fact[2]))
    return (_input(n, on, data, _id(0xC0FFEE + 7919 * who)) for n, (on, data, who) in enumerate(told))


def _life(chance: Random, who: int) -> Iterator[Told]:
    begins = TODAY - timedelta(days=chance.randrange(30, 700))
    yield (
        begins,
        profile.CustomerRegistered(
            party="individual", kind="consumer", registered_on=begins, owner=f"agent-{who % 40}"
        ),
    )
    yield begins, _need(chance, begins, 1, "stated")
    for n in range(min(12, int(chance.expovariate(1 / 3)))):
        on = begins + timedelta(days=chance.randrange((TODAY - begins).days))
        order = {"order_id": f"o{who}-{n}{COPY}", "ordered_on": on, "currency": "USD"}
        amount = chance.randrange(1_000, 40_000)
        for kind, days in (("placed", 0), ("delivered", 3)):
            yield (
                on + timedelta(days=days),
                profile.PurchaseRecorded(kind=kind, amount=amount, goods_cost=amount * 6 // 10, **order),
            )
    for n in range(chance.randrange(5)):
        on = begins + timedelta(days=chance.randrange((TODAY - begins).days))
        yield on, profile.InteractionRecorded(
            interaction_id=f"i{who}-{n}{COPY}", channel="phone", direction="inbound", minutes=chance.randrange(20),
            human=True, grievance=False, question=False, objection=False, consent_purpose="service",
        )  # fmt: skip
    for n in range(chance.randrange(4)):
        on = begins + timedelta(days=chance.randrange((TODAY - begins).days))
        stated = _need(chance, on, 2 + n, "followup")
        given = {k: v for k, v in dict(stated).items() if k not in ("version", "source")}
        yield on, scheduler.FollowupCompleted(
            followup_id=_id(who * 8 + n), journal="weekly", due_on=on, mode="desk_review", outcome="reviewed",
            need=scheduler.RefreshedNeed(**given), on_time=True,
        )  # fmt: skip


def _need(chance: Random, on: date, version: int, source: str) -> profile.NeedChanged:
    demand = chance.choices(("target", "latent", "none"), (60, 35, 5))[0]
    close = on + timedelta(days=chance.randrange(5, 500)) if demand == "target" else None
    return profile.NeedChanged(
        stated_at=_at(on), version=version, source=source, demand=demand, expected_close_on=close,
        expected_amount=chance.randrange(10_000, 30_000_000), deal_possible=True, negotiating=False,
    )  # fmt: skip


def _at(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 9, tzinfo=UTC)


def _id(n: int) -> UUID:
    return UUID(f"{n * 2_654_435_761 % 2**32:08x}-0000-4000-8000{COPY}")


def _input(n: int, on: date, data: Data, customer: UUID) -> Input:
    id, at = _id(n + 1), _at(on) + timedelta(seconds=n % 3600)
    envelope = Envelope(
        specversion="1.0", id=str(id), source="holdfast/profile", type=data.TYPE, subject=str(customer), time=at,
        recordedtime=at, data=msgspec.Raw(dump_data(data)),
    )  # fmt: skip
    event = Event(id, str(id), envelope.source, data.TYPE, at, at, str(customer), data)
    return Input("kafka", at, event, body=encode(envelope))
