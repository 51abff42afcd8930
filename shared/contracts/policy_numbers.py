"""What the sections of the policy are made of: exact numbers, days, shares, and checks over maps and windows."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from shared.contracts.data import Name


def _number(value: object) -> object:
    """JSON and YAML give int or float; a float's shortest text is what the author wrote."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError("must be a number")  # noqa: TRY004 - pydantic reads ValueError alone
    return Decimal(str(value))


def off(value: object) -> object:
    """YAML reads a bare `off` as false."""
    return "off" if value is False else value


def _plain(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


Number = Annotated[
    Decimal, BeforeValidator(_number), PlainSerializer(_plain, when_used="json"), Field(ge=-(10**12), le=10**12)
]
"""An exact decimal; a JSON number in the document."""
Share = Annotated[Number, Field(ge=0, le=1)]
Days = Annotated[int, Field(ge=0, le=36_500, strict=True)]
Times = Annotated[int, Field(ge=0, le=1_000_000, strict=True)]
Off = Annotated[Literal["off", "on"], BeforeValidator(off)]
OFF = Annotated[Literal["off"], BeforeValidator(off)]
"""In place of a section: there is none of it."""
TIME_OF_DAY = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
Codes = Annotated[tuple[Name, ...], Field(max_length=500)]


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)


def complete(keys: type[StrEnum], given: dict[Any, Any], where: str) -> None:
    """Every member has an entry; raises ValueError that names what is missing."""
    if missing := [str(key) for key in keys if key not in given]:
        raise ValueError(f"{where} lacks {', '.join(missing)}")


def ascending(days: tuple[int, ...]) -> tuple[int, ...]:
    """Raises ValueError unless each window is longer than the one before."""
    if list(days) != sorted(set(days)):
        raise ValueError("each number of days must be larger than the one before")
    return days


Windows = Annotated[tuple[Days, Days, Days], Field(json_schema_extra={"uniqueItems": True})]
