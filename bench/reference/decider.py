"""The reference job as a domain on the engine: its events, its state, its rule. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Final, Literal

from msgspec import Struct
from msgspec.structs import astuple, replace
from pydantic import Field

from bench.reference import job
from shared.contracts.data import Count, Data, Minor, Name
from shared.contracts.topics import DEFAULT
from shared.engine.decision import Accepted, Context, Event, Fact, Rules, TimePassed
from shared.engine.routing import alias_keys, by_customer, home_of, only_its_customer


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
    """`grade`: the one that was announced last; instants in seconds since 1970."""

    last_event: int = job.NEVER
    last_contact: int = job.NEVER
    last_order: int = job.NEVER
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
    at = int(event.time.timestamp())
    after = LEARN[type(event.data)](replace(state, last_event=max(state.last_event, at)), event.data, at)
    grade = job.grade(standing_of(after))
    if grade == state.grade:
        return Accepted(after)
    return Accepted(replace(after, grade=grade), (Fact(GradeChanged(from_=state.grade, to=grade)),))


def _contacted(state: State, _said: InteractionLogged, at: int) -> State:
    return replace(state, last_contact=max(state.last_contact, at))


def _ordered(state: State, said: OrderPlaced, at: int) -> State:
    last_order = max(state.last_order, at)
    return replace(state, last_order=last_order, orders=state.orders + 1, cents=state.cents + said.cents)


def _complained(state: State, said: ComplaintChanged, _at: int) -> State:
    return replace(state, open=state.open + (1 if said.status == "opened" else -1))


def _answered(state: State, said: SurveyAnswered, _at: int) -> State:
    return replace(state, scores=state.scores + said.score, answers=state.answers + 1)


LEARN: Final[Mapping[type[Data], Callable[[State, Any, int], State]]] = MappingProxyType(
    {
        InteractionLogged: _contacted,
        OrderPlaced: _ordered,
        ComplaintChanged: _complained,
        SurveyAnswered: _answered,
    }
)


def standing_of(state: State) -> job.Standing:
    """The state as all contenders compare it."""
    return job.Standing(*astuple(state)[:-1])


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
