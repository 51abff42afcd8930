"""Where the simulated clock halts, and how people write instants and durations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from holdfast.local.clock import parse_duration, parse_instant, stops


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


HALTS = {
    "within a day there is no midnight": ("2025-03-01T08:00", "2025-03-01T20:00", "UTC", ["2025-03-01T20:00"]),
    "each day's 00:00 and then the target": (
        *("2025-03-01T08:00", "2025-03-03T01:00", "UTC"),
        ["2025-03-02T00:00", "2025-03-03T00:00", "2025-03-03T01:00"],
    ),
    "a target at 00:00 is one halt": ("2025-03-01", "2025-03-02", "UTC", ["2025-03-02T00:00"]),
    "days are the deployment's": (
        *("2025-03-01T08:00", "2025-03-01T20:00", "Asia/Shanghai"),
        ["2025-03-01T16:00", "2025-03-01T20:00"],
    ),
    "the day that is an hour short": (
        *("2025-03-29T23:00", "2025-03-31T00:00", "Europe/Berlin"),
        ["2025-03-30T22:00", "2025-03-31T00:00"],
    ),
    "where it stands already it halts once": ("2025-03-01", "2025-03-01", "UTC", ["2025-03-01T00:00"]),
}


@pytest.mark.parametrize(("now", "to", "zone", "halts"), HALTS.values(), ids=HALTS.keys())
def test_halts(now, to, zone, halts):
    assert list(stops(at(now), at(to), zone)) == [at(halt) for halt in halts]


@pytest.mark.parametrize(
    ("text", "zone", "instant"),
    [
        pytest.param("2025-03-01", "UTC", "2025-03-01T00:00", id="a date is its 00:00"),
        pytest.param("2025-03-01", "Asia/Shanghai", "2025-02-28T16:00", id="in the deployment's zone"),
        pytest.param("2025-03-01T08:00:00+08:00", "UTC", "2025-03-01T00:00", id="an instant keeps its own offset"),
        pytest.param("2025-03-01T08:00:00Z", "Asia/Shanghai", "2025-03-01T08:00", id="Z is UTC"),
    ],
)
def test_instants(text, zone, instant):
    assert parse_instant(text, zone) == at(instant)


@pytest.mark.parametrize("text", ["2025-03-01T08:00", "soon", "2025-13-01", ""])
def test_no_instant(text):
    with pytest.raises(ValueError, match=r".+"):
        parse_instant(text, "UTC")


def test_durations():
    assert parse_duration("1d") == timedelta(days=1)
    assert parse_duration("2w1d12h") == timedelta(days=15, hours=12)


@pytest.mark.parametrize("text", ["", "1", "d", "1 d", "-1d", "1y"])
def test_no_duration(text):
    with pytest.raises(ValueError, match="write for example 1d"):
        parse_duration(text)
