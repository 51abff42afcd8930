"""Periods of figures: one that anything happened in is a stream that wakes at its end and says them (KP-01…KP-10)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from services.feedback.domain.counts import Counts
from services.feedback.domain.kpis import KPIS
from services.feedback.domain.state import CustomerState
from shared.clock import business_date, start_of_day
from shared.contracts.feedback import KpiComputed
from shared.contracts.ids import named
from shared.engine.decision import Accepted, Context, Fact

PERIODS = UUID("f1b5c1c6-5d3f-5e0a-8f4b-2a6d7e9b1c55")
MONTHS: dict[str, int] = {"month": 1, "quarter": 3, "year": 12}


class Period(Struct, frozen=True):
    """From its first to its last day; `ends_at`: when the next one begins."""

    period_id: UUID
    from_on: date
    to_on: date
    ends_at: datetime


class PeriodState(Struct, frozen=True):
    """Nothing: what is said at the end is counted from the ledgers."""


def begin_of(day: date, length: Literal["month", "quarter", "year"]) -> date:
    months = MONTHS[length]
    return day.replace(month=(day.month - 1) // months * months + 1, day=1)


def end_of(begin: date, length: Literal["month", "quarter", "year"]) -> date:
    month = begin.month + MONTHS[length]
    following = begin.replace(year=begin.year + (month > 12), month=(month - 1) % 12 + 1)
    return following - timedelta(days=1)


def in_period(decided: Accepted, context: Context) -> Accepted:
    """With the period of this day, the first time that a customer's stream meets it."""
    state: CustomerState = decided.state
    zone, length = context.policy.calendar.time_zone, context.policy.kpi.period
    begin = begin_of(business_date(context.now, zone), length)
    if state.period_on == begin:
        return decided
    to_on = end_of(begin, length)
    row = Period(named(PERIODS, f"{begin} {to_on}"), begin, to_on, start_of_day(to_on + timedelta(days=1), zone))
    return replace(decided, state=replace(state, period_on=begin), rows=(*decided.rows, row))


def decide_end(state: PeriodState, context: Context) -> Accepted:
    """Every figure of the period that is over."""
    counts = context.rows.get(Counts, context.stream.id)
    if counts is None:
        return Accepted(state)
    facts = []
    for name, kpi in KPIS.items():
        figure = kpi.work_out(counts, context.policy)
        said = KpiComputed(kpi=name, value=figure.value, n=figure.n, from_on=counts.from_on, to_on=counts.to_on)
        facts.append(Fact(said, about_customer=False))
    return Accepted(state, tuple(facts))
