"""Whose an event is, for services whose events name the customer by id: the id, or what it was merged into."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeGuard
from uuid import UUID

from msgspec import Struct

from shared.contracts.data import Data
from shared.contracts.ids import of_text
from shared.contracts.profile import CustomerAbsorbed, CustomerMerged, CustomerSplit
from shared.engine.decision import Event, RowKey, Rows, StreamKey

Word = CustomerMerged | CustomerAbsorbed | CustomerSplit
"""What profile says when two files become one, or are two again; each is said on the keys of both."""
WORDS = frozenset((CustomerMerged, CustomerAbsorbed, CustomerSplit))


class Alias(Struct, frozen=True):
    """`id` was taken in by `canonical`, which may have been taken in since; itself where it stands alone again."""

    id: UUID
    canonical: UUID
    turn: int = 0
    """Counts the words about this file: an older one, heard late, changes nothing."""


class Belonging(Struct, frozen=True):
    """A thing of one of the files that are one, or were: what names the thing goes with it."""

    thing: str
    home: UUID
    is_dealt: bool = False
    """By the whole history: it holds, whatever is known."""


def is_word(data: Data) -> TypeGuard[Word]:
    return type(data) in WORDS  # asking pydantic's classes one by one costs more than all the rest of routing


@lru_cache(maxsize=4_096)
def customer_of(subject: str) -> UUID:
    """The id that a subject is; raises ValueError where it is none."""
    return of_text(subject)


def thing(table: type[Struct], key: object) -> str:
    """How a ledger's row is called as a thing."""
    return f"{table.__name__}:{key}"


def sides_of(event: Event, word: Word) -> tuple[UUID, UUID]:
    """The file that is taken in or given back, and the other one."""
    subject = customer_of(event.subject or "")
    match word:
        case CustomerMerged(into=into):
            return (subject, into)
        case CustomerAbsorbed(from_=loser):
            return (loser, subject)
        case CustomerSplit(from_=winner, into=loser):
            return (loser, winner)


def customer_ids(event: Event) -> tuple[UUID, ...]:
    """The customers that the event names: its subject and its file, or both sides of a merge."""
    if event.subject is None:
        return ()
    if is_word(event.data):
        return sides_of(event, event.data)
    subject = customer_of(event.subject)
    return (subject,) if event.home is None else (subject, event.home)


def alias_keys(event: Event) -> tuple[RowKey, ...]:
    """The aliases that routing will ask for: every service's `names` starts with them."""
    return tuple(RowKey(Alias, id) for id in customer_ids(event))


def canonical_of(id: UUID, rows: Rows) -> UUID:
    """Follow aliases as they stand at this point of the fold."""
    if (alias := rows.get(Alias, id)) is None:
        return id
    seen = {id}
    while alias is not None and alias.canonical not in seen:
        id = alias.canonical
        seen.add(id)
        alias = rows.get(Alias, id)
    return id


def home_of(event: Event, rows: Rows) -> UUID:
    """The file that it came to, as far as the event says and this service has heard of that file; a word: the winner's.

    One about inputs is told to both files, and each keeps its own.

    Raises ValueError for an event about no customer.
    """
    if is_word(event.data) and not (isinstance(event.data, CustomerSplit) and event.data.causes):
        return sides_of(event, event.data)[1]
    if event.home is not None and rows.get(Alias, event.home) is not None:
        return event.home
    return customer_of(event.subject or "")


def by_customer(event: Event, rows: Rows) -> StreamKey:
    """The stream of the customer that the event is about; for a merge or a split, of the one that lives on."""
    return StreamKey("customer", canonical_of(home_of(event, rows), rows))


def only_its_customer(event: Event, rows: Rows) -> tuple[StreamKey, ...]:
    """Every stream that the event may touch."""
    ids = customer_ids(event)
    if len(ids) == 1:
        return (StreamKey("customer", canonical_of(ids[0], rows)),)
    also = ids if is_word(event.data) else ()
    return tuple(StreamKey("customer", id) for id in {*also, *(canonical_of(id, rows) for id in ids)})
