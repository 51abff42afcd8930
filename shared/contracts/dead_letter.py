"""The dead-letter topic: a notice that a service has set a record aside. Body and key stay in the service's table."""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.data import Data, Int64, Name
from shared.contracts.dates import Instant


class DeadLetterRecorded(Data):
    """The origin is None where the record did not come from a topic; `event_id` where none could be read."""

    TYPE: ClassVar[str] = "holdfast.dead_letter.recorded.v1"
    ABOUT_CUSTOMER: ClassVar[bool] = False

    dead_letter_id: UUID
    service: Name
    reason: Name
    detail: Annotated[str, Field(max_length=2000)]
    origin_topic: Name | None = None
    origin_partition: Int64 | None = None
    origin_offset: Int64 | None = None
    event_id: Name | None = None
    failed_at: Instant
