"""What every event's data has in common, upstream or ours."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

INT64_MAX = 2**63 - 1

Minor = Annotated[int, Field(ge=-(10**15), le=10**15, strict=True)]
"""Money in minor units of the currency beside it."""

Text = Annotated[str, Field(max_length=10_000)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
"""An id, a code or a short name."""

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class Data(BaseModel):
    """The data of one type of event. Readers ignore fields that they do not know; mypy forbids writers to invent any."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    TYPE: ClassVar[str]
    """The full CloudEvents type, e.g. `holdfast.grading.grade.assigned.v1`."""


class Command(Data):
    """An HTTP body turned into an event: it goes through the engine but never over a topic."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
