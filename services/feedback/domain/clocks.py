"""The clocks of a case: until the acknowledgement, each step, the resolution. A pause stops all of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from shared.clock import start_of_day
from shared.contracts.policy import Policy
from shared.contracts.values import Severity, Step
from shared.working_days import earlier_working_day

ACKNOWLEDGE, RESOLVE = "acknowledge", "resolve"
ONE_DAY = timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)


class Clock(Struct, frozen=True):
    """It runs out at the end of `due_on`, later by what pauses have credited to it."""

    name: str
    due_on: date
    started_at: datetime
    credit_us: int = 0
    warned: bool = False
    breached: bool = False

    @property
    def due_day(self) -> date:
        """The day within which it runs out, pauses included."""
        return self.due_on + timedelta(days=-(-self.credit_us * MICROSECOND // ONE_DAY))


def ends_at(clock: Clock, zone: str) -> datetime:
    return start_of_day(clock.due_on + ONE_DAY, zone) + clock.credit_us * MICROSECOND


def warns_at(clock: Clock, zone: str, warn_days: int) -> datetime | None:
    """None where it was shorter than that from the beginning."""
    at = start_of_day(clock.due_on + timedelta(days=1 - warn_days), zone) + clock.credit_us * MICROSECOND
    return at if warn_days and at > clock.started_at else None


def credited(clock: Clock, paused_at: datetime, now: datetime) -> Clock:
    """With exactly the time for which it stood."""
    stood = now - max(paused_at, clock.started_at)
    return replace(clock, credit_us=clock.credit_us + stood // MICROSECOND)


def instants(clock: Clock, zone: str, warn_days: int) -> Iterator[datetime]:
    """When it has something to say."""
    if clock.breached:
        return
    yield ends_at(clock, zone)
    warning = warns_at(clock, zone, warn_days)
    if warning is not None and not clock.warned:
        yield warning


def resolve_due(opened_on: date, severity: Severity, policy: Policy) -> date:
    return working(opened_on + timedelta(days=policy.complaint.resolve_days[severity]), opened_on, policy)


def acknowledge_due(opened_on: date, policy: Policy) -> date:
    return working(opened_on + timedelta(days=policy.complaint.acknowledge_days), opened_on, policy)


def step_due(step: Step, counted_from: date, policy: Policy) -> date:
    return working(counted_from + timedelta(days=policy.remediation.due_days[step]), counted_from, policy)


def working(day: date, anchor: date, policy: Policy) -> date:
    """The day, moved off days on which nobody works."""
    return earlier_working_day(day, anchor, policy.calendar)
