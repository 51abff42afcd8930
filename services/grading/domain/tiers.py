"""The value tier, its neighbours and its segments (GR-14…GR-16, GR-21, GR-26, KA-01)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from services.grading.domain.alerts import PAUSE
from services.grading.domain.books import last_year
from services.grading.domain.references import TierCuts, ValueModel
from services.grading.domain.state import CustomerState, Standing
from services.grading.domain.value import profit_of, ranked_by
from shared.contracts.policy import Policy
from shared.contracts.values import Demand, Segment, Tier

RANKS = {Tier.KEY: 1, Tier.REGULAR: 2, Tier.SMALL: 3}
KEY_SEGMENTS = frozenset({Segment.GOLD, Segment.VIP})
MARGIN, DWELL = Decimal("0.1"), timedelta(days=28)
"""With hysteresis a tier is lost a tenth of its cut below it, or after four weeks below it."""


class Place(NamedTuple):
    """Where their value puts a customer."""

    tier: Tier
    uplift_to: Tier | None
    below_since: date | None


def place(state: CustomerState, day: date, policy: Policy, at: tuple[TierCuts | None, ValueModel | None]) -> Place:
    """By the last cuts; who has bought nothing, and everybody before the first cuts, is regular."""
    cuts, model = at
    if cuts is None or not cuts.ranked or state.books.orders <= 0:
        return Place(Tier.REGULAR, None, None)
    value = ranked_by(cuts.value, state.books, (day, policy, model))
    tier, below_since = _held(state.standing, tier_of(value, cuts), (value, day), policy, cuts)
    uplift_to = within_reach(value, tier, cuts)
    paused = suggests(state.standing, uplift_to) and _is_paused(state.standing, day)
    return Place(tier, None if paused else uplift_to, below_since)


def suggests(standing: Standing, uplift_to: Tier | None) -> bool:
    """Whether this is another suggestion than the last one."""
    return uplift_to is not None and uplift_to is not standing.uplift_to


def tier_of(profit: int, cuts: TierCuts) -> Tier:
    """Who ties with the last one within a share is within it too."""
    if cuts.key_from is not None and profit >= cuts.key_from:
        return Tier.KEY
    if cuts.regular_from is not None and profit >= cuts.regular_from:
        return Tier.REGULAR
    return Tier.SMALL


def is_premium(state: CustomerState, tier: Tier, day: date, policy: Policy) -> bool:
    """A good customer: profit above small, little service for it, and a need that may come (GR-21)."""
    profit = profit_of(last_year(state.books, day), policy)
    margin = profit.revenue + profit.refunds + profit.goods
    cheap = -profit.service <= policy.segments.premium_service_share * margin
    return state.books.orders > 0 and tier is not Tier.SMALL and profit.total > 0 and cheap and has_potential(state)


def has_potential(state: CustomerState) -> bool:
    need = state.need
    return not state.gone and (need is None or (need.demand is not Demand.NONE and need.deal_possible))


def segments_of(state: CustomerState, at: tuple[Tier, bool], day: date, policy: Policy) -> tuple[Segment, ...]:
    """gold and vip are the key accounts'; long-standing goes by days since the registration."""
    tier, premium = at
    found = []
    if (since := long_standing_on(state, policy)) is not None and day >= since:
        found.append(Segment.LONG_STANDING)
    if premium:
        found.append(Segment.PREMIUM)
    if tier is Tier.KEY:
        found += [segment for segment in Segment if segment in KEY_SEGMENTS]
    return tuple(found)


def long_standing_on(state: CustomerState, policy: Policy) -> date | None:
    if state.registered_on is None:
        return None
    return state.registered_on + timedelta(days=policy.segments.long_standing_days)


def _held(
    standing: Standing, found: Tier, at: tuple[int, date], policy: Policy, cuts: TierCuts
) -> tuple[Tier, date | None]:
    """With hysteresis up at once, down late; without it what was found."""
    if policy.tier.hysteresis == "off" or RANKS[found] <= RANKS[standing.tier]:
        return found, None
    profit, day = at
    cut = cuts.key_from if standing.tier is Tier.KEY else cuts.regular_from
    since = standing.below_since or day
    if cut is None or profit < cut - MARGIN * abs(cut) or day >= since + DWELL:
        return found, None
    return standing.tier, since


def _is_paused(standing: Standing, day: date) -> bool:
    """An uplift is suggested as rarely as an alert is raised."""
    return standing.uplift_on is not None and day < standing.uplift_on + PAUSE


def within_reach(profit: int, tier: Tier, cuts: TierCuts) -> Tier | None:
    """The next tier where the profit is within the band of ranks below its cut (GR-15)."""
    if profit <= 0:
        return None
    if tier is Tier.SMALL and cuts.regular_band_from is not None and profit >= cuts.regular_band_from:
        return Tier.REGULAR
    if tier is Tier.REGULAR and cuts.key_band_from is not None and profit >= cuts.key_band_from:
        return Tier.KEY
    return None
