"""What a word on a handle changes: whose it was before and after are compared, and what came under it follows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from services.profile.domain.holders import Spell, holders, is_settled, spells_of
from services.profile.domain.ids import FileIds
from services.profile.domain.ledgers import Handle, HandleWord, HandleWords, Holder
from shared.contracts.profile import CustomerSplit
from shared.engine.decision import Context, Fact, Moved, Regroup, StreamKey
from shared.engine.identity import merged, split
from shared.engine.routing import canonical_of

MOST_CAUSES: Final = 200
"""Events that one fact names."""
Spells = tuple[Spell, ...]


Homes = Mapping[tuple[UUID, UUID], UUID]
"""The file that things came to before, and now -> whose they would be by `moves` alone, who is another one."""


class Heard(Struct, frozen=True):
    """A handle once a word on it was heard, and what that moves."""

    row: Handle
    words: HandleWords
    moves: Mapping[UUID, UUID] = {}
    """Files that the handle has opened, and the customer who takes each in now; itself: it stands alone again."""
    streams: frozenset[UUID] = frozenset()
    """Customers whom something leaves or joins by itself."""
    homes: Homes = {}


def heard(handle: str, word: HandleWord, ids: FileIds, context: Context) -> Heard:
    """The handle with this word. Heard again, or folded again, it moves nothing."""
    row, known = context.rows.get(Handle, handle), context.rows.get(HandleWords, handle) or HandleWords(handle)
    if row is not None and (context.again or word.event_key in {one.event_key for one in known.words}):
        return Heard(row, known)
    words = replace(known, words=(*known.words, word))
    if row is not None and word.kind != "release" and is_settled(row, word.at):
        return Heard(row, words)
    hand = _Hand(handle, ids, context)
    if row is None:
        return Heard(hand.row(None, hand.spells(words), {}), words)
    before = hand.spells(known)
    after = hand.spells(words, hand.taken_in(before))
    moves = hand.moves(row, words, before, after)
    new = hand.row(row, after, moves)
    return Heard(new, words, moves, *hand.parted(row, new, moves))


def handed_over(said: Sequence[Heard], context: Context, at: datetime) -> Regroup | None:
    """What was come to under these handles follows them; None where all of it is whose it was."""
    moves = {file: to for one in said for file, to in one.moves.items()}
    streams = {id: None for one in said for id in one.streams}
    if not moves and not streams:
        return None
    rows = context.rows
    parts = [split(file, rows) if file == to else merged(file, to, rows) for file, to in moves.items()]
    together = combined(parts, at)
    keys = (*together.streams, *(StreamKey("customer", id) for id in streams))
    homes = {pair: home for one in said for pair, home in one.homes.items()}
    known = tuple(row for one in said for row in (one.row, one.words))
    return Regroup(tuple(dict.fromkeys(keys)), (*together.rows, *known), together.facts, partial(_told, homes, at))


def combined(parts: Iterable[tuple[Regroup, tuple[Fact, ...]]], at: datetime) -> Regroup:
    """Several merges and splits of one instant as one."""
    known = list(parts)
    streams = dict.fromkeys(stream for part, _ in known for stream in part.streams)
    rows = dict.fromkeys(row for part, _ in known for row in part.rows)
    facts = tuple(replace(word, time=at) for _, words in known for word in words)
    return Regroup(tuple(streams), tuple(rows), facts)


class _Hand(Struct, frozen=True):
    """One handle in the world of a decision."""

    handle: str
    ids: FileIds
    context: Context

    def own(self, since: datetime | None) -> UUID:
        return self.ids.of(self.handle, since, self.context.rows)

    def called(self, file: UUID) -> UUID:
        return canonical_of(file, self.context.rows)

    def then(self, file: UUID, moves: Mapping[UUID, UUID]) -> UUID:
        """Which customer it is once these have moved."""
        return moves.get(file) or self.called(file)

    def spells(self, words: HandleWords, apart: Set[UUID] = frozenset()) -> Spells:
        """`apart`: files that are looked at as if nobody had taken them in."""
        return spells_of(words.words, self.own, lambda file: file if file in apart else self.called(file))

    def taken_in(self, spells: Spells) -> Set[UUID]:
        """The handle's own files that are another's by nothing but its claims."""
        own = ((self.own(spell.since), spell.customer_id) for spell in spells)
        return {file for file, holder in own if file != holder and self.called(file) == self.called(holder)}

    def row(self, was: Handle | None, spells: Spells, moves: Mapping[UUID, UUID]) -> Handle:
        """A file that the handle has opened stays the one that is come to, whoever takes it in."""
        known = dict(_by_since(was)) if was else {}
        held = []
        for spell in spells:
            home, whose = known.get(spell.since), spell.customer_id
            is_kept = home is not None and (
                home == self.own(spell.since) or self.then(home, moves) == self.then(whose, moves)
            )
            held.append(Holder(home if home and is_kept else whose, spell.claimed_at, spell.until))
        *past, last = held
        return Handle(self.handle, last.customer_id, last.claimed_at, tuple(past), was.print if was else None)

    def moves(self, was: Handle, words: HandleWords, before: Spells, after: Spells) -> dict[UUID, UUID]:
        """A file that is elsewhere than claims have put it is there by another word, and stays."""
        known = dict(_by_since(was))
        goes: dict[UUID, UUID] = {}
        for since in (None, *dict.fromkeys(word.at for word in words.words if word.opens)):
            file, stood = self.own(since), _whose(before, since)
            is_opened = known.get(since) == file or self.called(file) != file
            if is_opened and self.called(file) == (file if stood == file else self.called(stood)):
                goes[file] = _whose(after, since)
        alone = {file for file, to in goes.items() if file == to}
        ends = {file: to if to in alone else self.called(to) for file, to in goes.items()}
        return {file: to for file, to in ends.items() if self.called(file) != to}

    def parted(self, was: Handle, now: Handle, moves: Mapping[UUID, UUID]) -> tuple[frozenset[UUID], Homes]:
        homes, streams = {}, set()
        for one, other in _side_by_side(was, now):
            left, brought, joined = self.called(one), self.then(one, moves), self.then(other, moves)
            streams |= {left, joined} if left != joined else set()
            if one != other and brought != joined:
                homes[one, other] = brought
        return frozenset(streams), homes


def _by_since(row: Handle) -> Iterator[tuple[datetime | None, UUID]]:
    """The release that a holder's time begins with, and the file that was come to."""
    since = None
    for held in holders(row):
        yield since, held.customer_id
        since = held.until


def _whose(spells: Spells, at: datetime | None) -> UUID:
    return _at(((spell.since, spell.customer_id) for spell in spells), at)


def _side_by_side(was: Handle, now: Handle) -> Iterator[tuple[UUID, UUID]]:
    """The files that were come to and are come to, one stretch of time after the other."""
    before, after = tuple(_by_since(was)), tuple(_by_since(now))
    for start in {since for since, _ in (*before, *after)}:
        yield _at(before, start), _at(after, start)


def _at(files: Iterable[tuple[datetime | None, UUID]], at: datetime | None) -> UUID:
    """The oldest first."""
    return [file for since, file in files if since is None or (at is not None and since <= at)][-1]


def _told(homes: Homes, at: datetime, moved: Moved) -> tuple[Fact, ...]:
    """Readers are told by which events: of whom, whose they are now, and to which file they came."""
    words = [
        CustomerSplit(from_=homes[was, now], into=now, causes=tuple(event.id for event in chunk))
        for (was, now), events in moved.items()
        if (was, now) in homes
        for chunk in (events[n : n + MOST_CAUSES] for n in range(0, len(events), MOST_CAUSES))
    ]
    return tuple(Fact(word, time=at, subject=id) for word in words for id in (word.from_, word.into))
