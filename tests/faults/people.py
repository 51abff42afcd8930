"""What one customer does on one day: the events of a shop, a CRM and a help desk, made up from a seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

Event = dict[str, Any]
CHANNELS = ("phone", "visit", "email", "wechat", "app", "hotline")


@dataclass
class Person:
    """Keeps only what is needed to say nothing that the contract leaves open."""

    handle: str
    random: Random
    registers: bool
    """Without it a first event of another type opens the file."""
    known: bool = False
    minute: int = 0
    made: int = 0
    versions: dict[str, int] = field(default_factory=dict)
    open_orders: list[tuple[str, int]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    one_fault: str = ""
    promised: list[tuple[str, date]] = field(default_factory=list)
    """What is still to be kept in time."""
    gone: bool = False
    """Who has left says nothing more."""

    def day(self, today: date) -> list[Event]:
        """One kind of activity, in the sequence in which it is sent."""
        self.minute = 0
        opening = [] if self.known or not self.registers else [self._register(today)]
        kinds = (self.needs, self.buys, self.talks, self.complains, self.answers, self.is_promised, self.writes)
        kind = self.random.choices(kinds, weights=(36, 28, 15, 12, 8, 8, 3))[0]
        if self.promised and self.random.random() < 0.6:
            kind = self.is_promised
        elif self.known and self.random.random() < 0.02:
            kind = self.leaves
        first_is_latent = not self.known and not self.registers and kind == self.writes
        self.known = True
        return [*opening, *((self.talks if first_is_latent else kind)(today))]

    def _event(self, name: str, today: date, data: Event, source: str = "shop", *, days_ago: int = 0) -> Event:
        self.minute += 1
        self.made += 1
        at = datetime.combine(today - timedelta(days=days_ago), time(9, self.minute), UTC)
        return {
            "specversion": "1.0",
            "id": f"{self.handle}/{self.made}",
            "source": source,
            "type": f"holdfast.{name}.v1",
            "subject": self.handle,
            "time": at.isoformat(),
            "datacontenttype": "application/json",
            "data": data,
        }

    def _register(self, today: date) -> Event:
        return self._event("customer.registered", today, {"party": "individual", "interests": ["tea"]}, "crm")

    def writes(self, today: date) -> list[Event]:
        return [self._event("customer.updated", today, {"preferences": [f"p{self.made}"]}, "crm")]

    def need(self, today: date) -> Event:
        """A need whose close lies near a border of the windows, so that days alone move it."""
        demand = self.random.choices(("target", "latent", "none"), weights=(8, 1, 1))[0]
        if demand != "target":
            return {"demand": demand}
        left = self.random.choice((None, -3, 5, 28, 31, 33, 60, 91, 93, 150, 181, 184, 300))
        close = {} if left is None else {"expected_close_on": (today + timedelta(days=left)).isoformat()}
        amount = {"expected_amount": self.random.choice((5_000_000, 20_000_000)), "currency": "USD"}
        return {"demand": "target", "negotiating": self.random.random() < 0.2, **close, **amount}

    def needs(self, today: date) -> list[Event]:
        """One to three snapshots; a source numbers its own, and its numbers may come in the wrong sequence."""
        source = self.random.choice(("shop", "crm"))
        count = self.random.randint(1, 3)
        stated = [self._event("need.stated", today, self.need(today), source) for _ in range(count)]
        if self.registers and self.random.random() < 0.2:
            stated.insert(0, self._event("need.stated", today, self.need(today), "mail", days_ago=2))
        for event in (e for e in stated if e["source"] != "mail" and self.random.random() < 0.9):
            self.versions[source] = self.versions.get(source, 0) + 1
            event["data"]["version"] = self.versions[source]
        if self.random.random() < 0.3:
            self.random.shuffle(stated)
        return stated

    def buys(self, today: date) -> list[Event]:
        if self.open_orders and self.random.random() < 0.5:
            return list(self._goes_on(today))
        order_id, amount = f"{self.handle}/o{self.made}", self.random.randint(100, 90_000)
        self.open_orders.append((order_id, amount))
        data = {"order_id": order_id, "amount": amount, "currency": "USD", "goods_cost": amount // 2}
        placed = [self._event("order.placed", today, data)]
        if self.random.random() < 0.6:
            placed.append(self._event("order.delivered", today, {"order_id": order_id}))
            placed.sort(key=lambda _: self.random.random())  # the delivery may overtake its order
        if self.random.random() < 0.2:
            placed.append(self._event("order.placed", today, data, "till"))  # the same order told again
        return placed

    def _goes_on(self, today: date) -> Iterator[Event]:
        order_id, amount = self.open_orders.pop(0)
        fate = self.random.random()
        if fate < 0.5:
            yield self._event("order.delivered", today, {"order_id": order_id})
        elif fate < 0.75:
            yield self._event("order.refunded", today, {"order_id": order_id, "amount": amount, "currency": "USD"})
        else:
            yield self._event("order.cancelled", today, {"order_id": order_id})

    def talks(self, today: date) -> list[Event]:
        said = []
        for _ in range(self.random.randint(1, 3)):
            data = {"channel": self.random.choice(CHANNELS), "direction": self.random.choice(("inbound", "outbound"))}
            if self.random.random() < 0.8:
                data["sentiment"] = self.random.choice(("positive", "neutral", "negative", "negative", "negative"))
            days_ago = self.random.randint(0, 2) if self.registers else 0
            said.append(self._event("interaction.recorded", today, data, "desk", days_ago=days_ago))
        return said

    def answers(self, today: date) -> list[Event]:
        survey, best = self.random.choice((("nps", 10), ("csat", 5)))
        score = self.random.randint(0 if survey == "nps" else 1, best)
        return [self._event("survey.answered", today, {"survey": survey, "score": score}, "survey")]

    def is_promised(self, today: date) -> list[Event]:
        """Something for one of the next days, about a complaint perhaps, or what was promised is kept in time."""
        self.promised = [(one, due_on) for one, due_on in self.promised if due_on >= today]
        if self.promised and self.random.random() < 0.8:
            kept, _ = self.promised.pop(0)
            return [self._event("commitment.fulfilled", today, {"commitment_id": kept}, "desk")]
        due_on = today + timedelta(days=self.random.randint(0, 3))
        data = {"commitment_id": f"{self.handle}/p{self.made}", "due_on": due_on.isoformat()}
        if self.complaints and self.random.random() < 0.5:
            data["complaint_id"] = self.complaints[-1]
        self.promised.append((data["commitment_id"], due_on))
        return [self._event("commitment.made", today, data, "desk")]

    def leaves(self, today: date) -> list[Event]:
        """Dissatisfied, for a reason or for none that anybody knows."""
        self.gone = True
        reason = self.random.choice(({"reason": "price"}, {"reason": "service"}, {}))
        return [self._event("customer.left", today, {"avoidable": True} | reason, "crm")]

    def complains(self, today: date) -> list[Event]:
        """Whose fault it is stays one answer per customer: what a repeat after another's fault is, nobody says."""
        self.one_fault = self.one_fault or self.random.choices(("company", "customer", "third_party"), (8, 1, 1))[0]
        complaint_id = f"{self.handle}/c{self.made}"
        self.complaints.append(complaint_id)
        data = {
            "complaint_id": complaint_id,
            "fault": self.one_fault,
            "severity": self.random.choice(("minor", "major")),
            "correctable": self.random.random() < 0.5,
            "commitment_breached": self.random.random() < 0.3,
        }
        told = [self._event("complaint.reported", today, data, "desk")]
        if self.random.random() < 0.3:
            change = {"complaint_id": complaint_id, "severity": "major", "correctable": True}
            told.append(self._event("complaint.updated", today, change, "desk"))
        if self.random.random() < 0.1:
            told.append(self._event("complaint.reported", today, data, "mail"))
        return told
