"""Churn alerts: each level once in a spell of silence, and at most once in four weeks."""

from __future__ import annotations

from datetime import date, timedelta

from msgspec import Struct

from services.grading.domain.silence import LEVELS, Rhythm
from shared.contracts.values import ChurnLevel

PAUSE = timedelta(days=28)


class Alerts(Struct, frozen=True):
    """When each level was told the last time."""

    at_risk_on: date | None = None
    suspected_on: date | None = None

    def told_on(self, level: ChurnLevel) -> date | None:
        return self.at_risk_on if level is ChurnLevel.AT_RISK else self.suspected_on

    def with_told(self, level: ChurnLevel, day: date) -> Alerts:
        if level is ChurnLevel.AT_RISK:
            return Alerts(day, self.suspected_on)
        return Alerts(self.at_risk_on, day)


def alert_of(rhythm: Rhythm, alerts: Alerts, day: date) -> ChurnLevel | None:
    """The level that is to be told on this day."""
    level = rhythm.level(day)
    if level is None:
        return None
    on = _due_on(rhythm, alerts, level)
    return level if on is not None and on <= day else None


def next_alert_on(rhythm: Rhythm, alerts: Alerts, day: date) -> date | None:
    """The next day after this one on which a level is to be told, if no order comes."""
    due = [_due_on(rhythm, alerts, level) for level in LEVELS]
    return min((on for on in due if on is not None and on > day), default=None)


def is_due(level: ChurnLevel, since: date, alerts: Alerts, day: date) -> bool:
    """As `alert_of`, of a level that was found by other means, in a spell that began on a day."""
    told = alerts.told_on(level)
    return told is None or (told <= since and day >= told + PAUSE)


def _due_on(rhythm: Rhythm, alerts: Alerts, level: ChurnLevel) -> date | None:
    begins, told = rhythm.begins_on(level), alerts.told_on(level)
    if told is not None and told >= begins:
        return None
    on = begins if told is None else max(begins, told + PAUSE)
    over = level is ChurnLevel.AT_RISK and on >= rhythm.suspect_on
    return None if over else on
