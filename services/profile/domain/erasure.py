"""A person is erased, and does not come back with what happened before (CN-05)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import ClassVar

from msgspec import Struct
from msgspec.structs import replace

from services.profile.domain.file import zone_of
from services.profile.domain.handles import print_of
from services.profile.domain.ledgers import Handle, Tombstone
from services.profile.domain.state import CustomerState
from shared.clock import business_date
from shared.contracts.data import Command, Name
from shared.contracts.profile import CustomerErased, ErasureCompleted
from shared.engine.decision import (
    Accepted,
    Context,
    Decide,
    Decision,
    Event,
    Fact,
    RowKey,
    Rows,
    Superseded,
    TimePassed,
)


class EraseCustomer(Command):
    """Forget this person. `reason` is kept as proof: a code, nothing about the person."""

    TYPE: ClassVar[str] = "holdfast.profile.command.erase_customer.v1"

    reason: Name


def decide_erase(state: CustomerState, _event: Event, context: Context) -> Accepted:
    """The file ends here; the other services hear of it and do the same."""
    on = business_date(context.now, zone_of(state, context.policy))
    return Accepted(state, (Fact(CustomerErased(on=on)), Fact(ErasureCompleted())), erases=True)


def tombstones(handles: Iterable[str], secret: bytes) -> Iterator[RowKey]:
    """What may be left of former people under these handles."""
    return (RowKey(Tombstone, print_of(secret, handle)) for handle in handles)


def forgetful(decide: Decide, called: Callable[[Event], Sequence[str]], secret: bytes) -> Decide:
    """`decide`, but for what happened before the erasure of the person it is about: that is dropped unread.

    `called`: the handles by which an event names its customer, its subject first.
    """

    def decided(state: CustomerState, event: Event | TimePassed, context: Context) -> Decision:
        handles = called(event) if isinstance(event, Event) and not context.again else ()
        if handles and isinstance(event, Event) and _is_of_erased(event, handles, context.rows, secret):
            return Superseded("it is about a person who was erased since", forget=True)
        return _printed(decide(state, event, context), secret)

    return decided


def _is_of_erased(event: Event, handles: Sequence[str], rows: Rows, secret: bytes) -> bool:
    """A subject that nobody has yet, beside a handle of a person who was erased, is one more of that person's."""
    about = handles[:1] if rows.get(Handle, handles[0]) else handles
    stones = (rows.get(Tombstone, print_of(secret, handle)) for handle in about)
    return any(stone is not None and event.time <= stone.erased_at for stone in stones)


def _printed(decision: Decision, secret: bytes) -> Decision:
    """The decision with what its handles would leave behind."""
    if not isinstance(decision, Accepted):
        return decision
    regroup = decision.regroup and replace(decision.regroup, rows=_with_print(decision.regroup.rows, secret))
    return replace(decision, rows=_with_print(decision.rows, secret), regroup=regroup)


def _with_print(rows: tuple[Struct, ...], secret: bytes) -> tuple[Struct, ...]:
    if not any(isinstance(row, Handle) for row in rows):
        return rows
    return tuple(replace(row, print=print_of(secret, row.handle)) if isinstance(row, Handle) else row for row in rows)
