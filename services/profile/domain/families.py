"""Whose handles were, and which files are one: what follows from all that was said, by when it happened. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import Struct

from services.profile.domain.holders import TICK
from services.profile.domain.ledgers import HandleWord

RANK: Final = {"release": 0, "claim": 1, "contact": 1, "merge": 2, "split": 3}
"""Of one instant: what happens at the very instant of a release is the next holder's."""


class Spell(Struct, frozen=True):
    """A handle from one release to the next, and the file that it opens itself; None: from ever, nobody's claim."""

    since: datetime | None
    file: UUID
    claimed_at: datetime | None = None


class Shared(Struct, frozen=True):
    """A claim of what was another one's: by which file, and the file of the handle."""

    handle: str
    at: datetime
    by: UUID
    file: UUID


class Families(Struct, frozen=True):
    """Of all handles that were spoken of, the oldest spell first."""

    spells: Mapping[str, tuple[Spell, ...]]
    into: Mapping[UUID, UUID]
    """A file -> the one that it has come into; what is not here stands alone."""
    claimed_by: Mapping[UUID, UUID]
    """A file -> that of who claimed its handle first."""
    shared: tuple[Shared, ...]

    def claimant(self, file: UUID) -> UUID:
        """The file whose the handle is by claims alone."""
        seen = {file}
        while (by := self.claimed_by.get(file)) is not None and by not in seen:
            seen.add(by)
            file = by
        return file

    def root(self, file: UUID) -> UUID:
        """The file of the customer whose it is."""
        return _top(file, self.into)

    def depth(self, file: UUID) -> int:
        """How many files it has come into, one in the other."""
        return 1 + self.depth(self.into[file]) if file in self.into else 0


def families_of(words: Iterable[HandleWord], own: Callable[[str, datetime | None], UUID]) -> Families:
    """Each word is understood by what had happened until then, in whatever order they are heard of.

    A handle opens a file, and from each release on another one (`own`). The first claim since then decides whose it
    is: the file comes into the one that the speaker's handle led to at that instant, with all that it has taken in,
    unless it is identified: claimed itself. A release counts where the speaker is the customer whose the handle is by
    then, or comes under the handle itself; of a handle that nobody has claimed it says whose it was. A merge joins the
    two customers of its instant: into the first one, unless the other one alone is identified. A split gives its file
    back, with all that this one has taken in itself.
    """
    known = _Known(own)
    for word in sorted(words, key=_by_time):
        known.hear(word)
    return Families(
        {
            handle: tuple(Spell(since, file, known.claimed_at.get(file)) for since, file in opened)
            for handle, opened in known.opened.items()
        },
        known.into,
        known.claimed_by,
        tuple(known.shared),
    )


def _by_time(word: HandleWord) -> tuple[datetime, int, bool, int, str]:
    return word.at, RANK[word.kind], not word.is_own, word.event_key.int, word.handle


def _top(file: UUID, into: Mapping[UUID, UUID]) -> UUID:
    while file in into:
        file = into[file]
    return file


class _Known:
    """What follows from the words so far."""

    def __init__(self, own: Callable[[str, datetime | None], UUID]) -> None:
        self.own = own
        self.opened: dict[str, list[tuple[datetime | None, UUID]]] = {}
        self.into: dict[UUID, UUID] = {}
        self.claimed_at: dict[UUID, datetime] = {}
        self.claimed_by: dict[UUID, UUID] = {}
        self.identified: set[UUID] = set()
        """Of which no more is known than that."""
        self.shared: list[Shared] = []

    def hear(self, word: HandleWord) -> None:
        match word.kind:
            case "claim" | "contact":
                self.claim(word)
            case "release":
                self.release(word)
            case "merge":
                self.merge(word)
            case "split":
                self.into.pop(word.customer_id, None)

    def claim(self, word: HandleWord) -> None:
        file, by = self.file(word.handle), self.speaker(word, word.at)
        if file not in self.claimed_at and self.comes_to(file, by, word.at):
            return
        if word.kind == "claim":
            self.shared.append(Shared(word.handle, word.at, by, file))

    def release(self, word: HandleWord) -> None:
        opened, until = self.files(word.handle), word.at - TICK
        since, file = opened[-1]
        if since == word.at:
            return
        if not word.is_own:
            by = self.speaker(word, until)
            is_ours = self.root(file) == self.root(by)
            if not is_ours and self.is_identified(self.root(file)):
                return
            if file not in self.claimed_at:
                self.comes_to(file, by, until)
        opened.append((word.at, self.own(word.handle, word.at)))

    def merge(self, word: HandleWord) -> None:
        one, other = self.root(self.speaker(word, word.at)), self.root(self.named(word))
        if one == other:
            return
        if self.is_identified(other) and not self.is_identified(one):
            one, other = other, one
        self.into[other] = one

    def comes_to(self, file: UUID, by: UUID, at: datetime) -> bool:
        """Whether a file that nobody has claimed is the claimant's now: it has come to nobody who is identified."""
        root = self.root(file)
        is_free = not self.is_identified(root)
        self.claimed_at[file] = at
        if root != self.root(by):
            if not is_free:
                return False
            self.into[root] = by
        self.claimed_by[file] = by
        return True

    def files(self, handle: str) -> list[tuple[datetime | None, UUID]]:
        if handle not in self.opened:
            self.opened[handle] = [(None, self.own(handle, None))]
        return self.opened[handle]

    def file(self, handle: str) -> UUID:
        return self.files(handle)[-1][1]

    def root(self, file: UUID) -> UUID:
        return _top(file, self.into)

    def is_identified(self, file: UUID) -> bool:
        return file in self.claimed_at or file in self.identified

    def speaker(self, word: HandleWord, at: datetime) -> UUID:
        """The file that the word came to; where no more is known than its id, that one is identified."""
        if word.under is None:
            self.identified.add(word.customer_id)
            return word.customer_id
        return next(file for since, file in reversed(self.files(word.under)) if since is None or since <= at)

    def named(self, word: HandleWord) -> UUID:
        return self.file(word.handle) if word.other_id is None else word.other_id
