"""The care calendar: who is greeted on which day, and what life events ask for (CA-01 to CA-09, CA-13).

Everybody whose tier the policy greets is, on their own dates and on the holidays of their region; who comes first is
the order of the work list (CA-03). A gift goes to the tiers that the policy names, beside the greeting, as one contact.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from msgspec.structs import replace

from services.scheduler.domain.consents import is_granted
from services.scheduler.domain.festivals import FestiveDay, festive_days, next_date
from services.scheduler.domain.memory import Cared
from services.scheduler.domain.state import Answer, Change, CustomerState, day_of
from services.scheduler.domain.tasks import cancel_tasks, make_task
from shared.contracts.policy import Policy
from shared.contracts.profile import LifeEventRecorded
from shared.contracts.values import ConsentPurpose
from shared.engine.decision import Context, Event, Superseded

ONE_DAY = timedelta(days=1)
LIVED = 50
"""Life events that a customer's state remembers; the oldest are forgotten."""


Occasion = tuple[date, str]
"""A day on which a customer is greeted, and what for."""


def next_occasion(state: CustomerState, today: date, context: Context) -> date | None:
    """The next day, today included, with an occasion that was not met yet."""
    return min((on for on, _ in _coming(state, today, context.policy)), default=None)


def care(state: CustomerState, context: Context) -> Change:
    """Meet the occasions of today."""
    today = day_of(state, context.now, context)
    met = [name for on, name in _coming(state, today, context.policy) if on == today]
    if not met:
        return Change(state)
    known = state.cared if state.cared is not None and state.cared.on == today else Cared(today)
    change = Change(replace(state, cared=replace(known, occasions=tuple(sorted({*known.occasions, *met})))))
    for name in sorted(met):
        change = change.then(_greet, name, today, context)
    return change


def settle_gifts(state: CustomerState, context: Context) -> Change:
    """The tier may change at the very instant at which a day begins: its gifts follow the tier it ends in."""
    today = day_of(state, context.now, context)
    if state.cared is None or state.cared.on != today:
        return Change(state)
    gifts = context.policy.care.gift_tiers
    change = Change(state)
    if state.tier in gifts:
        for name in state.cared.occasions:
            change = change.then(_give, name, today, context)
        return change
    return cancel_tasks(state, "tier_changed", context, lambda task: task.kind == "gift" and task.because == "occasion")


def decide_life_event(state: CustomerState, _event: Event, said: LifeEventRecorded, context: Context) -> Answer:
    """A success is congratulated on, a difficulty met with concern, and with help where it is welcome.

    Once, however often it is told, and not when it is so long ago that the task would have lost its point.
    """
    today, key = day_of(state, context.now, context), f"{said.kind}|{said.on}"
    if key in state.lived:
        return Superseded("this was told before")
    state = replace(state, lived=(*state.lived, key)[-LIVED:])
    kind = "concern" if said.kind in context.policy.care.difficulties else "greeting"
    if _is_past(kind, said.on, today, context.policy):
        return Change(state)
    on = max(said.on, today)
    if kind == "greeting":
        return _occasion_task(state, "greeting", said.kind, key, on, context)
    concern = _occasion_task(state, "concern", said.kind, key, on, context)
    if not is_granted(state, ConsentPurpose.PRIVATE_HELP, state.preferred_channel, context.policy):
        return concern
    return concern.then(
        make_task, "private_help", key, context, because="occasion", due_on=on, occasion=said.kind,
        options=_options("private_help", context.policy),
    )  # fmt: skip


def _is_past(kind: str, on: date, today: date, policy: Policy) -> bool:
    play = policy.tasks.play(kind)
    return play is not None and play.expire_days is not None and (today - on).days > play.expire_days


def _coming(state: CustomerState, today: date, policy: Policy) -> Iterator[Occasion]:
    """The next time of their own dates, and the festivals of the next day that has any; not what today has seen."""
    if state.registered_on is None or state.tier not in policy.care.greeted_tiers:
        return
    met = state.cared.occasions if state.cared is not None and state.cared.on == today else ()
    for anniversary in state.dates:
        after = today if anniversary.kind in met else today - ONE_DAY
        if (on := next_date(anniversary, after, policy.care.feb29)) is not None:
            yield on, anniversary.kind
    for on, names in _festivals(state.region, today, policy):
        if waiting := [name for name in names if on > today or name not in met]:
            yield from ((on, name) for name in waiting)
            return


def _festivals(region: str | None, today: date, policy: Policy) -> tuple[FestiveDay, ...]:
    table, country = policy.care.festivals, (region or "").partition("-")[0]
    names = table[next(name for name in (region, country, "default") if name in table)]
    overrides = tuple(sorted(policy.care.holidays.items())) if policy.care.holidays else ()
    return festive_days(names, region, today, overrides)


def _greet(state: CustomerState, name: str, today: date, context: Context) -> Change:
    greeted = _occasion_task(state, "greeting", name, f"{name}|{today}", today, context)
    return greeted.then(_give, name, today, context)


def _give(state: CustomerState, name: str, today: date, context: Context) -> Change:
    play, cared = context.policy.playbooks.care.get(name), state.cared
    if play is None or not play.gift or cared is None or name in cared.gifts:
        return Change(state)
    if state.tier not in context.policy.care.gift_tiers:
        return Change(state)
    given = replace(state, cared=replace(cared, gifts=tuple(sorted({*cared.gifts, name}))))
    return _occasion_task(given, "gift", name, f"{name}|{today}", today, context)


def _occasion_task(state: CustomerState, kind: str, name: str, key: str, on: date, context: Context) -> Change:
    return make_task(
        state, kind, key, context, because="occasion", due_on=on, occasion=name, occasion_key=key,
        options=_options(name, context.policy),
    )  # fmt: skip


def _options(name: str, policy: Policy) -> tuple[str, ...]:
    play = policy.playbooks.care.get(name)
    return play.options if play else ()
