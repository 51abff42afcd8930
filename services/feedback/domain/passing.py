"""What time alone does to a customer's cases, grievances and questions, all at a day's start."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from msgspec.structs import replace

from services.feedback.domain.asking import ask
from services.feedback.domain.case import today, zone_of
from services.feedback.domain.collecting import flag_unplanned
from services.feedback.domain.feedback_entry import flagged_on
from services.feedback.domain.grievances import count, next_day
from services.feedback.domain.questions import question_of
from services.feedback.domain.state import CustomerState
from services.feedback.domain.watching import next_instant, watch
from services.feedback.domain.watching_winbacks import next_winback_instant, watch_winbacks
from shared.clock import start_of_day
from shared.engine.decision import Accepted, Context, Fact


def decide_time(state: CustomerState, context: Context) -> Accepted:
    """Whatever falls on this day."""
    decided = Accepted(_forget(state, context))
    for part in (watch, watch_winbacks, flag_unplanned, _ask):
        decided = part(decided, context)
    return decided


def next_wake(state: CustomerState, context: Context) -> datetime | None:
    """The start of the first day on which something falls, or the instant at which a clock of a case runs out."""
    days = [day for day in _days(state, context) if day is not None]
    falls = [start_of_day(min(days), zone_of(state, context))] if days else []
    rings = (next_instant(state, context), next_winback_instant(state, context))
    instants = [*falls, *(at for at in rings if at is not None)]
    return max(min(instants), context.now) if instants else None


def _days(state: CustomerState, context: Context) -> Iterator[date | None]:
    yield next_day(state.grievances, context.policy)
    yield min((flagged_on(each, context.policy.feedback.plan_days) for each in state.pending), default=None)
    yield question_of(state, today(state, context), context.policy).on


def _forget(state: CustomerState, context: Context) -> CustomerState:
    held, _ = count(state.grievances, today(state, context), context.policy)
    return replace(state, grievances=held)


def _ask(decided: Accepted, context: Context) -> Accepted:
    day = today(decided.state, context)
    question = question_of(decided.state, day, context.policy)
    if question.on is None or question.on > day:
        return decided
    asking, said = ask(decided.state.asking, question)
    return replace(decided, state=replace(decided.state, asking=asking), facts=(*decided.facts, Fact(said)))
