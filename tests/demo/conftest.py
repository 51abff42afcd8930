"""A demo and its replays, as people run them: commands of their own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from holdfast.demo.commands import POLICY as POLICY_FILE
from tests.driving.local import ports_in_a_row, running

POLICY = yaml.safe_load(POLICY_FILE.read_text())["values"]
"""What the demo lays over the default."""
BEFORE = "1996-12-31T00:00:00Z"

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def holdfast() -> Command:
    """Runs `holdfast …` to its end."""

    def run(*words: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "holdfast.cli", *map(str, words)]
        return subprocess.run(command, capture_output=True, text=True, timeout=1500, check=False)

    return run


@pytest.fixture(scope="session")
def play_demo(holdfast: Command) -> Callable[..., str]:
    """Plays a demo to its end; what it printed."""

    def play(data: Path, customers: object, until: str, lived: int) -> str:
        port = ports_in_a_row()
        words = ("--customers", customers, "--until", until, "--lived", lived)
        done = holdfast("demo", *words, "--data", data, "--port", port)
        assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout

    return play


@pytest.fixture(scope="session")
def replay_equals(holdfast: Command) -> Callable[[Path, Path, Path], str]:
    """Plays a recording into an empty stack and compares it with the one that it was made of."""

    def replay(recording: Path, origin: Path, data: Path) -> str:
        with running(data, BEFORE, None, POLICY):
            done = holdfast("replay", recording, "--data", data, "--compare-with", origin)
        assert done.returncode == 0, f"{done.stdout[-6000:]}\n{done.stderr[-3000:]}"
        return done.stderr

    return replay
