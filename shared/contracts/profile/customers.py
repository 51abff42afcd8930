"""Who the customer is, as others may know it: without names, handles and texts."""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.data import Count, Data, Name, Names
from shared.contracts.dates import BusinessDate, Instant, TimeZone
from shared.contracts.upstream import customers as told
from shared.contracts.values import CustomerKind, LifecycleStage, Need, NeedSource, Occasions, Party


class CustomerRegistered(Data):
    """Said once per file, also for one that an event opened by itself."""

    TYPE: ClassVar[str] = "holdfast.profile.customer.registered.v1"
    OF_WHOLE_FILE: ClassVar[bool] = True

    party: Party
    kind: CustomerKind
    registered_on: BusinessDate
    owner: Name | None = None
    time_zone: TimeZone | None = None
    region: Name | None = None
    preferred_channel: Name | None = None
    preferences: Names = ()
    interests: Names = ()
    dislikes: Names = ()
    dates: Occasions = ()
    groups: Names = ()


class CustomerUpdated(Data):
    """`fields` names what changed; of these, the new values of what may travel (None: not changed)."""

    TYPE: ClassVar[str] = "holdfast.profile.customer.updated.v1"
    OF_WHOLE_FILE: ClassVar[bool] = True

    fields: Names
    party: Party | None = None
    kind: CustomerKind | None = None
    registered_on: BusinessDate | None = None
    owner: Name | None = None
    time_zone: TimeZone | None = None
    region: Name | None = None
    preferred_channel: Name | None = None
    preferences: Names | None = None
    interests: Names | None = None
    dislikes: Names | None = None
    dates: Occasions | None = None
    groups: Names | None = None


class CustomerMerged(Data):
    """Said on the key of the file that ends."""

    TYPE: ClassVar[str] = "holdfast.profile.customer.merged.v1"
    OF_WHOLE_FILE: ClassVar[bool] = True

    into: UUID
    turn: Count = 1
    """Counts the merges and splits of the file that ends: the highest number heard of holds."""


class CustomerAbsorbed(Data):
    """Said on the key of the file that lives on."""

    TYPE: ClassVar[str] = "holdfast.profile.customer.absorbed.v1"
    OF_WHOLE_FILE: ClassVar[bool] = True

    from_: UUID = Field(alias="from")
    turn: Count = 1
    """As in `customer.merged`."""


class CustomerSplit(Data):
    """A merge taken back: `from` gave what it had taken in back to `into`. Said on the keys of both."""

    TYPE: ClassVar[str] = "holdfast.profile.customer.split.v1"
    OF_WHOLE_FILE: ClassVar[bool] = True

    from_: UUID = Field(alias="from")
    into: UUID
    turn: Count = 2
    """As in `customer.merged`, of the file that stands alone again."""
    causes: Names = ()
    """Only what these upstream events led to: they came under a handle that was somebody else's by then."""


class ConsentChanged(told.ConsentChanged):
    """`channel` None: all channels; `purpose` None: all purposes (CN-05)."""

    TYPE: ClassVar[str] = "holdfast.profile.consent.changed.v1"

    stated_at: Instant | None = None
    """In a snapshot, which repeats it; else it is the event's time."""


class NeedChanged(Need, Data):
    """The order of needs is (`stated_at`, event id); `version` numbers them 1, 2, 3 … for reading only."""

    TYPE: ClassVar[str] = "holdfast.profile.need.changed.v1"

    stated_at: Instant
    version: Annotated[Count, Field(ge=1)]
    source: NeedSource


class CustomerSnapshot(CustomerRegistered):
    """All that may travel of one customer, for readers that begin or lost everything."""

    TYPE: ClassVar[str] = "holdfast.profile.customer.snapshot.v1"

    lifecycle: LifecycleStage | None = None
    consents: Annotated[tuple[ConsentChanged, ...], Field(fail_fast=True, max_length=200)] = ()
    need: NeedChanged | None = None
    need_event_id: Name | None = None
    """The event that stated the need: of two at one instant it says which holds."""


class CustomerErased(Data):
    """Every service removes what it holds of the person and answers with `erasure.completed`."""

    TYPE: ClassVar[str] = "holdfast.profile.customer.erased.v1"

    on: BusinessDate
