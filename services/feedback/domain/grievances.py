"""Grievances before they become complaints: unresolved ones add up within a window and warn once (CP-01)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from services.feedback.domain.signals import Grievance
from shared.contracts.data import Data
from shared.contracts.feedback import ComplaintRiskRaised, GrievanceLogged
from shared.contracts.policy import Policy
from shared.contracts.values import GrievanceSource

MOST = 1000
"""The largest limit that a policy can set."""
EARLY = 100


class Grieved(Struct, frozen=True):
    grievance_id: UUID
    on: date


class Early(Struct, frozen=True):
    """A resolution of a grievance that has not been heard of yet, or no longer counts."""

    grievance_id: UUID
    at: datetime


class Grievances(Struct, frozen=True, omit_defaults=True):
    """Unresolved ones within the window; `raised`: somebody has been warned of this accumulation."""

    unresolved: tuple[Grieved, ...] = ()
    raised: bool = False
    early: tuple[Early, ...] = ()

    def resolved_at(self, grievance_id: UUID) -> datetime | None:
        return next((each.at for each in self.early if each.grievance_id == grievance_id), None)


def log(held: Grievances, row: Grievance, today: date, policy: Policy) -> tuple[Grievances, tuple[Data, ...]]:
    """With one more, unless it was resolved already or lies before the window; and what is said of it."""
    assert row.source is not None and row.origin is not None and row.logged_on is not None  # noqa: S101, PT018
    source = GrievanceSource(row.source)
    interaction = row.origin if source == GrievanceSource.INTERACTION else None
    said = GrievanceLogged(grievance_id=str(row.grievance_id), source=source, interaction_id=interaction)
    if row.resolved_at is not None:
        return held, (said,)
    more = sorted((*held.unresolved, Grieved(row.grievance_id, row.logged_on)), key=lambda each: each.on)
    counted, warned = count(replace(held, unresolved=tuple(more[-MOST:])), today, policy)
    return counted, (said, *warned)


def resolve(held: Grievances, word: Early, today: date, policy: Policy) -> Grievances:
    """Without it; fewer than the limit are another accumulation."""
    grievance_id = word.grievance_id
    if all(each.grievance_id != grievance_id for each in held.unresolved):
        return replace(held, early=(*held.early, word)[-EARLY:])
    left = tuple(each for each in held.unresolved if each.grievance_id != grievance_id)
    return count(replace(held, unresolved=left), today, policy)[0]


def count(held: Grievances, today: date, policy: Policy) -> tuple[Grievances, tuple[Data, ...]]:
    """Those that still lie within the window, and a warning where they have just become too many."""
    window = policy.grievance.window_days
    within = tuple(each for each in held.unresolved if each.on >= today - timedelta(days=window))
    many = len(within) >= policy.grievance.limit
    now = replace(held, unresolved=within, raised=many)
    if not many or held.raised:
        return now, ()
    return now, (ComplaintRiskRaised(grievances=len(within), window_days=window),)


def next_day(held: Grievances, policy: Policy) -> date | None:
    """When the oldest one leaves the window."""
    if not held.unresolved:
        return None
    return held.unresolved[0].on + timedelta(days=policy.grievance.window_days + 1)
