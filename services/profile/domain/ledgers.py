"""The rows of profile's ledgers: what grows with a customer. Fields are columns."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct

from services.profile.domain.state import NeedSnapshot
from shared.contracts.values import ComplaintAbout, Direction, Fault, NeedSource, Sentiment, Severity, Stage


class Holder(Struct, frozen=True):
    """To which file a handle led until it was released; None: until now."""

    customer_id: UUID
    claimed_at: datetime | None
    """The first claim of it then; None: nobody's, it led to the file that it had opened."""
    until: datetime | None = None


class Handle(Struct, frozen=True):
    """The file that a handle leads to, which another one may have taken in since: what follows from its words.

    `claimed_at`: as of a `Holder`. Claimed, it belongs to an identified file and stays there.
    """

    handle: str
    customer_id: UUID
    claimed_at: datetime | None = None
    past: tuple[Holder, ...] = ()
    """Before releases, the oldest first."""
    print: UUID | None = None
    """What is kept of it when its customer is erased."""


class HandleWord(Struct, frozen=True):
    """What one event said of a handle: it belongs to a customer, to a person of that one, or no longer; or of files."""

    handle: str
    event_key: UUID
    at: datetime
    kind: Literal["claim", "contact", "release", "merge", "split"]
    customer_id: UUID
    """The file that it came to as it was heard; of a split the one that is given back."""
    under: str | None = None
    """The handle under which it came; where none is known it is of that file."""
    is_own: bool = False
    """It came under the handle itself, and is of the very file that this opens."""
    opens: UUID | None = None
    """The file that it leads to after a release."""
    other_id: UUID | None = None
    """The other file of a merge, where no handle says which."""


class FileWord(HandleWord, frozen=True):
    """Of two files, whose handles lead to them: that they are one customer, or that one of them stands alone again."""


class HandleWords(Struct, frozen=True):
    """What was said of a handle and under it, as far as it bears on whose it was."""

    handle: str
    words: tuple[HandleWord, ...] = ()
    row: Handle | None = None
    """The handle as it stood when this was read."""


class Candidate(Struct, frozen=True):
    """Two identified files, in the order of their ids, that may be one customer: both claim a handle."""

    candidate_id: UUID
    customer_id: UUID
    other_customer_id: UUID
    reason: str
    """The kind of that handle, never the handle."""
    since: datetime


class SharedHandle(Struct, frozen=True):
    """Why: this file claimed at that instant what the other one of the pair had."""

    candidate_id: UUID
    handle: str
    customer_id: UUID
    at: datetime
    is_gone: bool = False
    """Somebody else claimed it after all, or it was nobody else's."""


class Tombstone(Struct, frozen=True):
    """A handle of persons who were erased, as its keyed hash; `generation` counts them, the last one went at
    `erased_at`."""

    print: UUID
    generation: int
    erased_at: datetime


class Line(Struct, frozen=True):
    """One product of an order; amount in minor units of the reporting currency, as the order's own."""

    sku: str
    category: str
    quantity: int
    amount: int


class Order(Struct, frozen=True):
    """An order, its facts joined in whatever order they came; a stub until `placed_by` is known (PR-10).

    `…_by` is the key of the event that said so. Amounts: minor units of the reporting currency, but for `refunds`
    (event key -> amount), which stay in `currency`, the order's own.
    """

    order_id: str
    customer_id: UUID
    placed_by: UUID | None = None
    placed_at: datetime | None = None
    ordered_on: date | None = None
    currency: str | None = None
    amount: int | None = None
    goods_cost: int | None = None
    discount: int | None = None
    lines: tuple[Line, ...] = ()
    online: bool | None = None
    delivered_by: UUID | None = None
    delivered_at: datetime | None = None
    delivered_on: date | None = None
    guarantee_until_on: date | None = None
    delayed_at: datetime | None = None
    expected_on: date | None = None
    refunds: dict[str, int] = {}
    refunded_at: datetime | None = None
    refunded_amount: int | None = None
    cancelled_by: UUID | None = None
    cancelled_at: datetime | None = None
    rate: Decimal | None = None
    """Of its currency when it was placed; its refunds are booked at it."""


class ComplaintChange(Struct, frozen=True):
    """What one `complaint.updated` said."""

    event_key: UUID
    at: datetime
    event_id: str
    fault: Fault | None = None
    severity: Severity | None = None
    correctable: bool | None = None


class Complaint(Struct, frozen=True):
    """A complaint as it was reported, and what was said about it since; a stub until `reported_by` is known."""

    complaint_id: str
    customer_id: UUID
    reported_by: UUID | None = None
    reported_at: datetime | None = None
    fault: Fault | None = None
    severity: Severity | None = None
    correctable: bool | None = None
    commitment_breached: bool | None = None
    staff_at_fault: bool | None = None
    about: ComplaintAbout | None = None
    order_id: str | None = None
    element: str | None = None
    touchpoint: str | None = None
    channel: str | None = None
    text: str | None = None
    changes: tuple[ComplaintChange, ...] = ()
    withdrawn_by: UUID | None = None
    withdrawn_at: datetime | None = None


class NeedEntry(Struct, frozen=True):
    """One version of a need, never overwritten (PR-16); only the one inferred from a delivery learns its order."""

    need_id: UUID
    customer_id: UUID
    version: int
    upstream_version: int | None
    source: NeedSource
    stated_at: datetime
    recorded_at: datetime
    need: NeedSnapshot
    cause_id: str
    cause_type: str


class TimelineEntry(Struct, frozen=True):
    """One touch between the customer and us (PR-10, PR-28). Notes live here alone."""

    entry_id: UUID
    customer_id: UUID
    event_key: UUID
    at: datetime
    recorded_at: datetime
    type: str
    cause_id: str
    cause_type: str
    direction: Direction | None = None
    channel: str | None = None
    touchpoint: str | None = None
    stage: Stage | None = None
    agent: str | None = None
    contact_id: str | None = None
    sentiment: Sentiment | None = None
    note: str | None = None
    details: dict[str, Any] = {}
    """What else the event says, by the names of its fields."""
    handle: str | None = None
    """Under which handle the customer came: a person inside an organisation is known by it."""
