"""Who may stand otherwise than was said: many customers at once, as columns, without opening any books."""

from __future__ import annotations

from datetime import date
from math import inf
from uuid import UUID

import asyncpg
import numpy as np
from numpy.typing import NDArray

from services.grading.domain.references import TierCuts, ValueModel
from services.grading.domain.value import hour_rate
from services.grading.fitting import levels
from services.grading.fitting.sample import Column, Sample, Spending
from shared.contracts.policy import Policy

LOOKS = """
select array_agg(customer_id), array_agg(placed), array_agg(coalesce(uplift_to, '')), array_agg(is_held),
       array_agg(model_level), array_agg(orders), array_agg(net), array_agg(order_days), array_agg(until_last),
       array_agg(until_now), array_agg(profit)
  from (select customer_id, placed, uplift_to, is_held, model_level, orders, net, order_days,
               last_order_on - first_order_on as until_last, greatest($3, last_order_on) - first_order_on as until_now,
               margin - (minutes * $4 + 30) / 60 as profit
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
        self.orders, self.net, self.order_days, self.until_last, self.until_now, self.profit = (
            np.array(column, dtype=float) for column in sums
        )

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


def suspects(looks: Looks, policy: Policy, cuts: TierCuts | None, model: ValueModel | None) -> NDArray[np.int64]:
    """Places of all whose tier, suggestion or level has changed by time or by the others, and of some more."""
    found = _stand_otherwise(looks, cuts)
    if model is None:
        found |= looks.told != None  # noqa: E711 - of each
    else:
        bought = looks.bought
        found[bought] |= levels.differ(model.timing, looks.sample(), looks.told[bought], policy.churn.model_levels)
    return np.asarray(found.nonzero()[0])


def _stand_otherwise(looks: Looks, cuts: TierCuts | None) -> NDArray[np.bool_]:
    """By tier or suggestion, as `place` finds them without a pause or hysteresis."""
    buys = looks.orders > 0 if cuts is not None and cuts.ranked else np.zeros(len(looks.ids), dtype=bool)
    key, regular, key_band, regular_band = (_at_least(looks.profit, cut) for cut in _cuts(cuts))
    tier = np.select([~buys, key, regular], ["regular", "key", "regular"], "small")
    near = buys & (looks.profit > 0)
    to_regular, to_key = near & (tier == "small") & regular_band, near & (tier == "regular") & key_band
    uplift_to = np.select([to_regular, to_key], ["regular", "key"], "")
    return np.asarray(looks.is_held | (tier != looks.placed) | (uplift_to != looks.uplift_to))


def _cuts(cuts: TierCuts | None) -> tuple[int | None, ...]:
    if cuts is None:
        return (None,) * 4
    return cuts.key_from, cuts.regular_from, cuts.key_band_from, cuts.regular_band_from


def _at_least(profit: Column, cut: int | None) -> NDArray[np.bool_]:
    return np.asarray(profit >= (inf if cut is None else cut))
