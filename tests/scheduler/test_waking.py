"""Wake-ups through changes of the clock and kills; `make year` runs a million of them."""

from __future__ import annotations

import pytest

from bench.waking.year import Size, Year


@pytest.mark.parametrize(
    "size", [Size(16, 16, kills=0.4), pytest.param(Size(200, 100), marks=pytest.mark.slow)], ids=["some", "more"]
)
def test_of_a_year_with_jumps_and_kills_no_wake_up_is_early_twice_or_lost(database_of, size):
    verdict = Year(database_of("scheduler"), size).run()
    assert verdict.is_clean, verdict
    assert verdict.wakes > 25 * size.customers
    assert min(verdict.jumps, verdict.killed + verdict.cut) > 0
