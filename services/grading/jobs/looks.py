"""Who may stand otherwise than was said: what was said last beside the worth of today, without opening any books."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import asyncpg
from msgspec import Struct

from services.grading.domain.models.history import History
from services.grading.domain.references import TierCuts, ValueModel
from services.grading.domain.tiers import tier_of, within_reach
from services.grading.domain.value import hour_rate
from shared.contracts.policy import Policy
from shared.contracts.values import Tier

LOOKS = """
select customer_id, placed, uplift_to, below_since is not null as is_held, model_level, orders, net, order_days,
       first_order_on, last_order_on,
       margin - (minutes * $3 + 30) / 60 as profit
  from customer join worth using (customer_id)
 where customer_id > $1 order by customer_id limit $2
"""


class Look(Struct, frozen=True):
    """One customer: what was said last, and the worth."""

    customer_id: UUID
    placed: Tier
    uplift_to: Tier | None
    is_held: bool
    """Above the tier of the profit, by hysteresis."""
    model_level: str | None
    orders: int
    net: int
    order_days: int
    first_on: date | None
    last_on: date | None
    profit: int

    def history(self, day: date) -> History | None:
        """None without an order."""
        if self.first_on is None or self.last_on is None:
            return None
        weeks = max(0, (max(day, self.last_on) - self.first_on).days) / 7
        return History(self.order_days - 1, (self.last_on - self.first_on).days / 7, weeks)

    def stands_otherwise(self, cuts: TierCuts | None) -> bool:
        """Whether the tier or the suggestion may be another one; with a pause or hysteresis it need not."""
        tier, uplift_to = Tier.REGULAR, None
        if cuts is not None and cuts.ranked and self.orders > 0:
            tier = tier_of(self.profit, cuts)
            uplift_to = within_reach(self.profit, tier, cuts)
        return self.is_held or (tier, uplift_to) != (self.placed, self.uplift_to)


async def looks_after(connection: asyncpg.Connection, after: UUID, limit: int, policy: Policy) -> list[Look]:
    """The next customers by id."""
    rows = await connection.fetch(LOOKS, after, limit, hour_rate(policy))
    return [
        Look(
            UUID(bytes=customer_id.bytes),
            Tier(placed),
            Tier(uplift_to) if uplift_to else None,
            is_held,
            model_level,
            *worth,
        )
        for customer_id, placed, uplift_to, is_held, model_level, *worth in map(tuple, rows)
    ]


def suspects(looks: list[Look], at: tuple[date, Policy], cuts: TierCuts | None, model: ValueModel | None) -> set[UUID]:
    """All whose tier, suggestion or level has changed by time or by the others, and some more."""
    found = {look.customer_id for look in looks if look.stands_otherwise(cuts)}
    if model is None:
        return found | {look.customer_id for look in looks if look.model_level is not None}
    return found | _on_another_level(looks, *at, model)


def _on_another_level(looks: list[Look], day: date, policy: Policy, model: ValueModel) -> set[UUID]:
    from services.grading.fitting import levels  # noqa: PLC0415 - only the process of the jobs needs arrays
    from services.grading.fitting.sample import sample_of  # noqa: PLC0415

    known = [(look, history) for look in looks if (history := look.history(day)) is not None]
    seen = sample_of(history for _, history in known)
    differ = levels.differ(model.timing, seen, [look.model_level for look, _ in known], policy.churn.model_levels)
    return {look.customer_id for (look, _), different in zip(known, differ, strict=True) if different}
