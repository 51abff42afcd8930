"""Policy: the calendar, the money and the channels that all work is done in."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from shared.contracts.data import Currency
from shared.contracts.dates import BusinessDate, TimeZone
from shared.contracts.policy_numbers import OFF, Number, Section
from shared.contracts.values import ConsentPurpose
from shared.money import exponent


class Calendar(Section):
    """`working_days` off: every day is one. Holidays are none; make-up days are, whatever weekday they fall on."""

    time_zone: TimeZone
    working_days: (
        OFF
        | Annotated[
            tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...], Field(min_length=1, max_length=7)
        ]
    )
    holidays: Annotated[tuple[BusinessDate, ...], Field(max_length=10_000)]
    make_up_days: Annotated[tuple[BusinessDate, ...], Field(max_length=10_000)]


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
