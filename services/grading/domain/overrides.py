"""What a person has set instead of what is computed, which runs on in its shadow until both agree again."""

from __future__ import annotations

from datetime import date
from typing import assert_never

from msgspec import Struct
from msgspec.structs import replace

from services.grading.domain.assess import axes_of
from services.grading.domain.commands import RemoveOverride, SetOverride
from services.grading.domain.rows import OverrideEnding, OverrideRow
from services.grading.domain.state import Axes, CustomerState, Override, Standing
from services.grading.domain.tiers import KEY_SEGMENTS
from services.grading.domain.wake import day_of
from shared.contracts.data import Data
from shared.contracts.grading import OverrideEnded
from shared.contracts.ids import derived
from shared.contracts.policy import Policy
from shared.contracts.values import Basis, Grade, OverrideEnd, OverrideField, Segment, Tier
from shared.engine.decision import Context, Event, Refused, Superseded

WORDS = {OverrideField.GRADE: Grade, OverrideField.TIER: Tier, OverrideField.SEGMENT: Segment}


class Changed(Struct, frozen=True):
    """The state with other overrides, what is announced of it, and its rows."""

    state: CustomerState
    facts: tuple[Data, ...] = ()
    rows: tuple[Struct, ...] = ()


# -- commands


def change(state: CustomerState, event: Event, context: Context) -> Changed | Refused | Superseded:
    """Set one, in the place of another of the same field, or remove one."""
    match event.data:
        case SetOverride() as data:
            return _set(state, data, event, context)
        case RemoveOverride(override_id=id):
            known = [override for override in state.overrides if override.override_id == id]
            return end(state, known, OverrideEnd.REMOVED, context) if known else Superseded("it has ended already")
        case _:
            raise TypeError(f"no override: {event.type}")


def _set(state: CustomerState, data: SetOverride, event: Event, context: Context) -> Changed | Refused:
    words = [str(word) for word in WORDS[data.field]]
    if data.value not in words:
        return Refused("value_unknown", f"{data.field} has no value {data.value}: choose one of {', '.join(words)}")
    if not data.reason.strip() and not context.again:  # what was taken before somebody asked for one is taken again
        return Refused("reason_required", "Say why: whoever checks this later has nothing else to go by.")
    if data.until_on is not None and data.until_on < day_of(state, context):
        return Refused("invalid_body", f"until_on: {data.until_on} has passed. Name today, a later day or none.")
    override = Override(derived("override", event.key.bytes), data.field, data.value, data.until_on)
    same = [o for o in state.overrides if o.field is data.field and data.field is not OverrideField.SEGMENT]
    same += [o for o in state.overrides if (o.field, o.value) == (override.field, override.value) and o not in same]
    ended = end(state, same, OverrideEnd.REMOVED, context)
    row = OverrideRow(
        override_id=override.override_id,
        customer_id=context.stream.id,
        field=data.field,
        value=data.value,
        reason=data.reason,
        author=data.author,
        until_on=data.until_on,
        set_at=context.now,
    )
    after = replace(ended.state, overrides=(*ended.state.overrides, override))
    return Changed(after, ended.facts, (*ended.rows, row))


def end(state: CustomerState, which: list[Override], because: OverrideEnd, context: Context) -> Changed:
    """Without these."""
    left = tuple(override for override in state.overrides if override not in which)
    said = tuple(OverrideEnded(override_id=o.override_id, field=o.field, because=because) for o in which)
    rows = tuple(OverrideEnding(o.override_id, context.stream.id, context.now, because) for o in which)
    return Changed(replace(state, overrides=left), said, rows)


# -- time and agreement


def settle(state: CustomerState, context: Context) -> Changed:
    """End those whose day has passed, and those with which what is computed agrees again."""
    if not state.overrides:
        return Changed(state)
    day = day_of(state, context)
    ended = end(state, [o for o in state.overrides if has_passed(o, day)], OverrideEnd.EXPIRED, context)
    seen = tuple(_seen(override, ended.state, day, context.policy) for override in ended.state.overrides)
    agreed = [o for o in seen if o.differed and agrees(o, ended.state, day, context.policy)]
    last = end(replace(ended.state, overrides=seen), agreed, OverrideEnd.AGREED, context)
    return Changed(last.state, ended.facts + last.facts, ended.rows + last.rows)


def has_passed(override: Override, day: date) -> bool:
    """Its last day lies before this one."""
    return override.until_on is not None and override.until_on < day


def _seen(override: Override, state: CustomerState, day: date, policy: Policy) -> Override:
    if override.differed or agrees(override, state, day, policy):
        return override
    return replace(override, differed=True)


def agrees(override: Override, state: CustomerState, day: date, policy: Policy) -> bool:
    """Whether what is computed is what the person has set."""
    match override.field:
        case OverrideField.GRADE:
            return axes_of(state, day, policy).grade == override.value
        case OverrideField.TIER:
            return state.standing.tier == override.value
        case OverrideField.SEGMENT:
            return override.value in state.standing.segments
        case _:
            assert_never(override.field)


# -- what is in force


def graded(axes: Axes, state: CustomerState) -> Axes:
    """The axes with the letter that a person has set."""
    value = _value(state, OverrideField.GRADE)
    return replace(axes, grade=Grade(value)) if value else axes


def grade_basis(state: CustomerState) -> Basis:
    return Basis.OVERRIDE if _value(state, OverrideField.GRADE) else Basis.COMPUTED


def tier_basis(state: CustomerState) -> Basis:
    return Basis.OVERRIDE if _value(state, OverrideField.TIER) else Basis.COMPUTED


def standing_of(state: CustomerState) -> Standing:
    """Tier and segments as they are in force; gold and vip go with the tier that is (GR-26)."""
    if not state.overrides:
        return state.standing
    tier = _value(state, OverrideField.TIER)
    held = {*state.standing.segments}
    if tier:
        held = held | KEY_SEGMENTS if tier == Tier.KEY else held - KEY_SEGMENTS
    held |= {Segment(o.value) for o in state.overrides if o.field is OverrideField.SEGMENT}
    segments = tuple(segment for segment in Segment if segment in held)
    return replace(state.standing, tier=Tier(tier) if tier else state.standing.tier, segments=segments)


def _value(state: CustomerState, field: OverrideField) -> str | None:
    return next((override.value for override in state.overrides if override.field is field), None)
