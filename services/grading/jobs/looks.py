"""Many customers at once, as columns: their sums, and what was said of them last."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import asyncpg
import numpy as np
from numpy.typing import NDArray

from services.grading.domain.value import hour_rate
from services.grading.fitting.sample import Sample, Spending
from shared.contracts.policy import Policy

LOOKS = """
select array_agg(customer_id), array_agg(placed), array_agg(coalesce(uplift_to, '')), array_agg(is_held),
       array_agg(model_level), array_agg(orders), array_agg(net), array_agg(order_days), array_agg(until_last),
       array_agg(until_now), array_agg(profit), array_agg(goods), array_agg(service)
  from (select customer_id, placed, uplift_to, is_held, model_level, orders, net, order_days,
               last_order_on - first_order_on as until_last, greatest($3, last_order_on) - first_order_on as until_now,
               margin - (minutes * $4 + 30) / 60 as profit, goods, cost + (minutes_ever * $4 + 30) / 60 as service
          from worth where customer_id > $1 order by customer_id limit $2) as page
"""


class Looks:
    """Some customers by id, as of a day under a policy: what was said last, and their sums."""

    def __init__(self, row: asyncpg.Record) -> None:
        ids, placed, uplift_to, is_held, told, *sums = (column or [] for column in row.values())
        self.ids: list[UUID] = ids
        said = (told, placed, uplift_to)
        self.told, self.placed, self.uplift_to = (np.array(column, dtype=object) for column in said)
        """The level of the model, the tier and the suggestion, as they were said."""
        self.is_held = np.array(is_held, dtype=bool)
        (
            self.orders,
            self.net,
            self.order_days,
            self.until_last,
            self.until_now,
            self.profit,
            self.goods,
            self.service,
        ) = (np.array(column, dtype=float) for column in sums)

    @property
    def bought(self) -> NDArray[np.bool_]:
        return np.asarray(self.order_days > 0)

    def sample(self) -> Sample:
        """Those who have bought."""
        repeats, last, now = (c[self.bought] for c in (self.order_days - 1, self.until_last / 7, self.until_now / 7))
        return Sample(repeats, last, now, np.ones(len(repeats)))

    def spending(self) -> Spending:
        spent = self.bought & (self.net > 0)
        days = self.order_days[spent]
        return Spending(days, self.net[spent] / days, np.ones(len(days)))


async def looks_after(connection: asyncpg.Connection, after: UUID, limit: int, at: tuple[date, Policy]) -> Looks:
    """The next customers."""
    day, policy = at
    [row] = await connection.fetch(LOOKS, after, limit, day, hour_rate(policy))
    return Looks(row)
