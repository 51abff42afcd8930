"""Files become one, or two again: their journals are dealt out anew, and what is different in consequence is said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

import msgspec

from shared.contracts.profile import CustomerSplit
from shared.engine import refold, waking
from shared.engine.decision import Context, Event, Fact, Moved, Regroup, StreamKey
from shared.engine.fold import Fold
from shared.engine.following import homes_of, kept_together
from shared.engine.routing import canonical_of
from shared.engine.streams import NeedJournals, Past, Stream

Inputs = Mapping[StreamKey, Sequence[Past]]


def deal_out(fold: Fold, stream: Stream, regroup: Regroup, context: Context) -> tuple[Fact, ...]:
    """Fold every stream of the regrouping again; the facts are its word and what `announce` finds different.

    The past says nothing twice. Raises NeedJournals until the journals of these streams are at hand.
    """
    keys = sorted({stream.key, *regroup.streams})
    journals = fold.hindsight.journals
    if missing := set(keys) - journals.keys():
        raise NeedJournals(missing | journals.keys())
    for key in keys:
        waking.wake(fold, fold.streams[key], context.now)
    past = {key: (*fold.histories.get(key, journals[key]), *fold.applied.pop(key, ())) for key in keys}
    before = _homes(fold, past, {}) if regroup.told else {}
    for row in regroup.rows:
        fold.put(row)
    homes = _homes(fold, past, regroup.homes)
    fold.histories |= _dealt(fold, past, homes)
    _forget(fold, keys)
    told = regroup.told(_moved(past, before, homes)) if regroup.told else ()
    places = refold.places_of([row for history in fold.histories.values() for row in history])
    different = [fact for key in keys for fact in _folded_again(fold, key, places, context)]
    return (*regroup.facts, *told, *different)


def _dealt(fold: Fold, past: Inputs, homes: Mapping[UUID, UUID]) -> dict[StreamKey, list[Past]]:
    """The inputs of these streams, each with the stream whose it is now.

    Wake-ups are left out: they follow. A policy began for all of them.
    """
    dealt: dict[StreamKey, list[Past]] = {key: [] for key in past}
    for was, rows in past.items():
        here = StreamKey(was.kind, canonical_of(was.id, fold.rows))
        for row in rows:
            if row.event is not None:
                now = StreamKey(was.kind, canonical_of(homes[row.event.key], fold.rows))
                now = next((key for key in (now, here) if key in dealt), was)
                dealt[now].append(row)
                if now != was:
                    fold.moved[row.key] = now
            elif row.activation is not None:
                for history in dealt.values():
                    history.append(row)
    return {key: sorted(rows, key=lambda row: row.place) for key, rows in dealt.items()}


def _moved(past: Inputs, before: Mapping[UUID, UUID], homes: Mapping[UUID, UUID]) -> Moved:
    moved: defaultdict[tuple[UUID, UUID], list[Event]] = defaultdict(list)
    for row in (row for rows in past.values() for row in rows):
        if row.event is not None and before[row.event.key] != homes[row.event.key]:
            moved[before[row.event.key], homes[row.event.key]].append(row.event)
    return moved


def _homes(fold: Fold, past: Inputs, told: Mapping[str, UUID]) -> dict[UUID, UUID]:
    """Key of each input -> the file that it came to. `told`: those of causes, by id, that are known only now."""
    came = {was: [row.event for row in rows if row.event] for was, rows in past.items()}
    homes = {event.key: fold.home_of(fold.streams[was], event) for was, events in came.items() for event in events}
    events = [event for found in came.values() for event in found]
    homes |= kept_together(events, homes, fold.rules)
    for causes in (*_told_before(past), told):
        homes |= homes_of(events, causes, fold.rules, fold.ledgers) if causes else {}
    return homes


def _told_before(past: Inputs) -> Iterator[Mapping[str, UUID]]:
    """What these streams were told of inputs that are another file's than their subject's: the last word holds."""
    for row in sorted((row for rows in past.values() for row in rows), key=lambda row: row.place):
        if row.event is not None and isinstance(row.event.data, CustomerSplit):
            yield dict.fromkeys(row.event.data.causes, row.event.data.into)


def _forget(fold: Fold, keys: list[StreamKey]) -> None:
    """What this batch was about to write of these streams and is written anew, or elsewhere."""
    fold.folded_again.update(keys)
    fold.journal = [
        msgspec.structs.replace(row, stream=fold.moved.get(row.event_key, row.stream))
        for row in fold.journal
        if row.door not in {"wake", "policy"} or row.stream not in keys
    ]
    ids = {key.id for key in keys}
    for table, rows in fold.saved.items():
        if fold.ledgers[table].forget is not None:
            fold.saved[table] = {key: row for key, row in rows.items() if row.customer_id not in ids}  # type: ignore[attr-defined]
    for table in (table for table, ledger in fold.ledgers.items() if ledger.rebuilt):
        fold.rows.forget(table, ids)


def _folded_again(fold: Fold, key: StreamKey, places: refold.Places, context: Context) -> tuple[Fact, ...]:
    ghosts = fold.beside()
    ghost = refold.by_inputs(ghosts, key, fold.histories[key], context.now, places)
    for rows in ghosts.saved.values():
        for row in rows.values():
            fold.put(row)
    fold.journal.extend(ghosts.journal)
    stream, about = fold.streams[key], msgspec.structs.replace(context, stream=key)
    before = stream.state
    stream.state, stream.wake_at, stream.flagged = ghost.state, ghost.wake_at, None
    stream.policy_id = context.policy_id
    stream.last_now, stream.version, stream.changed = context.now, stream.version + 1, True
    for row in fold.rules.remains(before, ghost.state, about):
        fold.put(row)
    said = fold.rules.announce(before, ghost.state, about)
    return tuple(msgspec.structs.replace(fact, subject=fact.subject or key.id) for fact in said)
