"""On a terminal the demo stays up: what it prints to try works as printed, and Ctrl-C ends it cleanly."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.driving.local import IN_BACKGROUND, ports_in_a_row

SECONDS = 240
STAYS = "It stays up until Ctrl-C"


class Terminal:
    """What a process prints on a terminal of its own."""

    def __init__(self, process: subprocess.Popen[bytes], screen: int) -> None:
        self.process = process
        self.text = ""
        threading.Thread(target=self._read, args=(screen,), daemon=True).start()

    def _read(self, screen: int) -> None:
        try:
            while chunk := os.read(screen, 65_536):
                self.text += chunk.decode(errors="replace")
        except OSError:  # the process has ended
            return

    def wait_for(self, words: str) -> str:
        deadline = time.monotonic() + SECONDS
        while words not in self.text and self.process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.1)
        assert words in self.text, self.text[-3000:]
        return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", self.text).replace("\r", "")


@contextmanager
def demo_on_a_terminal(data: Path) -> Iterator[Terminal]:
    screen, terminal = pty.openpty()
    command = [
        *IN_BACKGROUND,
        sys.executable,
        "-m",
        "holdfast.cli",
        "demo",
        "--customers",
        "5",
        "--until",
        "1997-01-03",
    ]
    command += ["--data", str(data), "--port", str(ports_in_a_row())]
    process = subprocess.Popen(
        command, stdin=terminal, stdout=terminal, stderr=terminal, env=os.environ | {"TERM": "xterm", "COLUMNS": "100"}
    )
    os.close(terminal)
    try:
        yield Terminal(process, screen)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        os.close(screen)


@pytest.mark.slow
def test_what_it_prints_to_try_works_and_it_stops_cleanly(tmp_path: Path):
    with demo_on_a_terminal(tmp_path / "stack") as terminal:
        said = terminal.wait_for(STAYS)
        work, complaint, followup = [line for line in said.splitlines() if line.startswith("curl ")]
        assert json.loads(_sh(work))["items"] is not None
        accepted, _, cases = _sh(complaint).partition("}{")
        assert json.loads(accepted + "}")["result"] == "accepted"
        assert json.loads("{" + cases)["items"][0]["complaint_id"] == "my-complaint"
        assert json.loads(_sh(followup))["status"] == "completed"
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.process.wait(60) == 0
        assert "Traceback" not in terminal.text


def _sh(line: str) -> str:
    return subprocess.run(line, shell=True, capture_output=True, text=True, check=True, timeout=60).stdout
