"""The customer's file: what is told about a customer, and what of it may travel (PR-01, PR-02, PR-05, PR-06, PR-14)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from msgspec.structs import asdict, replace

from services.profile.domain.admission import unknown_channel
from services.profile.domain.claims import claimed
from services.profile.domain.handles import normal_handle
from services.profile.domain.history import field_words
from services.profile.domain.ids import FileIds
from services.profile.domain.search import Namesake, SearchEntry, search_entry
from services.profile.domain.state import CustomerState, File, Occasion, Stamp
from shared.clock import business_date
from shared.contracts import profile
from shared.contracts.policy import Policy
from shared.contracts.upstream import CustomerFields, CustomerRegistered, CustomerUpdated
from shared.contracts.values import CustomerKind, OccasionDate, Party
from shared.engine.decision import Accepted, Context, Decision, Event, Fact, Refused

TRAVELS: Final = (
    "party",
    "kind",
    "time_zone",
    "region",
    "owner",
    "preferred_channel",
    "preferences",
    "interests",
    "dislikes",
    "dates",
)
STAYS: Final = tuple(name for name in File.__struct_fields__ if name not in TRAVELS)
"""Fields whose values never leave this database."""


def decide_told(ids: FileIds, state: CustomerState, event: Event, context: Context) -> Decision:
    """`customer.registered` and `customer.updated`: the newest word on each field holds, whenever it arrives."""
    data = event.data
    if not isinstance(data, CustomerRegistered | CustomerUpdated):
        raise TypeError(f"{data.TYPE} tells nothing about a file")
    if refused := refused_words(data, context.policy):
        return refused
    handles = [normal_handle(handle) for handle in data.handles or ()]
    claims = claimed(ids, normal_handle(event.subject or "") or "", filter(None, handles), event, context)
    explicit = event.time if isinstance(data, CustomerRegistered) else None
    told = _told(state, data, Stamp(event.time, event.id))
    return Accepted(
        replace(told, registered_at=earlier(state.registered_at, explicit)),
        rows=(
            *claims.rows,
            *field_words(data, event, context),
            *_found_by(state, told, context),
        ),
        regroup=claims.regroup,
    )


def _found_by(
    before: CustomerState, after: CustomerState, context: Context
) -> tuple[SearchEntry, ...] | tuple[SearchEntry, Namesake]:
    """The search entry, where it is new or another one."""
    was, now = before.file, after.file
    if (was.name, was.owner, was.tags, was.dates) == (now.name, now.owner, now.tags, now.dates):
        return ()
    entry = search_entry(context.stream.id, after)
    return (entry,) if entry.birthday is None else (entry, Namesake(context.stream.id))


def refused_words(data: CustomerFields, policy: Policy) -> Refused | None:
    """What is outside the allow-list, not volunteered, or names a channel or handle that is none (CN-01, CN-02)."""
    extra = set(data.model_extra or {})
    elsewhere = extra.intersection(File.__struct_fields__)
    if outside := sorted({*data.model_fields_set, *extra} - set(policy.privacy.allowed_fields) | elsewhere):
        fields = ", ".join(name[:40] for name in outside[:5])
        return Refused(
            "field_not_allowed", f"Leave out {fields}: privacy.allowed_fields of the policy does not list it."
        )
    if any(not day.volunteered for day in data.dates or ()):
        return Refused("not_volunteered", "One of `dates` was not volunteered: send only those that the customer gave.")
    if refused := unknown_channel(data.preferred_channel, policy):
        return refused
    if any(normal_handle(handle) is None for handle in data.handles or ()):
        return Refused("invalid_data", "One of `handles` is no handle: send <kind>:<value>, e.g. phone:+8613800000000.")
    return None


def _told(state: CustomerState, data: CustomerFields, stamp: Stamp) -> CustomerState:
    known = state.told
    news = {
        name: value
        for name in File.__struct_fields__
        if (value := getattr(data, name, None)) is not None and (name not in known or known[name] < stamp)
    }
    if not news:
        return state
    if "dates" in news:
        news["dates"] = tuple(Occasion(**day.model_dump()) for day in news["dates"])
    return replace(state, file=replace(state.file, **news), told={**known, **dict.fromkeys(news, stamp)})


def earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    """The earlier of those that there are."""
    return min((at for at in (one, other) if at is not None), default=None)


def kind_of(file: File) -> CustomerKind:
    """As told, else what the party suggests: no type is excluded from anything (PR-06)."""
    if file.kind is not None:
        return file.kind
    return CustomerKind.ORGANISATION if file.party is Party.ORGANISATION else CustomerKind.CONSUMER


def zone_of(state: CustomerState, policy: Policy) -> str:
    """Where this customer's days begin."""
    return state.file.time_zone or policy.calendar.time_zone


def registered_on(state: CustomerState, policy: Policy) -> date:
    """The day of an explicit registration, else of the earliest event; raises ValueError before anything happened."""
    at = state.registered_at or state.first_at
    if at is None:
        raise ValueError("nothing has opened this file")
    return business_date(at, zone_of(state, policy))


def file_facts(
    before: CustomerState, after: CustomerState, event: Event, context: Context, handles: tuple[str, ...]
) -> tuple[Fact, ...]:
    """`customer.registered` where the file is new or its first day moved; `customer.updated` where a field changed.

    `handles`: those that the file has taken beside the event's own.
    """
    known = (before.file, before.first_at, before.registered_at) == (after.file, after.first_at, after.registered_at)
    if known and not handles:
        return ()
    now = registration(after, context.policy)
    if before.first_at is None:
        return (Fact(now, time=event.time),)
    past = registration(before, context.policy)
    again = (Fact(now, time=event.time),) if past.registered_on != now.registered_on else ()
    travels = {name: getattr(now, name) for name in TRAVELS if getattr(past, name) != getattr(now, name)}
    stays = [name for name in STAYS if getattr(before.file, name) != getattr(after.file, name)]
    fields = (*travels, *stays, *(("handles",) if handles else ()))
    return (*again, *((Fact(profile.CustomerUpdated(fields=fields, **travels), time=event.time),) if fields else ()))


def registration(state: CustomerState, policy: Policy) -> profile.CustomerRegistered:
    """The whole file as others may know it; raises ValueError before anything happened."""
    file = state.file
    told: dict[str, Any] = {name: getattr(file, name) for name in TRAVELS}
    told["kind"] = kind_of(file)
    told["groups"] = state.groups
    told["dates"] = tuple(OccasionDate(**asdict(day)) for day in file.dates)
    return profile.CustomerRegistered(registered_on=registered_on(state, policy), **told)
