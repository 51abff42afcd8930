"""Public promises: they go live once every touchpoint has confirmed that it supports them (FB-16)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from services.feedback.domain.commands_of_things import ActivatePromise, ConfirmPromise, OpenPromise
from shared.engine.decision import Accepted, Context, Decision, Event, Refused, Superseded

NO_PROMISE = Refused("not_found", "there is no such promise; GET /v1/promises lists them", status=404)


class Support(Struct, frozen=True):
    touchpoint: str
    confirmed: bool = False
    by: str | None = None


class Promise(Struct, frozen=True):
    promise_id: UUID
    title: str
    touchpoints: tuple[Support, ...]
    opened_at: datetime
    status: Literal["draft", "active"] = "draft"


class PromiseState(Struct, frozen=True):
    """The stream of one promise."""

    promise: Promise | None = None


def decide_promised(state: PromiseState, event: Event, data: OpenPromise, context: Context) -> Decision:
    """A draft."""
    if state.promise is not None:
        return Superseded("the promise is there already")
    touchpoints = tuple(Support(name) for name in dict.fromkeys(data.touchpoints))
    return _put(Promise(context.stream.id, data.title, touchpoints, event.time))


def decide_confirmed(state: PromiseState, _event: Event, data: ConfirmPromise, _context: Context) -> Decision:
    """One touchpoint says that it will keep it."""
    promise = state.promise
    if promise is None:
        return NO_PROMISE
    names = [each.touchpoint for each in promise.touchpoints]
    if data.touchpoint not in names:
        return Refused("invalid_body", f"touchpoint must be one of: {', '.join(names)}")
    support = Support(data.touchpoint, confirmed=True, by=data.by)
    touchpoints = tuple(support if each.touchpoint == data.touchpoint else each for each in promise.touchpoints)
    return _put(replace(promise, touchpoints=touchpoints))


def decide_activated(state: PromiseState, _event: Event, _data: ActivatePromise, _context: Context) -> Decision:
    """Made in public, once nobody is missing."""
    promise = state.promise
    if promise is None:
        return NO_PROMISE
    missing = [each.touchpoint for each in promise.touchpoints if not each.confirmed]
    if missing:
        return Refused("touchpoints_unconfirmed", f"still to confirm: {', '.join(missing)}", status=409)
    return _put(replace(promise, status="active"))


def _put(promise: Promise) -> Accepted:
    return Accepted(PromiseState(promise), rows=(promise,))
