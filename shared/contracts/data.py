"""What every event's data has in common, upstream or ours, and the plain types its fields are made of.

JSON types must match: `"5"` is no integer, `true` is no number. Unknown fields of readers are dropped.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

INT64_MAX = 2**63 - 1
WITHOUT_NUL = r"^[^\x00]*$"

Int64 = Annotated[int, Field(ge=-INT64_MAX - 1, le=INT64_MAX, strict=True)]
Count = Annotated[int, Field(ge=0, le=10**9, strict=True)]
"""How many, or how many minutes or days: never below zero."""

Minor = Annotated[int, Field(ge=-(10**15), le=10**15, strict=True)]
"""Money in minor units of the currency beside it."""

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
"""ISO 4217."""

Flag = Annotated[bool, Field(strict=True)]

Text = Annotated[str, Field(max_length=10_000, pattern=WITHOUT_NUL)]
Name = Annotated[str, Field(min_length=1, max_length=255, pattern=WITHOUT_NUL)]
"""An id, a code or a short name."""

Names = Annotated[tuple[Name, ...], Field(fail_fast=True, max_length=200)]

Handle = Annotated[
    str, Field(max_length=512, pattern=r"^[A-Za-z][A-Za-z0-9_.+-]{0,31}:[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$")
]
"""`<kind>:<value>`, e.g. `shop:42`, `email:a@b.example`, `phone:+8613800000000`."""

Handles = Annotated[tuple[Handle, ...], Field(fail_fast=True, max_length=100)]


class Value(BaseModel):
    """A part of an event's data. Readers ignore fields that they do not know; mypy forbids writers to invent any."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        allow_inf_nan=False,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
    )


class Data(Value):
    """The data of one type of event.

    A model is made ready when it is first needed: no process needs them all, and each would start half a second later.
    """

    model_config = ConfigDict(defer_build=True)

    TYPE: ClassVar[str]
    """The full CloudEvents type, e.g. `holdfast.grading.grade.assigned.v1`."""

    ABOUT_CUSTOMER: ClassVar[bool] = True
    """False: the event has no subject, or may go without one."""

    OF_WHOLE_FILE: ClassVar[bool] = False
    """True: it says how the whole file stands, whichever input led to it; when a merge is taken back it stays."""


class Command(Data):
    """An HTTP body turned into an event: it goes through the engine but never over a topic."""

    model_config = ConfigDict(extra="forbid", defer_build=False)  # its route asks for it at the start
