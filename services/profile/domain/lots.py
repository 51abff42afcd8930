"""What a customer is entitled to: lots of benefits, what was used of them, and what is left on a day (PR-26, LO-02)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from shared.contracts.values import BenefitBasis, BenefitStatus

DAYS: Final = 64
"""So many days of use are remembered of each right, the newest; what was used before counts as used first."""

MOST: Final = 10**9


class Right(Struct, frozen=True, order=True):
    """What is granted and used together."""

    kind: str
    basis: BenefitBasis
    membership_id: str | None = None


class Lot(Struct, frozen=True, omit_defaults=True):
    """`granted` of a right, None: without limit, to be used on the days from–to, both inclusive.

    `status` and `remaining` as they were said last; None: nothing was.
    """

    right: Right
    from_on: date | None
    to_on: date | None
    granted: int | None
    granted_at: datetime
    status: BenefitStatus | None = None
    remaining: int | None = None

    @property
    def window(self) -> tuple[date, date]:
        return (self.to_on or date.max, self.from_on or date.min)

    def is_of(self, right: Right) -> bool:
        """One that names no membership is of any."""
        asked = right if right.membership_id is not None else replace(right, membership_id=self.right.membership_id)
        return self.right == asked

    def holds(self, on: date | None) -> bool:
        last, first = self.window
        return on is None or first <= on <= last

    def bears(self, on: date | None, gone: date | None) -> bool:
        """Whether a use of that day counts; on the day itself on which it was lost one still does."""
        return self.holds(on) and (gone is None or on is None or on <= gone)


class Use(Struct, frozen=True):
    """What was used of a right on a day; None: before all days that are remembered."""

    right: Right
    on: date | None
    quantity: int


class Notice(Struct, frozen=True):
    """When the customer was first shown that leaving forfeits this."""

    right: Right
    at: datetime


class Benefits(Struct, frozen=True, omit_defaults=True):
    """All lots, uses and notices of one customer, each in an order of its own."""

    lots: tuple[Lot, ...] = ()
    uses: tuple[Use, ...] = ()
    notices: tuple[Notice, ...] = ()


def with_lot(benefits: Benefits, lot: Lot) -> Benefits:
    """Granted again for the same days, it adds up, to as much as an event can say."""
    known = next((each for each in benefits.lots if (each.right, each.window) == (lot.right, lot.window)), None)
    if known is not None:
        no_limit = known.granted is None or lot.granted is None
        lot = replace(
            known,
            granted=None if no_limit else min((known.granted or 0) + (lot.granted or 0), MOST),
            granted_at=min(known.granted_at, lot.granted_at),
        )
    lots = (*(each for each in benefits.lots if each is not known), lot)
    return replace(benefits, lots=tuple(sorted(lots, key=_place)))


def with_use(benefits: Benefits, use: Use) -> Benefits:
    """Uses of one day add up."""
    summed: dict[tuple[Right, date | None], int] = {}
    for each in (*benefits.uses, use):
        summed[each.right, each.on] = summed.get((each.right, each.on), 0) + each.quantity
    mine = sorted((on for right, on in summed if right == use.right and on is not None), reverse=True)
    for on in mine[DAYS:]:
        summed[use.right, None] = summed.get((use.right, None), 0) + summed.pop((use.right, on))
    uses = (Use(right, on, quantity) for (right, on), quantity in summed.items())
    return replace(benefits, uses=tuple(sorted(uses, key=_turn)))


def with_notice(benefits: Benefits, notice: Notice) -> Benefits:
    """The first one counts."""
    known = {each.right: each.at for each in benefits.notices}
    known[notice.right] = min(known.get(notice.right, notice.at), notice.at)
    notices = tuple(Notice(right, known[right]) for right in sorted(known, key=_name))
    return replace(benefits, notices=notices)


def _place(lot: Lot) -> tuple[str, str, str, date, date]:
    return (*_name(lot.right), *lot.window)


def _name(right: Right) -> tuple[str, str, str]:
    return (right.basis, right.kind, right.membership_id or "")


def _turn(use: Use) -> tuple[date, str, str, str]:
    return (use.on or date.min, *_name(use.right))


def spent(benefits: Benefits, gone: Sequence[date | None]) -> tuple[list[int], int]:
    """What of each lot has been used, and how much use found no lot. `gone`: the day on which each lot was lost.

    Uses take their turn by day; each takes from the lots that hold its day, those that end first first.
    """
    used = [0] * len(benefits.lots)
    homeless = 0
    for use in benefits.uses:
        left = use.quantity
        for n in _open_to(use, benefits.lots, gone):
            granted = benefits.lots[n].granted
            taken = left if granted is None else min(left, granted - used[n])
            used[n] += taken
            left -= taken
        homeless += left
    return used, homeless


def _open_to(use: Use, lots: Sequence[Lot], gone: Sequence[date | None]) -> Iterable[int]:
    found = [n for n, lot in enumerate(lots) if lot.is_of(use.right) and lot.bears(use.on, gone[n])]
    return sorted(found, key=lambda n: lots[n].window)


def standing(lot: Lot, used: int, today: date, lost: bool) -> tuple[BenefitStatus, int | None]:
    """Its status on this day, and what is left of it. `lost`: the customer has left it behind."""
    remaining = None if lot.granted is None else lot.granted - used
    if remaining == 0:
        return BenefitStatus.USED_UP, 0
    if lost:
        return BenefitStatus.LAPSED, remaining
    if not lot.holds(max(today, lot.from_on or today)):
        return BenefitStatus.EXPIRED, remaining
    return BenefitStatus.ACTIVE, remaining


def lost_on(lot: Lot, notices: Iterable[Notice], left: Iterable[tuple[datetime, date]]) -> date | None:
    """What was not earned goes with one who leaves, if he had been shown so before (LO-02, K-19): the day it went.

    `left`: every instant at which the customer left, and its day.
    """
    shown = min((notice.at for notice in notices if lot.is_of(notice.right)), default=None)
    if lot.right.basis is BenefitBasis.EARNED or shown is None:
        return None
    return min((on for at, on in left if max(lot.granted_at, shown) <= at and on <= lot.window[0]), default=None)
