"""What a word on handles and files changes: whose all was before and after are compared, and what came follows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Final
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from services.profile.domain.families import Families, Shared, Spell, families_of
from services.profile.domain.handles import kind_of_handle
from services.profile.domain.holders import file_at, holders, is_free, is_settled
from services.profile.domain.ids import FileIds
from services.profile.domain.ledgers import Candidate, Handle, HandleWord, HandleWords, Holder, SharedHandle
from shared.contracts.ids import derived
from shared.contracts.profile import CustomerSplit
from shared.engine.decision import Context, Fact, Moved, Regroup, Rows, StreamKey
from shared.engine.identity import merged, split
from shared.engine.routing import Alias, canonical_of

MOST_CAUSES: Final = 200
"""Events that one fact names."""
EVER: Final = datetime.min.replace(tzinfo=UTC)
NEVER: Final = datetime.max.replace(tzinfo=UTC)

Homes = Mapping[tuple[UUID, UUID], UUID]
"""The file that things came to before, and now -> whose they would be by files alone."""


class Heard(Struct, frozen=True):
    """The handles that were named, once that is heard, and what it moves."""

    rows: Mapping[str, Handle]
    is_news: bool = False
    changed: tuple[Struct, ...] = ()
    """What is to be kept of it."""
    regroup: Regroup | None = None


def heard(said: Sequence[HandleWord], ids: FileIds, context: Context) -> Heard:
    """What one event says, all of one instant. Heard again, or folded again, it moves nothing."""
    rows = context.rows
    named = {word.handle: _light(word, context) for word in said}
    news = [] if context.again else [word for word in said if not is_known(word, rows)]
    fresh = tuple(row for handle, row in named.items() if rows.get(Handle, handle) != row)
    if not news:
        return Heard(named, changed=fresh)
    kept = (*news, *_kept(news, rows))
    if any(_is_weighty(word, rows) for word in news):
        hands = _Hands.of(said, news, ids, context)
        apart = (word for word in news if word.handle not in hands.known and not _is_weighty(word, rows))
        return hands.heard((*kept, *_settled(apart, named, rows)), named)
    pairs = _settled(news, named, rows)
    return Heard(named, True, (*fresh, *kept, *pairs))


def reached(handles: Iterable[str], rows: Rows) -> dict[str, HandleWords]:
    """These handles and all that words join them with, as far as they are at hand."""
    waiting = list(dict.fromkeys(handles))
    named, seen, found = set(waiting), set[str](), dict[str, HandleWords]()
    while waiting:
        handle = waiting.pop()
        known = rows.get(HandleWords, handle)
        if handle in seen or (known is None and not _is_bare(rows.get(Handle, handle), handle in named)):
            continue
        seen.add(handle)
        found[handle] = known or HandleWords(handle)
        waiting += [name for word in found[handle].words for name in (word.handle, word.under) if name is not None]
    return found


def combined(parts: Iterable[tuple[Regroup, tuple[Fact, ...]]], at: datetime) -> Regroup:
    """Several merges and splits of one instant as one."""
    known = list(parts)
    streams = dict.fromkeys(stream for part, _ in known for stream in part.streams)
    rows = dict.fromkeys(row for part, _ in known for row in part.rows)
    facts = tuple(replace(word, time=at) for _, words in known for word in words)
    return Regroup(tuple(streams), tuple(rows), facts)


def candidate_of(one: UUID, other: UUID, reason: str, since: datetime) -> Candidate:
    """One for each pair and reason, whichever of the two claims."""
    first, second = sorted((one, other))
    return Candidate(derived("candidate", first.bytes, second.bytes, reason), first, second, reason, since)


def _settled(
    words: Iterable[HandleWord], named: Mapping[str, Handle], rows: Rows
) -> Iterator[Candidate | SharedHandle]:
    """Of claims that change nothing."""
    for word in words:
        by, other = word.customer_id, file_at(named[word.handle], word.at)
        if word.kind == "claim" and by != other and canonical_of(by, rows) != canonical_of(other, rows):
            yield from _pair(Shared(word.handle, word.at, by, other), by, other)


def _pair(shared: Shared, by: UUID, other: UUID, is_gone: bool = False) -> Iterator[Candidate | SharedHandle]:
    pair = candidate_of(by, other, kind_of_handle(shared.handle), shared.at)
    if not is_gone:
        yield pair
    yield SharedHandle(pair.candidate_id, shared.handle, by, shared.at, is_gone)


def _light(word: HandleWord, context: Context) -> Handle:
    """The handle, where the word moves nothing."""
    row = context.rows.get(Handle, word.handle)
    if row is None:
        return Handle(word.handle, word.customer_id, word.at)
    is_first = not context.again and _is_told_own(word) and _is_unspoken(word.handle, row, context.rows)
    return replace(row, claimed_at=word.at) if is_first else row


def is_known(word: HandleWord, rows: Rows) -> bool:
    known = rows.get(HandleWords, word.handle)
    return known is not None and any(
        (one.event_key, one.handle) == (word.event_key, word.handle) for one in known.words
    )


def _is_weighty(word: HandleWord, rows: Rows) -> bool:
    """Whether it may change anything but the handle itself."""
    return word.kind not in ("claim", "contact") or not is_light(word.handle, word.at, rows, _is_told_own(word))


def _is_told_own(word: HandleWord) -> bool:
    return word.is_own and word.kind == "claim"


def is_light(handle: str, at: datetime, rows: Rows, is_own: bool) -> bool:
    """Whether a claim of a handle moves nothing: it is new, or settled, or claims itself, of which nothing was said."""
    row = rows.get(Handle, handle)
    return row is None or is_settled(row, at, rows) or (is_own and _is_unspoken(handle, row, rows))


def _is_unspoken(handle: str, row: Handle, rows: Rows) -> bool:
    known = rows.get(HandleWords, handle)
    return is_free(row) and (known is None or not known.words)


def _is_bare(row: Handle | None, is_named: bool) -> bool:
    """Whether nothing can have been said of it but what is at hand."""
    return is_named if row is None else is_free(row)


def _kept(news: Iterable[HandleWord], rows: Rows) -> Iterator[HandleWords]:
    """What is at hand of the handles that were named, with this."""
    added: dict[str, list[HandleWord]] = {}
    for word in news:
        for handle in dict.fromkeys((word.handle, word.under)):
            if handle is not None:
                added.setdefault(handle, []).append(word)
    for handle, words in added.items():
        known = rows.get(HandleWords, handle)
        if known is not None or _is_bare(rows.get(Handle, handle), is_named=True):
            known = known or HandleWords(handle)
            yield replace(known, words=(*known.words, *words))


class _Hands(Struct, frozen=True):
    """All that is concerned by what was said, as it was before and as it is after that."""

    context: Context
    at: datetime
    known: Mapping[str, HandleWords]
    named: frozenset[str]
    spoken: frozenset[str]
    """Under which it is said."""
    before: Families
    after: Families
    places: Mapping[UUID, tuple[str, Spell]]
    """The file that a handle has opened -> which one, and since when."""
    goes: dict[UUID, UUID] = {}
    """Files that another one takes in now; itself: that stand alone again."""
    came: dict[str, dict[datetime | None, UUID]] = {}

    @staticmethod
    def of(said: Sequence[HandleWord], news: Sequence[HandleWord], ids: FileIds, context: Context) -> _Hands:
        spoken = frozenset(word.under for word in said if word.under is not None)
        named = spoken | {word.handle for word in said}
        known = reached(named, context.rows)
        words = {(word.event_key, word.handle): word for one in known.values() for word in one.words}
        told = [_at_hand(word, known) for word in words.values() if word.handle in known]
        own = partial(_own, ids, context.rows)
        first = families_of(told, own)
        unexplained = _Hands(context, said[0].at, known, named, spoken, first, first, {}).unexplained()
        told += unexplained
        before = families_of(told, own) if unexplained else first
        after = families_of([*told, *(_at_hand(word, known) for word in news if word.handle in known)], own)
        spells = {**before.spells, **after.spells}
        places = {spell.file: (handle, spell) for handle in spells for spell in spells[handle]}
        places |= {spell.file: (handle, spell) for handle, held in before.spells.items() for spell in held}
        return _Hands(context, said[0].at, known, named, spoken, before, after, places, {})

    def heard(self, kept: tuple[Struct, ...], named: Mapping[str, Handle]) -> Heard:
        self.goes.update(self.moves())
        rows = {handle: self.row(handle) for handle in self.after.spells if self.was(handle) or handle in self.named}
        changed = (*(row for handle, row in rows.items() if row != self.was(handle)), *kept, *self.pairs())
        return Heard({**named, **rows}, True, changed, self.regroup(rows, changed))

    def was(self, handle: str) -> Handle | None:
        known = self.known.get(handle)
        return self.context.rows.get(Handle, handle) or (known.row if known else None)

    def came_to(self, handle: str) -> dict[datetime | None, UUID]:
        """The releases that it went by, and the file that was come to from each on."""
        if handle not in self.came:
            row = self.was(handle)
            self.came[handle] = dict(_by_since(row)) if row else {}
        return self.came[handle]

    def called(self, file: UUID) -> UUID:
        return canonical_of(file, self.context.rows)

    def then(self, file: UUID) -> UUID:
        """Which customer it is once these have moved."""
        seen = {file}
        while (into := self.goes.get(file) or self.alias(file)) is not None and into not in seen:
            file = into
            seen.add(file)
        return file

    def alias(self, file: UUID) -> UUID | None:
        known = self.context.rows.get(Alias, file)
        return known.canonical if known else None

    def is_opened(self, handle: str, spell: Spell) -> bool:
        """What is said here opens the file of the handle under which it comes."""
        came = self.came_to(handle)
        is_new = not came and spell.since is None and handle in self.spoken
        return is_new or came.get(spell.since) == spell.file or self.alias(spell.file) is not None

    def unexplained(self) -> list[HandleWord]:
        """Who has taken a file in by no word that is known here has it for ever; what was given back stays alone."""
        said = []
        for handle, spells in self.before.spells.items():
            came = self.came_to(handle)
            for spell in spells:
                stands = self.called(came[spell.since]) if spell.since in came else None
                if stands is not None and stands != self.before.root(spell.file):
                    said.append(_stands(handle, spell.file, stands))
        return said

    def moves(self) -> dict[UUID, UUID]:
        """Files that others take in, or that stand alone again; those first."""
        opened = [file for file, place in self.places.items() if self.is_opened(*place)]
        inward = sorted(opened, key=lambda file: (self.after.depth(file), file))
        is_news = True
        while is_news:  # what a file had taken in goes with it, rightly or not
            is_news = False
            for file in inward:
                root = self.after.root(file)
                if self.then(file) != (file if root == file else self.then(root)):
                    self.goes[file], is_news = root, True
        return self.goes

    def home(self, file: UUID, families: Families) -> UUID:
        """The file that is come to: a file that was opened stays that, whoever takes it in."""
        place = self.places.get(file)
        if place is None or file not in families.into or self.is_opened(*place):
            return file
        return self.home(families.into[file], families)

    def row(self, handle: str) -> Handle:
        came, spells, was = self.came_to(handle), self.after.spells[handle], self.was(handle)
        held = []
        for spell, until in zip(spells, (*(spell.since for spell in spells[1:]), None), strict=True):
            home = self.home(spell.file, self.after)
            if spell.since in came and home == self.home(spell.file, self.before):
                home = came[spell.since]
            held.append(Holder(home, spell.claimed_at, until))
        *past, last = held
        return Handle(handle, last.customer_id, last.claimed_at, tuple(past), was.print if was else None)

    def pairs(self) -> Iterator[Struct]:
        """Who is proposed with whom now, and who no longer is."""
        before, now = (tuple(self.proposed(families)) for families in (self.before, self.after))
        for one in before:
            by, other = self.home(one[0].by, self.before), self.home(one[0].file, self.before)
            yield from _pair(*one, is_gone=True)
            yield from _pair(one[0], by, other, is_gone=True)  # as it is proposed where nothing moves
        for one in now:
            yield from _pair(*one)

    def proposed(self, families: Families) -> Iterator[tuple[Shared, UUID, UUID]]:
        for shared in families.shared:
            if families.root(shared.by) != families.root(shared.file):
                by, other = (self.home(families.claimant(file), families) for file in (shared.by, shared.file))
                yield shared, by, other

    def regroup(self, rows: Mapping[str, Handle], changed: tuple[Struct, ...]) -> Regroup | None:
        """What was come to under these handles follows them; None where all of it is whose it was."""
        homes, streams = self.parted(rows)
        if not self.goes and not streams:
            return None
        known = self.context.rows
        parts = [
            split(file, known) if file == to else merged(file, self.then(to), known) for file, to in self.goes.items()
        ]
        together = combined(parts, self.at)
        keys = dict.fromkeys((*together.streams, *(StreamKey("customer", id) for id in streams)))
        return Regroup(tuple(keys), (*together.rows, *changed), together.facts, partial(_told, homes, self.at))

    def parted(self, rows: Mapping[str, Handle]) -> tuple[Homes, frozenset[UUID]]:
        homes, streams = {}, set[UUID]()
        for handle, row in rows.items():
            for one, other in _side_by_side(self.came_to(handle), dict(_by_since(row))):
                if one != other:
                    homes[one, other] = self.then(one)
                    streams |= {self.called(one), self.then(other)}
        return homes, frozenset(streams)


def _own(ids: FileIds, rows: Rows, handle: str, since: datetime | None) -> UUID:
    return ids.of(handle, since, rows)


def _at_hand(word: HandleWord, known: Mapping[str, HandleWords]) -> HandleWord:
    """Of a speaker who is not at hand the file is known."""
    return word if word.under in known else replace(word, under=None)


def _stands(handle: str, file: UUID, stands: UUID) -> HandleWord:
    if stands == file:
        return HandleWord(handle, file, NEVER, "split", file)
    return HandleWord(handle, file, EVER, "merge", stands, other_id=file)


def _by_since(row: Handle) -> Iterator[tuple[datetime | None, UUID]]:
    """The release that a holder's time begins with, and the file that was come to."""
    since = None
    for held in holders(row):
        yield since, held.customer_id
        since = held.until


def _side_by_side(
    before: Mapping[datetime | None, UUID], after: Mapping[datetime | None, UUID]
) -> Iterator[tuple[UUID, UUID]]:
    """The files that were come to and are come to, one stretch of time after the other."""
    for start in {**before, **after} if before else ():
        yield _at(before, start), _at(after, start)


def _at(files: Mapping[datetime | None, UUID], at: datetime | None) -> UUID:
    """The oldest first."""
    return [file for since, file in files.items() if since is None or (at is not None and since <= at)][-1]


def _told(homes: Homes, at: datetime, moved: Moved) -> tuple[Fact, ...]:
    """Readers are told by which events: of whom, whose they are now, and to which file they came."""
    words = [
        CustomerSplit(from_=homes[was, now], into=now, causes=tuple(event.id for event in chunk))
        for (was, now), events in moved.items()
        if (was, now) in homes
        for chunk in (events[n : n + MOST_CAUSES] for n in range(0, len(events), MOST_CAUSES))
    ]
    return tuple(Fact(word, time=at, subject=id) for word in words for id in (word.from_, word.into))
