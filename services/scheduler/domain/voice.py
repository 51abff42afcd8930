"""What customers say and what is made of it: replies, calls, surveys, plans (CA-20, CP-01, FB-09, FB-10, FB-19)."""

from __future__ import annotations

from msgspec.structs import replace

from services.scheduler.domain.contact import contacted, is_spoken
from services.scheduler.domain.contacts import spoken
from services.scheduler.domain.escalating import all_attended
from services.scheduler.domain.judging import hold_place
from services.scheduler.domain.memory import Verdict
from services.scheduler.domain.state import Answer, Change, CustomerState, day_of
from services.scheduler.domain.tasks import cancel_tasks, make_task, open_of
from shared.contracts.feedback import ComplaintRiskRaised, FeedbackFlagged, SurveyRequested, SurveyScored
from shared.contracts.profile import FeedbackReceived, InteractionRecorded
from shared.contracts.values import Direction, FeedbackKind, Loyalty, SurveyName
from shared.engine.decision import Context, Event


def decide_interaction(state: CustomerState, event: Event, said: InteractionRecorded, context: Context) -> Answer:
    """A call, a visit or a human on the other side, whoever began it, is a real contact; questions want a reply."""
    on = day_of(state, event.time, context)
    contact = spoken(event, said, context)
    if said.human or is_spoken(said.channel, context.policy):
        state = contacted(state, on)
    if contact.place is not None:
        state = hold_place(state, contact.place, on, day_of(state, context.now, context))
        contact = replace(contact, place_on=on)
    heard = Change(state, rows=(contact,))
    if said.direction is Direction.OUTBOUND:
        return heard.then(all_attended, on, context)
    if not (said.question or said.objection):
        return heard
    because = "objection" if said.objection else "question"
    return heard.then(_reply, event, said.interaction_id, because, context)


def decide_feedback(state: CustomerState, event: Event, said: FeedbackReceived, context: Context) -> Answer:
    """A suggestion is answered in time."""
    if said.kind is not FeedbackKind.SUGGESTION:
        return Change(state)
    return _reply(state, event, said.feedback_id, "suggestion", context)


def decide_risk(state: CustomerState, _event: Event, _said: ComplaintRiskRaised, context: Context) -> Answer:
    """Grievances have piled up: somebody calls before they become a complaint."""
    return make_task(state, "call", f"risk|{day_of(state, context.now, context)}", context, purpose="complaint_risk")


def decide_scored(state: CustomerState, event: Event, said: SurveyScored, context: Context) -> Answer:
    """A low score is worth a call; the last word on recommendation decides about asking for a referral."""
    change = Change(state)
    low = context.policy.survey.low_score.get(said.survey)
    if said.score is not None and low is not None and said.score <= low:
        change = make_task(state, "call", said.answer_id, context, because="low_score", purpose="low_score")
    if said.survey is not SurveyName.NPS or said.score is None:
        return change
    verdict = Verdict(said.answered_at or event.time, said.answer_id, int(said.score))
    known = max((v for v in (state.verdict, verdict) if v), key=lambda v: (v.at, v.answer_id))
    return change.then(lambda after: ask_referral(replace(after, verdict=known), context))


def ask_referral(state: CustomerState, context: Context) -> Change:
    """A loyal customer whose last word was a promoter's is asked, once for that word (LO-04)."""
    verdict = state.verdict
    promotes = verdict is not None and verdict.score >= context.policy.survey.promoter
    if verdict is None or not promotes or state.loyalty is not Loyalty.LOYAL:
        return cancel_tasks(state, "no_promoter", context, lambda task: task.kind == "referral_ask")
    if state.referral_asked == verdict.answer_id:
        return Change(state)
    return make_task(replace(state, referral_asked=verdict.answer_id), "referral_ask", verdict.answer_id, context)


def decide_survey_due(state: CustomerState, _event: Event, said: SurveyRequested, context: Context) -> Answer:
    """Somebody sends the survey, unless one of its kind waits to be sent."""
    if open_of(state, "survey_ask", f"survey.{said.survey}") is not None:
        return Change(state)
    return make_task(
        state,
        "survey_ask",
        f"{said.survey}|{said.trigger}|{said.due_on}",
        context,
        because=f"survey.{said.survey}",
        due_on=said.due_on,
        options=(said.survey,),
        purpose=said.trigger,
    )


def decide_flagged(state: CustomerState, _event: Event, said: FeedbackFlagged, context: Context) -> Answer:
    """Feedback that nobody has a plan for."""
    return make_task(state, "action_plan", f"{said.feedback_id}|{said.flag}", context, purpose=said.flag)


def _reply(state: CustomerState, event: Event, key: str, because: str, context: Context) -> Change:
    return make_task(state, "reply", key, context, because=because, since=event.time, days=context.policy.reply.days)
