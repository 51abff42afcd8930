"""Quiet hours: wall-clock time of the customer's zone in which nobody is disturbed, across daylight saving."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from shared.clock import zone
from shared.contracts.policy_care import QuietHours

SECOND = timedelta(seconds=1)


def first_allowed(at: datetime, zone_name: str, quiet: QuietHours | str) -> datetime:
    """The first instant from `at` on that is not quiet, in UTC; `quiet` off: `at` itself."""
    if isinstance(quiet, str):
        return at
    begin, end = time.fromisoformat(quiet.begin), time.fromisoformat(quiet.end)
    found = at.astimezone(UTC)
    while _is_quiet(local := found.astimezone(zone(zone_name)), begin, end):
        wanted = found + _left(local, end)
        found = _first_change(found, wanted, zone_name) or wanted
    return found


def _is_quiet(local: datetime, begin: time, end: time) -> bool:
    now = local.time()
    return begin <= now < end if begin < end else now >= begin or now < end


def _left(local: datetime, end: time) -> timedelta:
    """Until the clock on the wall shows `end`, if nobody moves its hands."""
    left = timedelta(hours=end.hour, minutes=end.minute) - timedelta(
        hours=local.hour, minutes=local.minute, seconds=local.second, microseconds=local.microsecond
    )
    return left if left > timedelta(0) else left + timedelta(days=1)


def _first_change(after: datetime, until: datetime, zone_name: str) -> datetime | None:
    """The first instant in (after, until] at which the zone's offset is another one; None where it never is."""
    where = zone(zone_name)
    offset = after.astimezone(where).utcoffset()
    if until.astimezone(where).utcoffset() == offset:
        return None
    low, high = after.replace(microsecond=0), until
    while high - low > SECOND:
        middle = low + (high - low) // 2 // SECOND * SECOND
        if middle.astimezone(where).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)
