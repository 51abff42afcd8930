"""The one budget of a customer's attention: may this contact be made on its day (CA-18, CN-05)?"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from services.scheduler.domain.consents import channel_for, is_granted
from services.scheduler.domain.contacts import contact_of
from services.scheduler.domain.memory import Place
from services.scheduler.domain.quiet import first_allowed
from services.scheduler.domain.rows import Contact, Task
from services.scheduler.domain.state import Change, CustomerState, day_of, place_of, with_task, zone_of
from shared.clock import start_of_day
from shared.contracts.scheduler import ContactSuppressed
from shared.contracts.values import ConsentPurpose, SuppressedBy
from shared.engine.decision import Context, Fact

WINDOW = timedelta(days=7)
PASSING = (SuppressedBy.ATTENTION_CAP, SuppressedBy.QUIET_HOURS)


class Ruling(Struct, frozen=True):
    """Why a contact is held back, and until when; None: not a matter of time."""

    rule: SuppressedBy
    until: datetime | None = None


def is_judged(task: Task, context: Context) -> bool:
    """Whether it is a contact that needs leave: service needs none, nor does what reaches nobody."""
    return reaches(task, context) and task.consent_purpose is not ConsentPurpose.SERVICE


def reaches(task: Task, context: Context) -> bool:
    """Whether doing it is a contact with the customer."""
    play = context.policy.tasks.play(task.kind)
    return play is not None and play.contact


def waits_for_judgement(task: Task, context: Context) -> bool:
    return task.let_through_on is None and task.status in ("open", "suppressed") and is_judged(task, context)


def judged_at(state: CustomerState, task: Task, context: Context) -> datetime | None:
    """When it is judged: on its day, as soon as nobody is disturbed, and not before it may go. None: time alone says
    nothing about it."""
    if not waits_for_judgement(task, context) or (task.status == "suppressed" and task.until is None):
        return None
    zone = zone_of(state, context)
    begins = first_allowed(start_of_day(task.due_on, zone), zone, context.policy.contact.quiet_hours)
    return max(begins, task.until or task.created_at)


def judge(state: CustomerState, task: Task, context: Context) -> Change:
    """Let it through, from its day on, or hold it back and say so once for the occasion."""
    today = day_of(state, context.now, context)
    if not waits_for_judgement(task, context) or task.due_on > today:
        return Change(state)
    if task.channel is None or not is_granted(state, task.consent_purpose, task.channel, context.policy):
        task = replace(task, channel=channel_for(state, task.consent_purpose, context.policy))
    ruling = rule_on(state, task, today, context)
    return _let_through(state, task, today, context) if ruling is None else _hold_back(state, task, ruling, context)


def judge_again(state: CustomerState, context: Context) -> Change:
    """Consent was given or taken: what it held back may go, what was let through and is not done may not."""
    change = Change(state)
    for task in state.tasks:
        change = change.then(_judge_again, task, context)
    return change


def follow_preference(state: CustomerState, before: CustomerState, context: Context) -> Change:
    """Another channel is preferred: what was to go over the one before goes over it (CA-02)."""
    change, old = Change(state), before.preferred_channel
    if state.preferred_channel == old:
        return change
    for task in state.tasks:
        if task.channel == old and task.step is None and reaches(task, context):
            change = change.then(_over_what_is_granted, task, context)
    return change


def fill_places(state: CustomerState, before: CustomerState, context: Context) -> Change:
    """A place was given back: what waits for one goes before its time, or learns when it may."""
    if set(before.places) <= set(state.places):
        return Change(state)
    return judge_held(state, context)


def judge_held(state: CustomerState, context: Context) -> Change:
    """What the cap or the hour holds back, wherever they say something else by now."""
    change = Change(state)
    for task in state.tasks:
        if task.rule in PASSING:
            change = change.then(_judge_held, task, context)
    return change


def _judge_held(state: CustomerState, task: Task, context: Context) -> Change:
    ruling = rule_on(state, task, day_of(state, context.now, context), context)
    stands = ruling is not None and (ruling.rule, ruling.until) == (task.rule, task.until)
    return Change(state) if stands else judge(state, task, context)


def _judge_again(state: CustomerState, task: Task, context: Context) -> Change:
    granted = is_granted(state, task.consent_purpose, task.channel, context.policy)
    if task.consent_purpose is ConsentPurpose.SERVICE:
        return Change(state) if granted else _elsewhere(state, task, context)
    if task.rule is SuppressedBy.CONSENT:
        return judge(state, task, context)
    if task.let_through_on is None or granted:
        return Change(state)
    taken = replace(task, let_through_on=None)
    back = give_back(with_task(state, taken), task, context)
    return Change(back.state, rows=(taken, *planned(taken, context))).then(judge, taken, context)


def _elsewhere(state: CustomerState, task: Task, context: Context) -> Change:
    """Service goes on, over another channel; over which a case's step may be done is the case's."""
    if task.channel is None or task.step is not None:
        return Change(state)
    return _over_what_is_granted(state, task, context)


def _over_what_is_granted(state: CustomerState, task: Task, context: Context) -> Change:
    moved = replace(task, channel=channel_for(state, task.consent_purpose, context.policy))
    return Change(with_task(state, moved), rows=(moved, *planned(moved, context)))


def rule_on(state: CustomerState, task: Task, today: date, context: Context) -> Ruling | None:
    """The first rule that forbids this contact now, or None."""
    if state.exited:
        return Ruling(SuppressedBy.EXITED)
    if not is_granted(state, task.consent_purpose, task.channel, context.policy):
        return Ruling(SuppressedBy.CONSENT)
    zone = zone_of(state, context)
    allowed = first_allowed(context.now, zone, context.policy.contact.quiet_hours)
    if allowed > context.now:
        return Ruling(SuppressedBy.QUIET_HOURS, allowed)
    return _capped(state, place_of(task), today, context)


def used(state: CustomerState, today: date) -> int:
    """Places of the cap that are held today."""
    return len({place.key for place in state.places if today - WINDOW < place.on <= today})


def hold_place(state: CustomerState, key: str, on: date, today: date) -> CustomerState:
    """The state with this place held; what has left the window is forgotten."""
    places = {place for place in state.places if place.on > today - WINDOW} | {Place(key, on)}
    return replace(state, places=tuple(sorted(places, key=lambda place: (place.on, place.key))))


def give_back(state: CustomerState, task: Task, context: Context) -> Change:
    """A task that is closed undone holds no place, unless another one of its occasion does."""
    contact = contact_of(replace(task, status="cancelled", rule=None, until=None), context)
    rows = (contact,) if reaches(task, context) else ()
    key = place_of(task)
    others = (other for other in state.tasks if other.task_id != task.task_id and place_of(other) == key)
    if task.let_through_on is None or any(other.let_through_on for other in others):
        return Change(state, rows=rows)
    return Change(replace(state, places=tuple(place for place in state.places if place.key != key)), rows=rows)


def planned(task: Task, context: Context) -> tuple[Contact, ...]:
    """The contact that this task is, where it is one."""
    return (contact_of(task, context),) if reaches(task, context) else ()


def _capped(state: CustomerState, key: str, today: date, context: Context) -> Ruling | None:
    limit = context.policy.care.cap_per_7_days
    held = {place.key: place.on for place in state.places if today - WINDOW < place.on <= today}
    if key in held or len(held) < limit:
        return None
    if limit == 0:
        return Ruling(SuppressedBy.ATTENTION_CAP)
    free_on = sorted(held.values())[len(held) - limit] + WINDOW
    zone = zone_of(state, context)
    until = first_allowed(start_of_day(free_on, zone), zone, context.policy.contact.quiet_hours)
    return Ruling(SuppressedBy.ATTENTION_CAP, until)


def _let_through(state: CustomerState, task: Task, today: date, context: Context) -> Change:
    through = replace(task, status="open", let_through_on=today, due_on=today, rule=None, until=None)
    after = hold_place(with_task(state, through), place_of(task), today, today)
    return Change(after, rows=(through, contact_of(through, context)))


def _hold_back(state: CustomerState, task: Task, ruling: Ruling, context: Context) -> Change:
    held = replace(task, status="suppressed", rule=ruling.rule, until=ruling.until)
    key = place_of(task)
    said_before = any(place_of(other) == key and other.rule is not None for other in state.tasks)
    said = ContactSuppressed(task_id=task.task_id, rule=ruling.rule, until=ruling.until)
    facts = () if said_before else (Fact(said),)
    return Change(with_task(state, held), facts, (held, contact_of(held, context)))
