"""The reference job as a domain on the engine: its events, its state, its rule. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final, Literal

from msgspec import Struct
from msgspec.structs import replace
from pydantic import Field

from bench.reference import job
from shared.contracts.data import Count, Data, Minor, Name
from shared.contracts.topics import DEFAULT
from shared.engine.decision import Accepted, Context, Event, Fact, Rules, TimePassed
from shared.engine.routing import alias_keys, by_customer, home_of, only_its_customer

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class InteractionLogged(Data):
    TYPE: ClassVar[str] = job.INTERACTION
    channel: Name
    minutes: Count
    agent: Name


class OrderPlaced(Data):
    TYPE: ClassVar[str] = job.ORDER
    order_id: Name
    cents: Minor
    currency: Name
    items: Count


class ComplaintChanged(Data):
    TYPE: ClassVar[str] = job.COMPLAINT
    status: Literal["opened", "resolved"]
    channel: Name


class SurveyAnswered(Data):
    TYPE: ClassVar[str] = job.SURVEY
    survey_id: Name
    score: Count


class GradeChanged(Data):
    TYPE: ClassVar[str] = job.CHANGED
    OF_WHOLE_FILE: ClassVar[bool] = True
    from_: Name | None = Field(default=None, alias="from")
    to: Name


class State(Struct, frozen=True):
    """`grade`: the one that was announced last."""

    last_event: datetime | None = None
    last_contact: datetime | None = None
    last_order: datetime | None = None
    orders: int = 0
    cents: int = 0
    open: int = 0
    scores: int = 0
    answers: int = 0
    grade: str | None = None


def decide(state: State, event: Event | TimePassed, context: Context) -> Accepted:  # noqa: ARG001 - the shape of a rule
    """Take the event in, grade as of the customer's last one, say so where that is another grade."""
    if isinstance(event, TimePassed):
        return Accepted(state)
    after = learn(state, event)
    grade = job.grade(standing_of(after))
    if grade == state.grade:
        return Accepted(after)
    return Accepted(replace(after, grade=grade), (Fact(GradeChanged(from_=state.grade, to=grade)),))


def learn(state: State, event: Event) -> State:
    """What the event says, without a grade."""
    data: Any = event.data
    at = event.time
    last = at if state.last_event is None else max(state.last_event, at)
    match data:
        case InteractionLogged():
            return replace(state, last_event=last, last_contact=_later(state.last_contact, at))
        case OrderPlaced(cents=cents):
            last_order = _later(state.last_order, at)
            return replace(
                state, last_event=last, last_order=last_order, orders=state.orders + 1, cents=state.cents + cents
            )
        case ComplaintChanged(status=status):
            return replace(state, last_event=last, open=state.open + (1 if status == "opened" else -1))
        case SurveyAnswered(score=score):
            return replace(state, last_event=last, scores=state.scores + score, answers=state.answers + 1)
        case _:
            raise TypeError(f"the job has no rule for {event.type}")


def standing_of(state: State) -> job.Standing:
    """The state as all contenders compare it."""
    instants = (state.last_event, state.last_contact, state.last_order)
    return job.Standing(
        *(job.NEVER if at is None else (at - EPOCH) // SECOND for at in instants),
        state.orders,
        state.cents,
        state.open,
        state.scores,
        state.answers,
    )


def _later(before: datetime | None, at: datetime) -> datetime:
    return at if before is None else max(before, at)


RULES: Final = Rules(
    service="grading",
    states={"customer": State},
    commands=(),
    decide=decide,
    next_wake=lambda _state, _context: None,
    names=alias_keys,
    candidates=only_its_customer,
    route=by_customer,
    announce=lambda _before, _after, _context: (),
    home=home_of,
    outbound=DEFAULT.grading,
)
SUBSCRIPTIONS: Final = {"profile": (InteractionLogged, OrderPlaced, ComplaintChanged, SurveyAnswered)}
