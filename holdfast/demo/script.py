"""Everything that upstream systems will say, day by day: the orders of the log and what surrounds them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from holdfast.demo.chance import Chance, midnight
from holdfast.demo.complaints import complaints_about
from holdfast.demo.mistakes import mistakes
from holdfast.demo.orders import FIRST_DAY, LAST_DAY, Order
from holdfast.demo.outlook import expecting, target
from holdfast.demo.people import Person
from holdfast.demo.tell import Told, told
from holdfast.outside.feed import Record
from shared.contracts import upstream

Script = Mapping[date, Sequence[Record]]
"""What is sent on each day, in this order."""


def script_of(people: Sequence[Person], chance: Chance, until: date = LAST_DAY, since: date = FIRST_DAY) -> Script:
    """Up to and with the day `until`; of what was before `since` the shop knows what is in its books."""
    known = [event for person in people for event in _dealings(person, chance)]
    lived = [event for person in people for event in _life(person, chance, midnight(since))]
    said = known + lived + mistakes(people[0], since)
    days: defaultdict[date, list[Record]] = defaultdict(list)
    for event in sorted(said, key=lambda event: event.at):
        if event.at < midnight(until + timedelta(days=1)):
            days[event.at.date()].append(event.record)
    return days


def _dealings(person: Person, chance: Chance) -> Iterator[Told]:
    """What a shop has in its books."""
    yield from _registration(person, chance)
    for order in person.orders:
        yield _placed(person, order, _ordered_at(order, chance))
        yield from _delivery(person, order, chance)


def _life(person: Person, chance: Chance, since: datetime) -> Iterator[Told]:
    """What customers say from then on, and what they have said of the orders that they are yet to place."""
    for place, order in enumerate(person.orders):
        complaint = list(complaints_about(order, person, chance))
        said = [*_call(person, order, chance), *complaint[:1]]
        yield from (event for event in said if event.at >= since)
        if place and order.on >= since.date():
            yield from _announced(person, person.orders[place - 1], order, chance)
        yield from (event for event in complaint[1:] if complaint[0].at >= since)
    yield from (event for event in _dream(person, chance) if event.at >= since)


def _ordered_at(order: Order, chance: Chance) -> datetime:
    return chance.moment(order.on, "order", order.number)


def _registration(person: Person, chance: Chance) -> Iterator[Told]:
    if not person.registers:
        return
    first = min(_ordered_at(order, chance) for order in person.orders if order.on == person.orders[0].on)
    data = upstream.CustomerRegistered.model_validate(
        {"party": "individual", "preferred_channel": person.channel, "owner": person.owner, "lead_source": "shop"}
        if person.owner
        else {"party": "individual", "preferred_channel": person.channel, "lead_source": "shop"}
    )
    yield told("shop", f"register-{person.number}", person.handle, first - timedelta(minutes=5), data)


def _placed(person: Person, order: Order, at: datetime) -> Told:
    line = {"sku": "cd", "category": "music", "quantity": order.quantity, "amount": order.cents}
    data = upstream.OrderPlaced.model_validate(
        {"order_id": order.order_id, "amount": order.cents, "currency": "USD", "lines": [line], "online": True}
    )
    return told("shop", f"place-{order.number}", person.handle, at, data)


def _delivery(person: Person, order: Order, chance: Chance) -> Iterator[Told]:
    """One carrier in five reports what it delivers."""
    lot = chance.of("delivery", order.number)
    if lot.random() > 0.2:
        return
    day = order.on + timedelta(days=lot.randint(2, 7))
    data = upstream.OrderDelivered(order_id=order.order_id)
    yield told("carrier", f"deliver-{order.number}", person.handle, chance.moment(day, "deliver", order.number), data)


def _call(person: Person, order: Order, chance: Chance) -> Iterator[Told]:
    lot = chance.of("call", order.number)
    if lot.random() > 0.05:
        return
    day = order.on + timedelta(days=lot.randint(1, 25))
    call = {
        "channel": lot.choice(("phone", "phone", "email", "online_service")),
        "direction": lot.choice(("inbound", "outbound")),
        "stage": "after_sale",
        "minutes": lot.randint(2, 15),
        "sentiment": lot.choices(("positive", "neutral", "negative"), (45, 45, 10))[0],
        "question": lot.random() < 0.3,
    }
    data = upstream.InteractionRecorded.model_validate(call)
    yield told("crm", f"call-{order.number}", person.handle, chance.moment(day, "call", order.number), data)


def _announced(person: Person, before: Order, order: Order, chance: Chance) -> Iterator[Told]:
    """One repeat order in five was announced, after the one before it."""
    lot = chance.of("announced", order.number)
    earliest = max(before.on + timedelta(days=1), order.on - timedelta(days=120))
    if lot.random() > 0.2 or earliest >= order.on:
        return
    day = earliest + timedelta(days=lot.randrange((order.on - earliest).days))
    yield _need(person, f"need-{order.number}", day, expecting(order, day, lot), chance)


def _dream(person: Person, chance: Chance) -> Iterator[Told]:
    """A few say that they will buy and never do, or that they want nothing more."""
    lot = chance.of("dream", person.number)
    day = person.orders[-1].on + timedelta(days=lot.randint(20, 200))
    fate = lot.random()
    if fate < 0.04:
        need = target(day + timedelta(days=lot.randint(20, 200)), lot.randint(10, 150) * 100)
        yield _need(person, f"dream-{person.number}", day, need, chance)
    elif fate < 0.07:
        yield _need(person, f"over-{person.number}", day, {"demand": "none"}, chance)


def _need(person: Person, id: str, day: date, need: Mapping[str, object], chance: Chance) -> Told:
    data = upstream.NeedStated.model_validate(need)
    return told("crm", id, person.handle, chance.moment(day, id), data)
