"""Dates, instants and time zones as they stand in JSON: ISO text only, no number in disguise, years 1900 to 2200."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from shared.clock import zone

EARLIEST = date(1900, 1, 1)
LATEST = date(2200, 12, 31)
FIRST_INSTANT = datetime(1900, 1, 1, tzinfo=UTC)
LAST_INSTANT = datetime(2200, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)


class _Iso:
    """Text of one shape, then the date or instant it says; a Python value of that type passes unchanged."""

    pattern: ClassVar[str]
    format: ClassVar[str]

    @staticmethod
    def schema(*, strict: bool) -> CoreSchema:
        raise NotImplementedError

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: object) -> CoreSchema:
        text = core_schema.str_schema(pattern=cls.pattern, strict=True, max_length=40)
        from_text = core_schema.chain_schema([text, cls.schema(strict=False)])
        from_python = core_schema.union_schema([cls.schema(strict=True), from_text])
        return core_schema.json_or_python_schema(json_schema=from_text, python_schema=from_python)

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "format": cls.format, "pattern": cls.pattern}


class _IsoDate(_Iso):
    pattern = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
    format = "date"

    @staticmethod
    def schema(*, strict: bool) -> CoreSchema:
        return core_schema.date_schema(strict=strict, ge=EARLIEST, le=LATEST)


class _IsoInstant(_Iso):
    pattern = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}"
    format = "date-time"

    @staticmethod
    def schema(*, strict: bool) -> CoreSchema:
        return core_schema.datetime_schema(strict=strict, tz_constraint="aware", ge=FIRST_INSTANT, le=LAST_INSTANT)


BusinessDate = Annotated[date, _IsoDate]
"""`YYYY-MM-DD`."""

Instant = Annotated[datetime, _IsoInstant]
"""RFC 3339 with an offset."""


def _known_zone(name: str) -> str:
    try:
        zone(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("is no IANA time zone such as Europe/Berlin") from error
    return name


TimeZone = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_known_zone)]
"""An IANA name."""
