"""The routes of a customer's voice: grievances, and why there is a survey or not. Added to the contract (ADR)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter

from services.feedback.domain.questions import question_of
from services.feedback.queries import voice
from shared.clock import business_date
from shared.engine.alias import canonical
from shared.web.deps import ActivePolicy, Db, Now, Page
from shared.web.erased import missing
from shared.web.pages import page, seek

router = APIRouter()

WHY = {
    "gone": "the customer was parted from or erased",
    "left": "the customer has left: the win-back talks to them",
    "open_complaint": "a complaint is open: its end comes first",
    "no_consent": "the customer allows no channel for surveys",
    "never_bought": "there is nothing to ask about: no purchase and no case yet",
    "after_resolution": "a case ended: how was it?",
    "regular": "so long after the last question or answer, as the policy says",
    "no_answer_yet": "one reminder of a question without an answer",
}


@router.get("/customers/{id}/grievances")
async def list_grievances(id: UUID, connection: Db, page_of: Page) -> dict[str, Any]:
    """Newest first."""

    def read(on: Any, grievance: Any) -> tuple[date | None, UUID | None]:
        return date.fromisoformat(on), UUID(grievance)

    owner = await canonical(connection, id)
    if await voice.state_of(connection, owner) is None:
        raise await missing(connection, id)
    after = seek(page_of.after, read) or (None, None)
    items = await voice.list_grievances(connection, owner, page_of.limit + 1, after)
    return page(items, page_of.limit, lambda item: [item["logged_on"], item["grievance_id"]])


@router.get("/customers/{id}/survey")
async def why_asked(id: UUID, connection: Db, now: Now, policy: ActivePolicy) -> dict[str, Any]:
    """When the customer is asked next and why, or why not."""
    owner = await canonical(connection, id)
    state = await voice.state_of(connection, owner)
    if state is None:
        raise await missing(connection, id)
    today = business_date(now, state.time_zone or policy.calendar.time_zone)
    question, asking = question_of(state, today, policy), state.asking
    return {
        "customer_id": owner,
        "next_on": question.on,
        "survey": question.survey,
        "trigger": question.trigger,
        "why": question.why,
        "detail": WHY[question.why],
        "asked_on": asking.asked_on,
        "asked_survey": asking.asked_survey,
        "reminded": asking.reminded,
        "answered_on": asking.answered_on,
        "held_back_by": asking.held,
    }
