"""The reference job's own parts: input, oracle, verdict, and what is read off logs and /proc."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from bench.measure.processes import Busy, Cost, parse_busy, parse_stat
from bench.measure.timeline import Sample, span
from bench.reference import ours
from bench.reference.job import DAY, NEVER, Standing, grade
from bench.reference.logs import Batch, last_relayed, milliseconds, percentile, read_batches, told_by
from bench.reference.oracle import answer_to
from bench.reference.records import Record, Size, records
from bench.reference.rounds import Batches, Measured, medians
from bench.reference.verdict import Found, faults, is_unbroken
from shared.engine.settings import EngineSettings

SIZE = Size(events=2_000, customers=100)
NOW = 1_000 * DAY


@pytest.fixture(scope="module")
def made() -> list[Record]:
    return records(SIZE)


def test_the_job_is_put_together_as_a_service():
    settings = EngineSettings(dsn="postgresql://u:p@h/d", kafka="h:1", token="a token of sixteen", _env_file=None)
    assert ours.build(settings).state.service.rules.service == "grading"


def test_the_same_seed_gives_the_same_input(made: list[Record]):
    assert records(SIZE) == made
    assert records(SIZE._replace(seed=8)) != made


def test_one_in_a_hundred_comes_twice_to_the_byte_and_some_of_them_late(made: list[Record]):
    places: dict[bytes, list[int]] = {}
    for n, record in enumerate(made):
        places.setdefault(record.value, []).append(n)
    twice = [found for found in places.values() if len(found) == 2]
    assert (len(made), len(places), len(twice)) == (2_020, 2_000, 20)
    assert any(last - first > 1_000 / 2 for first, last in twice)


def test_types_are_as_frequent_as_the_job_says(made: list[Record]):
    counts = Counter(json.loads(record.value)["type"].split(".")[3] for record in made)
    shares = {name: round(count / len(made), 1) for name, count in counts.items()}
    assert shares == {"interaction": 0.5, "order": 0.3, "complaint": 0.1, "survey": 0.1}


@pytest.mark.parametrize(
    ("standing", "expected"),
    [
        pytest.param(Standing(NOW, NOW, NOW, 10, 100_000, 0, 5, 1), "A", id="all that there is to gain is A"),
        pytest.param(Standing(NOW, NEVER, NEVER), "E", id="nothing known is E"),
        pytest.param(Standing(NOW, NOW, NOW - 30 * DAY, 2, 20_000), "B", id="a month is recent still"),
        pytest.param(Standing(NOW, NOW, NOW - 31 * DAY, 2, 19_999), "C", id="a day and a cent less is C"),
        pytest.param(Standing(NOW, NOW, NOW, 10, 100_000, 3), "C", id="three open complaints cost six points"),
        pytest.param(Standing(NOW, NOW, NOW, 10, 100_000, 9), "C", id="further ones cost nothing more"),
        pytest.param(Standing(NOW, NOW - 61 * DAY, NOW, 5, 20_000, 0, 2, 1), "C", id="a bad answer and a long silence"),
    ],
)
def test_grade(standing: Standing, expected: str):
    assert grade(standing) == expected


def test_the_right_answer_has_no_faults(made: list[Record]):
    right = answer_to(made)
    found = Found(right.events, right.records, right.standings, right.changes)
    assert (right.events, right.records) == (2_000, 2_020)
    assert faults(found, right) == []


def test_what_counts_a_duplicate_is_seen(made: list[Record]):
    order = next(record for record in made if b"order.placed" in record.value)
    again = order._replace(value=order.value.replace(b'"id":"', b'"id":"x'))
    right, other = answer_to(made), answer_to([*made, again])
    said = faults(Found(other.events, None, other.standings, other.changes), right)
    assert said[0] == "2001 events instead of 2000"
    assert said[1].startswith("1 of 100 states differ")


def test_a_batch_may_coalesce_but_not_break_its_chain(made: list[Record]):
    right = answer_to(made)
    short = {who: [(None, chain[-1][1])] for who, chain in right.changes.items()}
    assert faults(Found(changes=short), right, coalesces=True) == []
    assert faults(Found(changes=short), right)[0].endswith("customers' changes are not those of the oracle")
    lost = {who: chain[:-1] for who, chain in right.changes.items()}
    assert faults(Found(changes=lost), right, coalesces=True)[0].endswith("last grades differ")


@pytest.mark.parametrize(
    ("chain", "whole"),
    [
        pytest.param([(None, "E"), ("E", "D")], True, id="each goes on where the one before it ended"),
        pytest.param([(None, "E"), ("D", "C")], False, id="one is missing"),
        pytest.param([("E", "D")], False, id="the first is missing"),
        pytest.param([(None, "E"), ("E", "E")], False, id="one that changes nothing"),
        pytest.param([(None, "E"), (None, "E")], False, id="one said twice"),
    ],
)
def test_chain(chain: list[tuple[str | None, str]], whole: bool):
    assert is_unbroken(chain) is whole


def test_a_service_s_batches_are_read_off_its_log(tmp_path: Path):
    log = tmp_path / "log"
    lines = [
        {"event": "batch_applied", "inputs": 500, "timestamp": "2026-01-01T00:00:01Z"},
        {"event": "relayed", "timestamp": "2026-01-01T00:00:03Z"},
        {"event": "batch_applied", "inputs": 2000, "timestamp": "2026-01-01T00:00:02.5Z"},
    ]
    log.write_text("a warning\n" + "\n".join(map(json.dumps, lines)) + '\n{"event": "batch_ap')
    first, last = read_batches(log)
    assert (first.records, last.records, last.at - first.at) == (500, 2_000, 1.5)
    assert last_relayed(log) == first.at + 2


def test_a_peer_has_ended_once_it_says_so(tmp_path: Path):
    log = tmp_path / "log"
    assert told_by(log) is None
    log.write_text('{"what": "began", "at": 1.5}\n')
    assert told_by(log) is None
    log.write_text('{"what": "began", "at": 1.5}\n{"what": "ended", "at": 4, "records": 7}\n')
    assert told_by(log) == (1.5, 4, 7)


def test_percentiles_are_values_that_were_seen():
    spans = milliseconds([Batch(at, 1) for at in (0.0, 0.1, 0.4, 0.5)])
    assert [round(percentile(spans, share)) for share in (0.5, 0.99)] == [100, 300]
    assert percentile([], 0.5) == 0


def test_proc_is_read_as_the_kernel_writes_it():
    stat = "7 (a (b) c) S 1 7 7 0 -1 0 0 0 0 0 100 50 25 25 20 0 1 0 0 999 1000 0"
    assert parse_stat(stat)[:2] == (1, pytest.approx(200 / 100))
    assert parse_busy("cpu  100 100 100 500 100 50 50 0 0 0") == Busy(4.0, 6.0)


def test_a_span_lies_between_samples():
    samples = [Sample(float(n), {"service": Cost(n * 0.5, 10.0 + n)}, Busy(n * 1.0, n * 1.0)) for n in range(5)]
    seen = span(samples, 1.0, 3.5)
    assert seen.cpu_s == {"service": pytest.approx(1.25)}
    assert seen.rss_mb == {"service": 13.0}
    assert (seen.busy, seen.others) == (0.5, 0.25)


def test_medians_go_figure_by_figure():
    found = [Measured(n, 1.0, 1.0, 10.0 * n, 5.0, 0.5, 0.1, Batches(n, n, n)) for n in (1.0, 3.0, 2.0)]
    middle = medians(found)
    assert (middle.service, middle.records_per_s, middle.cpu) == (2.0, 20.0, 4.0)
    assert middle.batches == (2.0, 2.0, 2.0)
