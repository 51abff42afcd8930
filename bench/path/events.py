"""What the shop's systems say of customers whom nobody has met before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec import Raw

from shared.contracts.data import Data
from shared.contracts.envelope import Envelope, encode
from shared.contracts.policy import default_policy
from shared.contracts.reading import dump_data
from shared.contracts.upstream import CustomerRegistered, InteractionRecorded, NeedStated, OrderPlaced
from shared.contracts.values import Demand, Direction, Party

Record = tuple[bytes, bytes]
"""(key, value)."""


def lives(customers: int) -> list[Record]:
    """Of each customer: who it is, what it wants, two orders and two talks; in rounds, as a day brings them."""
    now = datetime.now(UTC) - timedelta(minutes=10)
    turns = [
        [registered(f"bench:{n}", now) for n in range(customers)],
        [_need(f"bench:{n}", now + timedelta(minutes=1)) for n in range(customers)],
    ]
    for turn in (2, 3):
        at = now + timedelta(minutes=turn)
        turns += [
            [_order(f"bench:{n}", at, turn) for n in range(customers)],
            [_talk(f"bench:{n}", at, turn) for n in range(customers)],
        ]
    return [record for turn in turns for record in turn]


def registered(handle: str, at: datetime) -> Record:
    """Leads to a file, a grade and a follow-up."""
    return _record(f"{handle}-registered", handle, at, CustomerRegistered(party=Party.INDIVIDUAL, time_zone="UTC"))


def _need(handle: str, at: datetime) -> Record:
    close = (at + timedelta(days=45)).date()
    return _record(f"{handle}-need", handle, at, NeedStated(demand=Demand.TARGET, expected_close_on=close))


def _order(handle: str, at: datetime, turn: int) -> Record:
    id = f"{handle}-order-{turn}"
    return _record(
        id,
        handle,
        at,
        OrderPlaced(order_id=id, amount=4_900 * turn, currency=default_policy().currency.reporting, goods_cost=2_000),
    )


def _talk(handle: str, at: datetime, turn: int) -> Record:
    data = InteractionRecorded(channel="phone", direction=Direction.INBOUND, minutes=4 + turn)
    return _record(f"{handle}-talk-{turn}", handle, at, data)


def _record(id: str, handle: str, at: datetime, data: Data) -> Record:
    envelope = Envelope(
        specversion="1.0",
        id=id,
        source="bench",
        type=data.TYPE,
        subject=handle,
        time=at,
        datacontenttype="application/json",
        data=Raw(dump_data(data)),
    )
    return handle.encode(), encode(envelope)
