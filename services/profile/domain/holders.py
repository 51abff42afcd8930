"""Whose a handle was at an instant, as it follows from all that was said of it (recycled phone numbers)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from msgspec import Struct

from services.profile.domain.handles import normal_handle
from services.profile.domain.ledgers import Handle, HandleWord, HandleWords, Holder
from shared.engine.decision import Context, Event
from shared.engine.routing import home_of

TICK: Final = timedelta(microseconds=1)


class Spell(Struct, frozen=True):
    """A handle from one release to the next, whose it was by then; None: from ever, for ever, nobody's claim."""

    since: datetime | None
    until: datetime | None
    customer_id: UUID
    claimed_at: datetime | None


def spells_of(
    words: Iterable[HandleWord], own: Callable[[datetime | None], UUID], called: Callable[[UUID], UUID]
) -> tuple[Spell, ...]:
    """What follows from all claims and releases of one handle, in whatever order they were heard of.

    Between two releases it is the first one's who claimed it, also before that; else the file's that it opens itself.
    Who lets it go had it until then, unless it was another one's: then it stays there. What happens at the very
    instant of a release is the next holder's.

    `own`: the file that it opens itself since a release; `called`: which customer a file is now.
    """
    said = sorted(words, key=lambda word: word.at)
    claims = [word for word in said if word.kind != "release"]
    found: list[Spell] = []
    since = None
    for release in said:
        if release.kind != "release" or (since is not None and release.at <= since):
            continue
        spell = _spell(claims, since, release, own)
        if release.is_own or called(spell.customer_id) == called(release.customer_id):
            found.append(spell)
            since = release.at
    return (*found, _spell(claims, since, None, own))


def _spell(
    claims: Sequence[HandleWord],
    since: datetime | None,
    release: HandleWord | None,
    own: Callable[[datetime | None], UUID],
) -> Spell:
    until = release.at if release else None
    within = (c for c in claims if (since is None or since <= c.at) and (until is None or c.at < until))
    first = next(within, None)
    if first is not None:
        return Spell(since, until, own(since) if first.is_own else first.customer_id, first.at)
    if release is not None and not release.is_own:
        return Spell(since, until, release.customer_id, release.at - TICK)
    return Spell(since, until, own(since), None)


def holder_at(row: Handle, at: datetime) -> Holder:
    """What happened at the very instant of a release is the next holder's."""
    return next(held for held in holders(row) if held.until is None or at < held.until)


def holders(row: Handle) -> tuple[Holder, ...]:
    """All of them, the oldest first."""
    return (*row.past, Holder(row.customer_id, row.claimed_at))


def since_at(row: Handle, at: datetime) -> datetime | None:
    """The release by which the holder of this instant has it; None where it is the first one."""
    return max((held.until for held in row.past if held.until and held.until <= at), default=None)


def is_settled(row: Handle | None, at: datetime) -> bool:
    """Whether a claim of this instant changes nothing: it is somebody's by an earlier one, and was never let go."""
    return row is not None and not row.past and row.claimed_at is not None and row.claimed_at <= at


def files_of(words: HandleWords) -> Iterator[UUID]:
    """All that it may lead to, but the one that it opened first."""
    yield from (id for word in words.words for id in (word.customer_id, word.opens) if id is not None)


def came_to(event: Event, context: Context) -> UUID | None:
    """The file that the event came to, where the one that it is folded into has taken that in; else None."""
    handle = normal_handle(event.subject or "")
    if handle is None:
        home = home_of(event, context.rows)
    else:
        row = context.rows.get(Handle, handle)
        home = holder_at(row, event.time).customer_id if row else context.stream.id
    return home if home != context.stream.id else None
