"""Whom to ask for an opinion, when, and why not (FB-10): regularly, after a resolution, never too often."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from shared.contracts.feedback import SurveyRequested
from shared.contracts.policy_voice import Survey
from shared.contracts.values import SurveyName

REGULAR, RESOLUTION, REMINDER = "regular", "resolution", "reminder"


class Asking(Struct, frozen=True, omit_defaults=True):
    """What was asked and answered, as far as the next question depends on it."""

    dealt_on: date | None = None
    """The first purchase: who never bought has nothing to be asked about."""
    asked_on: date | None = None
    asked_survey: SurveyName | None = None
    reminded: bool = False
    answered_on: date | None = None
    resolved_on: date | None = None
    """A case ended then, and nobody has asked since how it was."""
    task_id: UUID | None = None
    held: str | None = None
    """The rule by which the scheduler holds the last question back."""


class Standing(Struct, frozen=True):
    """What besides the questions decides whether there may be one."""

    gone: bool
    away: bool
    complaining: bool
    allowed: bool
    today: date


class Answer(Struct, frozen=True):
    """Whether and when the customer is asked next, and why."""

    why: str
    on: date | None = None
    survey: SurveyName | None = None
    trigger: str | None = None


def next_question(asking: Asking, standing: Standing, policy: Survey) -> Answer:
    """The next question, or the reason why there is none."""
    if (refused := _refusal(standing)) is not None:
        return Answer(refused)
    questions = _questions(asking, standing.today, policy)
    if not questions:
        return Answer("never_bought")
    return min(questions, key=lambda each: (each.on, each.trigger != REMINDER))


def ask(asking: Asking, question: Answer) -> tuple[Asking, SurveyRequested]:
    """The question put today."""
    assert question.on is not None and question.survey is not None and question.trigger is not None  # noqa: S101, PT018
    said = SurveyRequested(survey=question.survey, trigger=question.trigger, due_on=question.on)
    if question.trigger == REMINDER:
        return replace(asking, reminded=True), said
    asked = replace(
        asking, asked_on=question.on, asked_survey=question.survey, reminded=False, resolved_on=None, held=None
    )
    return asked, said


def _refusal(standing: Standing) -> str | None:
    if standing.gone:
        return "gone"
    if standing.away:
        return "left"
    if standing.complaining:
        return "open_complaint"
    return None if standing.allowed else "no_consent"


def _questions(asking: Asking, today: date, policy: Survey) -> list[Answer]:
    found = []
    rested = asking.asked_on + timedelta(days=policy.rest_days) if asking.asked_on else today
    if asking.resolved_on is not None:
        due = max(asking.resolved_on + timedelta(days=policy.after_resolution_days), rested, today)
        found.append(Answer("after_resolution", due, policy.after_resolution, RESOLUTION))
    if asking.dealt_on is not None:
        due = max(_regular(asking, asking.dealt_on, today, policy), rested, today)
        found.append(Answer("regular", due, policy.regular, REGULAR))
    if (reminder := _reminder(asking, policy)) is not None:
        found.append(Answer("no_answer_yet", max(reminder, today), asking.asked_survey, REMINDER))
    return found


def _regular(asking: Asking, dealt_on: date, today: date, policy: Survey) -> date:
    """So long after the last question or answer; before the first, at the next of the days counted from the deal."""
    last = max((on for on in (asking.asked_on, asking.answered_on) if on is not None), default=None)
    if last is not None:
        return last + timedelta(days=policy.every_days)
    times = max(1, -((dealt_on - today).days // policy.every_days))
    return dealt_on + timedelta(days=policy.every_days * times)


def _reminder(asking: Asking, policy: Survey) -> date | None:
    if asking.asked_on is None or asking.reminded or asking.held is not None:
        return None
    if asking.answered_on is not None and asking.answered_on >= asking.asked_on:
        return None
    return asking.asked_on + timedelta(days=policy.reminder_days)
