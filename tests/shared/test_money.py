"""Amounts keep their value between major and minor units and round half to even."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.money import convert, exponent, to_major, to_minor


class Rates(NamedTuple):
    reporting: str
    rates: dict[str, Decimal]


EURO = Rates("EUR", {"USD": Decimal("0.9"), "JPY": Decimal("0.00625"), "KWD": Decimal(3), "XAU": Decimal(2000)})


@pytest.mark.parametrize(
    ("currency", "places"),
    [
        pytest.param("EUR", 2, id="most currencies have cents"),
        pytest.param("JPY", 0, id="the yen has no minor unit"),
        pytest.param("KWD", 3, id="the dinar has a thousand fils"),
        pytest.param("CLF", 4, id="the unidad de fomento has four places"),
    ],
)
def test_the_minor_unit_is_that_of_iso_4217(currency, places):
    assert exponent(currency) == places


@pytest.mark.parametrize("currency", ["XAU", "QQQ", "eur", ""])
def test_a_code_without_a_minor_unit_is_a_value_error(currency):
    with pytest.raises(ValueError, match=r"minor unit|not a valid"):
        exponent(currency)


@pytest.mark.parametrize(
    ("major", "currency", "minor"),
    [
        pytest.param(100_000, "EUR", 10_000_000, id="a whole amount"),
        pytest.param(100_000, "JPY", 100_000, id="no minor unit, nothing to scale"),
        pytest.param(Decimal("0.125"), "EUR", 12, id="half goes down to even"),
        pytest.param(Decimal("0.135"), "EUR", 14, id="half goes up to even"),
        pytest.param(Decimal("-0.125"), "EUR", -12, id="a negative half too"),
    ],
)
def test_major_units_become_whole_minor_units(major, currency, minor):
    assert to_minor(major, currency) == minor


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        pytest.param(1234, "EUR", 1234, id="the reporting currency stays as it is"),
        pytest.param(1000, "USD", 900, id="same places"),
        pytest.param(1000, "JPY", 625, id="from no places to two"),
        pytest.param(1000, "KWD", 300, id="from three places to two"),
        pytest.param(5, "USD", 4, id="4.5 rounds to even"),
        pytest.param(15, "USD", 14, id="13.5 rounds to even"),
        pytest.param(1000, "CHF", None, id="no rate, no amount"),
    ],
)
def test_conversion_goes_by_the_table_or_not_at_all(amount, currency, expected):
    assert convert(amount, currency, EURO) == expected


@given(st.integers(-(10**15), 10**15), st.sampled_from(["EUR", "JPY", "KWD", "CLF"]))
def test_minor_to_major_and_back_is_the_same(minor, currency):
    assert to_minor(to_major(minor, currency), currency) == minor
