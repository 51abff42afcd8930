"""What no upstream input may do, whatever its type, and the refusals that several rules share."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

from shared.clock import business_date, start_of_day
from shared.contracts.policy import Policy
from shared.contracts.upstream.contacts import SurveyAnswer
from shared.engine.decision import Context, Event, Refused

LEEWAY: Final = timedelta(minutes=5)


def not_admitted(event: Event, handle: str | None, context: Context) -> Refused | None:
    """Why this input is no customer's, or None. `handle`: its subject, normal; None where that is no handle."""
    if handle is None:
        return Refused(
            "invalid_data",
            "The subject is no handle: send <kind>:<value>, for example email:a@b.example or shop:42.",
        )
    return too_early(event, context)


def too_early(event: Event, context: Context) -> Refused | None:
    """It has not happened yet."""
    if event.time <= latest(context):
        return None
    return Refused(
        "time_in_future",
        "Its time lies on a day after today: check the sender's clock, or send it once it has happened.",
    )


def latest(context: Context) -> datetime:
    """The end of the clock's day in the deployment's zone, and a little more for clocks that disagree."""
    zone = context.policy.calendar.time_zone
    return _end(business_date(context.now, zone), zone)


@lru_cache(maxsize=64)
def _end(day: date, zone: str) -> datetime:
    return start_of_day(day + timedelta(days=1), zone) + LEEWAY


def unknown_channel(channel: str | None, policy: Policy) -> Refused | None:
    """A channel that the registry of the policy does not have (CA-19, T123)."""
    if channel is None or channel in policy.channels:
        return None
    return Refused(
        "channel_unknown", "This channel is not in the policy's registry: send a registered one, or add it there."
    )


def off_the_scale(answer: SurveyAnswer, policy: Policy) -> Refused | None:
    """A score that the survey's scale does not have (FB-11); a gap has none."""
    scale = policy.survey.scales.get(answer.survey)
    if scale is None or answer.score is None or scale.lowest <= answer.score <= scale.highest:
        return None
    return Refused(
        "score_off_scale",
        f"{answer.survey} goes from {scale.lowest} to {scale.highest}: send a score of that scale, or change "
        "survey.scales of the policy and send it again.",
    )


def unknown_currency(currency: str) -> Refused:
    """No rate leads from this currency to the reporting one."""
    return Refused(
        "currency_unknown",
        f"No rate for {currency} is known: add it to currency.rates of the policy and send it again.",
    )
