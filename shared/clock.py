"""Business dates and instants: one way for all services to say which day it is for a customer."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The IANA zone; raises ZoneInfoNotFoundError or ValueError for anything else."""
    return ZoneInfo(name)


@lru_cache(maxsize=4096)
def business_date(at: datetime, zone_name: str) -> date:
    """The calendar day of an instant for somebody living in this zone."""
    return at.astimezone(zone(zone_name)).date()


@lru_cache(maxsize=4096)
def start_of_day(day: date, zone_name: str) -> datetime:
    """The instant at which this day begins in the zone, in UTC (00:00, or the end of a gap that swallows it)."""
    local = datetime.combine(day, time.min, tzinfo=zone(zone_name))
    return local.astimezone(UTC)
