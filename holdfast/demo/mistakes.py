"""Inputs that are wrong on purpose, each with the refusal that it must meet."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any, Final

import msgspec

from holdfast.demo.chance import noon
from holdfast.demo.orders import FIRST_DAY
from holdfast.demo.people import Person
from holdfast.demo.tell import Told
from holdfast.outside.feed import Record

DAYS: Final = 9
"""One every so many days, from the second week on."""

WRONG: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("invalid_envelope", {"source": None}),
    ("unknown_type", {"type": "holdfast.order.teleported.v1", "data": {"order_id": "t-1"}}),
    ("subject_missing", {"subject": None}),
    ("invalid_data", {"data": {"order_id": "wrong-1", "amount": "12.50", "currency": "USD"}}),
    ("currency_unknown", {"data": {"order_id": "wrong-2", "amount": 1250, "currency": "DEM"}}),
    ("field_not_allowed", {"type": "holdfast.customer.updated.v1", "data": {"religion": "none of our business"}}),
    (
        "not_volunteered",
        {
            "type": "holdfast.customer.updated.v1",
            "data": {"dates": [{"kind": "birthday", "month": 5, "day": 3, "volunteered": False}]},
        },
    ),
    (
        "channel_unknown",
        {"type": "holdfast.interaction.recorded.v1", "data": {"channel": "telex", "direction": "inbound"}},
    ),
    ("time_in_future", {"time": "1999-12-31T23:59:00Z"}),
)
"""Reason of the refusal, and what makes a sound order wrong; None leaves the attribute out."""

NO_JSON: Final = b'{"specversion": "1.0", "id": "torn-1", "source": "sho'


def mistakes(person: Person, since: date = FIRST_DAY) -> list[Told]:
    """Sent about a customer who is known by then; the last two are harmless: an event twice, an order twice."""
    days = _days(len(WRONG) + 2, since)
    wrong = [
        _told(day, _event(reason, changes, person, day)) for day, (reason, changes) in zip(days, WRONG, strict=False)
    ]
    again = _event(
        "again", {"data": {"order_id": person.orders[0].order_id, "amount": 1, "currency": "USD"}}, person, days[-1]
    )
    torn = Told(noon(days[-2]), Record(NO_JSON, person.handle.encode()))
    return [*wrong, torn, _told(days[-1], again), _told(days[-1], again)]


def expected_until(day: date, since: date = FIRST_DAY) -> Counter[str]:
    """The reasons that must stand among the dead letters after this day."""
    reasons = [*(reason for reason, _ in WRONG), "not_json"]
    return Counter(reason for on, reason in zip(_days(len(reasons), since), reasons, strict=True) if on <= day)


def _days(number: int, since: date) -> list[date]:
    return [since + timedelta(days=14 + n * DAYS) for n in range(number)]


def _event(name: str, changes: dict[str, Any], person: Person, day: date) -> dict[str, Any]:
    sound = {
        "specversion": "1.0",
        "id": f"wrong-{name}",
        "source": "shop",
        "type": "holdfast.order.placed.v1",
        "subject": person.handle,
        "time": noon(day).isoformat(),
        "data": {"order_id": f"wrong-{name}", "amount": 1250, "currency": "USD"},
    }
    return {name: value for name, value in (sound | changes).items() if value is not None}


def _told(day: date, event: dict[str, Any]) -> Told:
    key = event.get("subject")
    return Told(noon(day), Record(msgspec.json.encode(event), key.encode() if key else None))
