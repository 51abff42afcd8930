"""A demo adds up; recorded and played into an empty stack it ends the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from holdfast.journal.lines import read_lines, write_lines
from tests.demo.shuffling import shuffled

LAWS = ("orders in = orders in files", "one open follow-up for each of", "every dead letter is explained")
TABLES = ("Grades and journals", "Work list", "Open cases", "Refused, and why", "One customer", "Throughput")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, play_demo: Callable[..., str]) -> tuple[Path, str]:
    """A demo of twenty customers, a month of history and two weeks: its stack's folder, and what it printed."""
    data = tmp_path_factory.mktemp("demo")
    return data, play_demo(data, 20, "1997-02-16", lived=16)


def test_a_demo_adds_up_and_says_what_became_of_it(small: tuple[Path, str]):
    said = small[1]
    assert [law for law in LAWS if f"holds  {law}" not in said] == []
    assert [title for title in TABLES if title not in said] == []


def test_a_recording_ends_the_same_with_its_customers_shuffled(
    small: tuple[Path, str], tmp_path: Path, holdfast: Callable, replay_equals: Callable[[Path, Path, Path], str]
):
    recording = _recorded(small[0], tmp_path, holdfast)
    file = tmp_path / "shuffled.jsonl"
    file.write_bytes(b"".join(write_lines(shuffled(read_lines(recording), 7))))
    replay_equals(file, small[0], tmp_path / "again")


@pytest.mark.slow
def test_the_demo_ends_the_same_in_order_and_shuffled(
    tmp_path: Path,
    holdfast: Callable,
    play_demo: Callable[..., str],
    replay_equals: Callable[[Path, Path, Path], str],
):
    """The claim of the recording, with a thousand completions: all tables but a listed few, with another secret."""
    play_demo(tmp_path / "demo", 600, "1998-06-30", lived=330)
    recording = _recorded(tmp_path / "demo", tmp_path, holdfast)
    doors = Counter(line.door for line in read_lines(recording))
    assert doors["http"] >= 1_000
    assert doors["clock"] >= 300
    replay_equals(recording, tmp_path / "demo", tmp_path / "again")
    file = tmp_path / "shuffled.jsonl"
    file.write_bytes(b"".join(write_lines(shuffled(read_lines(recording), 11))))
    replay_equals(file, tmp_path / "demo", tmp_path / "shuffled")


def _recorded(data: Path, folder: Path, holdfast: Callable) -> Path:
    done = holdfast("record", "--data", data, "--out", folder / "recording.jsonl")
    assert done.returncode == 0, done.stderr
    return folder / "recording.jsonl"
