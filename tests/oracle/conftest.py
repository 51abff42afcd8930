"""A customer of the oracle's, driven in the words of the acceptance cases."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from itertools import count
from typing import Any

import pytest

from tests.oracle import history
from tests.oracle.customer import Customer
from tests.oracle.oracle import Oracle
from tests.oracle.tables import Calendar

HANDLE = "shop:1"


class Case:
    """Sends events of one customer on the clock's day and looks at what they make of it."""

    def __init__(self, start: str, calendar: Calendar = frozenset()) -> None:
        self.oracle = Oracle(date.fromisoformat(start), calendar)
        self._ids = count(1)

    @property
    def customer(self) -> Customer:
        return self.oracle.customers[HANDLE]

    @property
    def due_on(self) -> str:
        follow_up = self.customer.journal.open
        assert follow_up is not None
        return follow_up.due_on.isoformat()

    @property
    def journal(self) -> str:
        follow_up = self.customer.journal.open
        assert follow_up is not None
        return follow_up.journal

    @property
    def grade(self) -> str:
        assert self.customer.grade is not None
        return self.customer.grade.letter

    def send(
        self, name: str, data: dict[str, Any], *, hour: int = 9, on: str | None = None, event_id: str | None = None
    ) -> None:
        day = date.fromisoformat(on) if on else self.oracle.today
        self._send(HANDLE, name, data, datetime.combine(day, time(hour), UTC), event_id)

    def send_as(self, handle: str, name: str, data: dict[str, Any]) -> None:
        """Of another customer, today."""
        self._send(handle, name, data, datetime.combine(self.oracle.today, time(9), UTC), None)

    def _send(self, handle: str, name: str, data: dict[str, Any], at: datetime, event_id: str | None) -> None:
        self.oracle.take(
            history.Sent(
                {
                    "id": event_id or f"e{next(self._ids)}",
                    "source": "shop",
                    "type": f"holdfast.{name}.v1",
                    "subject": handle,
                    "time": at.isoformat(),
                    "data": data,
                }
            )
        )

    def register(self, need: dict[str, Any] | None = None) -> None:
        self.send("customer.registered", {"party": "individual"}, hour=0)
        if need is not None:
            self.send("need.stated", need, hour=1)

    def complain(self, **facts: Any) -> None:
        data = {"complaint_id": "c1", "fault": "company", "severity": "minor", "correctable": True}
        self.send("complaint.reported", data | facts)

    def to(self, day: str) -> None:
        self.oracle.take(history.DayBegins(date.fromisoformat(day)))

    def do(self, work: history.Work) -> str | None:
        """None, or the refusal's slug."""
        before = len(self.oracle.refused)
        self.oracle.take(work)
        return self.oracle.refused[-1][1] if len(self.oracle.refused) > before else None

    def follow_up(self, need: dict[str, Any] | None, **how: Any) -> str | None:
        return self.do(history.FollowedUp(HANDLE, need, **how))


@pytest.fixture(name="start")
def _start() -> type[Case]:
    return Case
