"""By when people are to have done something: days and hours, counted as they work (CN-09)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from msgspec import Struct

from services.scheduler.domain.state import CustomerState, day_of, zone_of
from shared.clock import business_date
from shared.engine.decision import Context
from shared.working_days import ONE_DAY, earlier_working_day
from shared.working_hours import NobodyWorks, after_working_time, next_open


class Deadline(Struct, frozen=True):
    """`at`: where it is counted in working hours."""

    on: date
    at: datetime | None = None


def deadline(state: CustomerState, since: datetime, days: int, hours: int | None, context: Context) -> Deadline:
    """So many working hours after this instant, else so many days."""
    if hours is not None:
        zone = zone_of(state, context)
        try:
            at = after_working_time(since, timedelta(hours=hours), context.policy.calendar, zone)
        except NobodyWorks:
            return Deadline(counted(state, since, days, context))
        return Deadline(business_date(at, zone), at)
    return Deadline(counted(state, since, days, context))


def counted(state: CustomerState, since: datetime, days: int, context: Context) -> date:
    """So many days after this instant, on a working day; what came in after hours came in at the next opening."""
    calendar, zone = context.policy.calendar, zone_of(state, context)
    start = business_date(since, zone)
    if calendar.windows != "off":
        try:
            start = business_date(next_open(since, calendar, zone), zone)
        except NobodyWorks:
            return start + timedelta(days=days)
    return earlier_working_day(start + timedelta(days=days), start, calendar)


def from_today(state: CustomerState, on: date, since: date, context: Context) -> date:
    """This day or today, whichever is later, on a working day after `since` that has not passed."""
    today = day_of(state, context.now, context)
    return earlier_working_day(max(on, today), max(since, today - ONE_DAY), context.policy.calendar)
