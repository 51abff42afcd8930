"""Who may stand otherwise than was said: what was said last beside the worth of today, without opening any books."""

from __future__ import annotations

from collections.abc import Iterable
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
       last_order_on - first_order_on as until_last, greatest($3, last_order_on) - first_order_on as until_now,
       margin - (minutes * $4 + 30) / 60 as profit
  from customer join worth using (customer_id)
 where customer_id > $1 order by customer_id limit $2
"""


class Look(Struct, frozen=True):
    """One customer: what was said last, and the worth."""

    customer_id: UUID
    placed: str
    uplift_to: str | None
    is_held: bool
    """Above the tier of the profit, by hysteresis."""
    model_level: str | None
    orders: int
    net: int
    order_days: int
    until_last: int | None
    """Days from the first order day to the last; None without an order, as is `until_now`."""
    until_now: int | None
    profit: int

    def stands_otherwise(self, cuts: TierCuts | None) -> bool:
        """Whether the tier or the suggestion may be another one; with a pause or hysteresis it need not."""
        tier, uplift_to = Tier.REGULAR, None
        if cuts is not None and cuts.ranked and self.orders > 0:
            tier = tier_of(self.profit, cuts)
            uplift_to = within_reach(self.profit, tier, cuts)
        return self.is_held or tier != self.placed or uplift_to != self.uplift_to


async def looks_after(connection: asyncpg.Connection, after: UUID, limit: int, at: tuple[date, Policy]) -> list[Look]:
    """The next customers by id, as of a day under a policy."""
    day, policy = at
    return [Look(*row.values()) for row in await connection.fetch(LOOKS, after, limit, day, hour_rate(policy))]


def histories_of(looks: Iterable[Look]) -> list[History]:
    """Of those who have ordered."""
    return [
        History(look.order_days - 1, look.until_last / 7, look.until_now / 7)
        for look in looks
        if look.until_last is not None and look.until_now is not None
    ]


def suspects(looks: list[Look], policy: Policy, cuts: TierCuts | None, model: ValueModel | None) -> set[UUID]:
    """All whose tier, suggestion or level has changed by time or by the others, and some more."""
    found = {look.customer_id for look in looks if look.stands_otherwise(cuts)}
    if model is None:
        return found | {look.customer_id for look in looks if look.model_level is not None}
    return found | _on_another_level(looks, policy, model)


def _on_another_level(looks: list[Look], policy: Policy, model: ValueModel) -> set[UUID]:
    from services.grading.fitting import levels  # noqa: PLC0415 - only the process of the jobs needs arrays
    from services.grading.fitting.sample import sample_of  # noqa: PLC0415

    known = [look for look in looks if look.until_last is not None]
    told = [look.model_level for look in known]
    differ = levels.differ(model.timing, sample_of(histories_of(known)), told, policy.churn.model_levels)
    return {known[place].customer_id for place in differ.nonzero()[0]}
