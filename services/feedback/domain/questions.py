"""Asking for an opinion as the customer's stream does it, and what the scheduler makes of the question (FB-10)."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from services.feedback.domain.asking import Answer, Standing, next_question
from services.feedback.domain.consents import is_granted
from services.feedback.domain.state import CustomerState
from shared.contracts.policy import Policy
from shared.contracts.scheduler import ContactSuppressed, TaskCreated
from shared.contracts.values import ConsentPurpose
from shared.engine.decision import Accepted, Context, Decision, Event, Superseded

SURVEY_ASK = "survey_ask"


def decide_asked(state: CustomerState, _event: Event, data: TaskCreated, _context: Context) -> Decision:
    """The question has become a task; other tasks ask nothing."""
    if data.kind != SURVEY_ASK:
        return Superseded("no question")
    return Accepted(replace(state, asking=replace(state.asking, task_id=data.task_id, held=None)))


def decide_held(state: CustomerState, _event: Event, data: ContactSuppressed, _context: Context) -> Decision:
    """Consent, the attention cap or quiet hours hold the question back: nobody is reminded of it."""
    if data.task_id is None or data.task_id != state.asking.task_id:
        return Superseded("another contact")
    return Accepted(replace(state, asking=replace(state.asking, held=data.rule)))


def question_of(state: CustomerState, today: date, policy: Policy) -> Answer:
    """The customer's next question, or why there is none."""
    allowed = any(is_granted(state.consents, name, ConsentPurpose.SURVEY, policy) for name in policy.channels)
    standing = Standing(
        gone=state.departure.gone is not None,
        away=state.departure.left is not None,
        complaining=bool(state.cases),
        allowed=allowed,
        today=today,
    )
    return next_question(state.asking, standing, policy.survey)
