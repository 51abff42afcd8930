"""Money: whole minor units of an ISO 4217 currency, and how they become those of another."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from typing import Protocol

from iso4217 import Currency

ONE = Decimal(1)


class Rates(Protocol):
    """The deployment's one reporting currency and its table of rates (policy `currency`)."""

    @property
    def reporting(self) -> str:
        """ISO 4217 code in which all amounts of our facts are."""

    @property
    def rates(self) -> Mapping[str, Decimal]:
        """Code -> how many major units of the reporting currency one major unit is worth."""


@lru_cache(maxsize=512)
def exponent(currency: str) -> int:
    """Decimal places between major and minor unit: EUR 2, JPY 0, BHD 3.

    Raises ValueError for a code that ISO 4217 does not list or that has no minor unit (gold, test codes).
    """
    places = Currency(currency).exponent
    if places is None:
        raise ValueError(f"{currency} has no minor unit")
    return places


def to_minor(major: Decimal | int, currency: str) -> int:
    """An amount of a policy (major units) in minor units, half to even."""
    return _whole(Decimal(major).scaleb(exponent(currency)))


def to_major(minor: int, currency: str) -> Decimal:
    """An amount of an event (minor units) in major units, exact."""
    return Decimal(minor).scaleb(-exponent(currency))


def convert(amount_minor: int, currency: str, policy: Rates) -> int | None:
    """The amount in minor units of the reporting currency, half to even; None where no rate says how."""
    if currency == policy.reporting:
        return amount_minor
    rate = policy.rates.get(currency)
    return None if rate is None else at_rate(amount_minor, currency, rate, policy.reporting)


def at_rate(amount_minor: int, currency: str, rate: Decimal, reporting: str) -> int:
    """As `convert`, at a rate of one's own."""
    return to_minor(to_major(amount_minor, currency) * rate, reporting)


def rate_of(currency: str, policy: Rates) -> Decimal | None:
    """What `convert` multiplies with; 1 for the reporting currency."""
    return ONE if currency == policy.reporting else policy.rates.get(currency)


def _whole(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_EVEN))
