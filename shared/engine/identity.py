"""What services make of profile's words on identity: who is whom now, and which files are to be folded again."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from shared.contracts.profile import CustomerAbsorbed, CustomerMerged, CustomerSplit
from shared.engine.decision import Event, Fact, Regroup, Rows, StreamKey, Superseded
from shared.engine.routing import Alias, Word, canonical_of, sides_of


def regroup_of(event: Event, word: Word, rows: Rows) -> Regroup | Superseded:
    """Both keys carry the word, and the first one heard counts; an older word on this file, heard late, does not."""
    loser, winner = sides_of(event, word)
    if isinstance(word, CustomerSplit) and word.causes:
        both = (StreamKey("customer", canonical_of(winner, rows)), StreamKey("customer", canonical_of(loser, rows)))
        return Regroup(both, homes=dict.fromkeys(word.causes, loser))
    known = rows.get(Alias, loser)
    if known is not None and known.turn >= word.turn:
        return Superseded("this word on the two files is known, or a later one")
    into = loser if isinstance(word, CustomerSplit) else winner
    return moved(Alias(loser, into, word.turn), rows)


def merged(loser: UUID, winner: UUID, rows: Rows) -> tuple[Regroup, tuple[Fact, Fact]]:
    """The file of `winner` takes that of `loser` in; both as they are called now. With profile's words for it."""
    turn = next_turn(loser, rows)
    words = (
        Fact(CustomerMerged(into=winner, turn=turn), subject=loser),
        Fact(CustomerAbsorbed(from_=loser, turn=turn), subject=winner),
    )
    return moved(Alias(loser, winner, turn), rows), words


def split(loser: UUID, rows: Rows) -> tuple[Regroup, tuple[Fact, Fact]]:
    """`loser`, and what it had taken in itself, stands alone again. With profile's words for it."""
    turn, winner = next_turn(loser, rows), canonical_of(loser, rows)
    word = CustomerSplit(from_=winner, into=loser, turn=turn)
    return moved(Alias(loser, loser, turn), rows), (Fact(word, subject=loser), Fact(word, subject=winner))


def next_turn(loser: UUID, rows: Rows) -> int:
    known = rows.get(Alias, loser)
    return known.turn + 1 if known else 1


def moved(alias: Alias, rows: Rows) -> Regroup:
    """What follows from a file's new place: every stream that it leaves or joins.

    One that goes to a file below it: that one has come out since, of which the word is still to be heard.
    """
    is_below = alias.canonical != alias.id and _is_below(alias.canonical, alias.id, rows)
    winner = alias.canonical if is_below or alias.canonical == alias.id else canonical_of(alias.canonical, rows)
    streams = {alias.id, canonical_of(alias.id, rows), winner}
    known = rows.get(Alias, winner)
    also: tuple[Struct, ...] = ()
    if is_below or (winner != alias.id and known is None):
        also = (Alias(winner, winner, known.turn if known else 0),)
    return Regroup(tuple(StreamKey("customer", id) for id in sorted(streams)), (alias, *also))


def _is_below(id: UUID, other: UUID, rows: Rows) -> bool:
    """Whether `other` has taken it in, or a file that has."""
    seen: set[UUID] = set()
    while id not in seen and (alias := rows.get(Alias, id)) is not None:
        seen.add(id)
        id = alias.canonical
        if id == other:
            return True
    return False
