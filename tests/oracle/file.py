"""What profile must know of one customer: when they came, their needs, orders and contacts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

Need = dict[str, Any]
LATENT: Need = {"demand": "latent"}


@dataclass(frozen=True)
class Stated:
    """A need that somebody stated: upstream, or an agent in a follow-up."""

    at: datetime
    event_id: str
    need: Need
    source: str = "stated"


@dataclass
class Order:
    placed_at: datetime | None = None
    delivered_at: datetime | None = None
    amount: int = 0
    goods: int = 0
    refunded: int = 0
    cancelled: bool = False

    @property
    def spends_at(self) -> datetime | None:
        """The instant from which an older need counts as met: placed, or without that delivered."""
        return self.placed_at or self.delivered_at

    @property
    def undone(self) -> bool:
        return self.cancelled or self.refunded >= self.amount > 0

    @property
    def stands(self) -> bool:
        return self.placed_at is not None and not self.undone


@dataclass
class File:
    registered: date | None = None
    first_event: date | None = None
    stated: list[Stated] = field(default_factory=list)
    newest: dict[str, int] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    interactions: set[str] = field(default_factory=set)
    arrivals: list[datetime] = field(default_factory=list)
    """Instants of needs and orders as they came; unsorted, the contract leaves open what was inferred."""

    @property
    def registered_on(self) -> date:
        known = self.registered or self.first_event
        assert known is not None, "a file is opened by an event"
        return known

    def met(self, at: datetime) -> None:
        """An event happened then: without an explicit registration the earliest one opens the file."""
        on = at.astimezone(UTC).date()
        self.first_event = min(on, self.first_event or on)

    def state_need(self, stated: Stated, source: str, version: int | None) -> None:
        """Keep a stated need; one with a lower version of its source than the stored one is ignored."""
        if version is not None:
            if version < self.newest.get(source, version):
                return
            self.newest[source] = version
        self.arrivals.append(stated.at)
        self.stated.append(stated)

    def order_event(self, kind: str, at: datetime, data: Need) -> None:
        """Join one fact about an order to what is known of it, in whatever sequence they come."""
        order = self.orders.setdefault(data["order_id"], Order())
        if kind == "placed" and order.placed_at is None:
            order.placed_at, order.amount, order.goods = at, data["amount"], data.get("goods_cost", 0)
            self.arrivals.append(at)
        elif kind == "delivered" and order.delivered_at is None:
            order.delivered_at = at
            if order.placed_at is None:
                self.arrivals.append(at)
        elif kind == "refunded":
            order.refunded += data["amount"]
        elif kind == "cancelled":
            order.cancelled = True

    @property
    def bought(self) -> list[Order]:
        """Orders that count: placed or at least delivered, and not undone."""
        return [order for order in self.orders.values() if order.spends_at is not None and not order.undone]

    @property
    def ordered_on(self) -> list[date]:
        return [order.spends_at.astimezone(UTC).date() for order in self.bought if order.spends_at]

    @property
    def profit(self) -> int | None:
        """Of the last twelve months, which a history does not outlast; None where no order counts."""
        return sum(one.amount - one.refunded - one.goods for one in self.bought) if self.bought else None

    def need_in_force(self) -> Need | None:
        """The newest stated need, unless an order after it has spent it; None where nothing was ever said or bought."""
        newest = max(self.stated, key=lambda s: (s.at, s.event_id), default=None)
        spent = [order.spends_at for order in self.orders.values() if order.spends_at is not None]
        if newest is None:
            return LATENT if spent else None
        return LATENT if any(at > newest.at for at in spent) else newest.need

    def inferred_versions(self) -> int | None:
        """How many needs a purchase was read as; None where things came in another order than they happened."""
        if self.arrivals != sorted(self.arrivals):
            return None
        needs = [stated.at for stated in self.stated]
        spent = [order.spends_at for order in self.orders.values() if order.spends_at is not None]
        return len({sum(need < at for need in needs) for at in spent})
