"""What customers say between complaints: contacts, answers, mentions, grievances (CP-01, FB-12, FB-19, FB-20)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from services.feedback.domain.case import today, zone_of
from services.feedback.domain.grievances import Early, log, resolve
from services.feedback.domain.signals import Grievance, Signal, SignalKind, grievance_id_of, signal_id_of
from services.feedback.domain.state import CustomerState
from shared.clock import business_date
from shared.contracts.data import Data
from shared.contracts.feedback import SurveyScored
from shared.contracts.policy import Policy
from shared.contracts.profile import GrievanceResolved, InteractionRecorded, MentionMatched, SurveyAnswered
from shared.contracts.values import GapVerdict, GrievanceSource, MentionKind, Sentiment, SurveyName
from shared.engine.decision import Accepted, Context, Decision, Event, Fact, Superseded


def decide_contact(state: CustomerState, event: Event, data: InteractionRecorded, context: Context) -> Decision:
    """Counted; a grievance voiced in it is logged."""
    on = business_date(event.time, zone_of(state, context))
    signal = Signal(
        signal_id=signal_id_of(SignalKind.CONTACT, data.interaction_id),
        kind=SignalKind.CONTACT,
        customer_id=context.stream.id,
        at=event.time,
        on_day=on,
        channel=data.channel,
        agent=data.agent,
        touchpoint=data.touchpoint,
        sentiment=data.sentiment,
        minutes=data.minutes,
        complaint_id=data.complaint_id,
    )
    if not data.grievance:
        return Accepted(state, rows=(signal,))
    return grieve(state, Accepted(state, rows=(signal,)), GrievanceSource.INTERACTION, data.interaction_id, on, context)


def decide_answered(state: CustomerState, event: Event, data: SurveyAnswered, context: Context) -> Decision:
    """Scored; a low score is a grievance."""
    on = business_date(event.time, zone_of(state, context))
    signal = _answer(event, data, on, context)
    known = context.rows.get(Signal, signal.signal_id)
    if known is not None and not context.again:
        return Superseded(f"answer {data.answer_id} is known already")
    asking = state.asking
    answered_on = max(on, asking.answered_on) if asking.answered_on else on
    state = replace(state, asking=replace(asking, answered_on=answered_on))
    accepted = Accepted(state, (Fact(_scored(event, data)),), (signal,))
    if not is_low(data, context.policy):
        return accepted
    return grieve(state, accepted, GrievanceSource.SURVEY, data.answer_id, on, context)


def decide_mentioned(state: CustomerState, event: Event, data: MentionMatched, context: Context) -> Decision:
    """Counted per element; a negative one is a grievance."""
    on = business_date(event.time, zone_of(state, context))
    accepted = Accepted(state, rows=(mention(event, data, on, context.stream.id),))
    if data.sentiment != Sentiment.NEGATIVE or data.kind != MentionKind.MENTION:
        return accepted
    return grieve(state, accepted, GrievanceSource.MENTION, data.mention_id, on, context)


def decide_grievance_resolved(
    state: CustomerState, event: Event, data: GrievanceResolved, context: Context
) -> Decision:
    """Taken out of the accumulation; one that is still to come is resolved when it does."""
    id = resolved_id(data)
    row = context.rows.get(Grievance, id) or Grievance(grievance_id=id, customer_id=context.stream.id)
    if row.resolved_at is not None and not context.again:
        return Superseded("the grievance is resolved already")
    held = resolve(state.grievances, Early(id, event.time), today(state, context), context.policy)
    return Accepted(replace(state, grievances=held), rows=(replace(row, resolved_at=event.time),))


def grieve(
    state: CustomerState, accepted: Accepted, source: GrievanceSource, origin: str, on: date, context: Context
) -> Accepted:
    """The decision with a grievance logged in it, once."""
    id = grievance_id_of(source, origin)
    known = context.rows.get(Grievance, id)
    if known is not None and known.logged_on is not None and not context.again:
        return accepted
    row = Grievance(
        grievance_id=id,
        customer_id=context.stream.id,
        source=source,
        origin=origin,
        logged_on=on,
        resolved_at=state.grievances.resolved_at(id),
    )
    held, facts = log(state.grievances, row, today(state, context), context.policy)
    return replace(
        accepted,
        state=replace(state, grievances=held),
        facts=(*accepted.facts, *(Fact(fact) for fact in facts)),
        rows=(*accepted.rows, row),
    )


def resolved_id(data: GrievanceResolved) -> UUID:
    """Named by the contact it was voiced in, or by its own id."""
    if data.interaction_id is not None:
        return grievance_id_of(GrievanceSource.INTERACTION, data.interaction_id)
    try:
        return UUID(data.grievance_id)
    except (TypeError, ValueError):
        return grievance_id_of(GrievanceSource.INTERACTION, data.grievance_id or "")


def is_low(data: SurveyAnswered, policy: Policy) -> bool:
    """At or below it somebody calls (FB-19)."""
    lowest = policy.survey.low_score.get(data.survey)
    return lowest is not None and data.score is not None and data.score <= lowest


def gap_of(data: SurveyAnswered) -> int | None:
    if data.survey != SurveyName.GAP or data.experience is None or data.expectation is None:
        return None
    return data.experience - data.expectation


def mention(event: Event, data: Data, on: date, customer_id: UUID | None) -> Signal:
    """A mention as it is counted, by somebody we know or not."""
    return Signal(
        signal_id=signal_id_of(SignalKind.MENTION, getattr(data, "mention_id", "")),
        kind=SignalKind.MENTION,
        customer_id=customer_id,
        at=event.time,
        on_day=on,
        element=getattr(data, "element", None),
        sentiment=getattr(data, "sentiment", None),
    )


def _answer(event: Event, data: SurveyAnswered, on: date, context: Context) -> Signal:
    return Signal(
        signal_id=signal_id_of(SignalKind.ANSWER, data.answer_id),
        kind=SignalKind.ANSWER,
        customer_id=context.stream.id,
        at=event.time,
        on_day=on,
        element=data.element,
        touchpoint=data.touchpoint,
        dimension=data.dimension,
        survey=data.survey,
        score=data.score if data.survey != SurveyName.GAP else gap_of(data),
    )


def _scored(event: Event, data: SurveyAnswered) -> SurveyScored:
    gap = gap_of(data)
    return SurveyScored(
        answer_id=data.answer_id,
        survey=data.survey,
        score=data.score,
        gap=gap,
        verdict=_verdict(gap),
        answered_at=event.time,
    )


def _verdict(gap: int | None) -> GapVerdict | None:
    if gap is None:
        return None
    if gap < 0:
        return GapVerdict.BELOW
    return GapVerdict.MET if gap == 0 else GapVerdict.EXCEEDED


class MentionState(Struct, frozen=True):
    """A mention by nobody whom we know is a stream of its own: no customer is touched (FB-20)."""

    heard: bool = False
