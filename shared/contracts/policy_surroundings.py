"""Policy: the calendar, the money and the channels that all work is done in."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from shared.contracts.data import Currency
from shared.contracts.dates import BusinessDate, TimeZone
from shared.contracts.policy_numbers import OFF, TIME_OF_DAY, Number, Section
from shared.contracts.values import ConsentPurpose
from shared.money import exponent


class Window(Section):
    """Wall-clock time of a working day, from `begin` until just before `end`."""

    begin: Annotated[str, Field(pattern=TIME_OF_DAY)]
    end: Annotated[str, Field(pattern=r"^(?:([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]


def _apart(windows: tuple[Window, ...]) -> tuple[Window, ...]:
    times = [clock for window in windows for clock in (window.begin, window.end)]
    if times != sorted(set(times)):
        raise ValueError("windows of a day must be in order, each ending before the next begins")
    return windows


Windows = Annotated[tuple[Window, ...], Field(min_length=1, max_length=10), AfterValidator(_apart)]


class Calendar(Section):
    """`working_days` off: every day is one. Holidays are none; make-up days are, whatever weekday they fall on.

    `windows`: when somebody is there, by weekday, `default` for the weekdays that are not named; off: all day long.
    """

    time_zone: TimeZone
    working_days: (
        OFF
        | Annotated[
            tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...], Field(min_length=1, max_length=7)
        ]
    )
    holidays: Annotated[tuple[BusinessDate, ...], Field(max_length=10_000)]
    make_up_days: Annotated[tuple[BusinessDate, ...], Field(max_length=10_000)]
    windows: OFF | dict[Literal["default", "mon", "tue", "wed", "thu", "fri", "sat", "sun"], Windows]

    @model_validator(mode="after")
    def _windows_have_a_default(self) -> Self:
        if self.windows != "off" and "default" not in self.windows:
            raise ValueError("calendar.windows lacks default")
        return self


def _minted(currency: str) -> str:
    try:
        exponent(currency)
    except ValueError:
        raise ValueError("is no currency of ISO 4217 with a minor unit") from None
    return currency


class CurrencySection(Section):
    """`rates`: how many major units of `reporting` one major unit of the currency is worth."""

    reporting: Annotated[Currency, AfterValidator(_minted)]
    rates: dict[Annotated[Currency, AfterValidator(_minted)], Annotated[Number, Field(gt=0)]]


class Channel(Section):
    """`capability`: call and visit are real contacts, write is not. `cost` of one contact."""

    capability: Literal["call", "visit", "write"]
    consent_purpose: ConsentPurpose
    cost: Annotated[Number, Field(ge=0)]
