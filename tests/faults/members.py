"""The processes under test: started, killed, and started again with another point at which to die."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[2]
KILLED, DIED_AT_POINT = -9, 137


@dataclass
class Member:
    """One replica of one service. `environment` is all that it is told beside its crash point."""

    service: str
    replica: int
    port: int
    environment: dict[str, str]
    logs: Path
    process: subprocess.Popen[bytes] | None = None
    crash_at: str = ""
    starts: int = 0
    deaths: Counter[str] = field(default_factory=Counter)
    """Cause of death -> how often."""
    stood_at: int = 0
    """What the service had read in all when this process was started."""

    @property
    def name(self) -> str:
        return f"{self.service}-{self.replica}"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, crash_at: str = "") -> None:
        """`crash_at`: a named point and a count, `before_commit:3`, or nothing."""
        self.crash_at = crash_at
        self.starts += 1
        self.process = subprocess.Popen(
            [sys.executable, "-m", f"services.{self.service}", "run"],
            cwd=ROOT,
            env={**os.environ, **self.environment, "HOLDFAST_CRASH_AT": crash_at},
            stdout=self._log(),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def _log(self) -> IO[bytes]:
        return (self.logs / f"{self.name}.log").open("ab")

    def kill(self) -> None:
        """SIGKILL, at whatever it is doing."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def died(self) -> str | None:
        """Its cause of death, counted once, or None while it lives or was never started."""
        if self.process is None or (status := self.process.poll()) is None:
            return None
        self.process = None
        cause = {KILLED: "random", DIED_AT_POINT: self.crash_at.partition(":")[0]}.get(status, f"status {status}")
        self.deaths[cause] += 1
        return cause

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()
        self.process = None

    def migrate(self) -> None:
        subprocess.run(
            [sys.executable, "-m", f"services.{self.service}", "migrate"],
            cwd=ROOT, env={**os.environ, **self.environment}, stdout=self._log(), stderr=subprocess.STDOUT, check=True,
        )  # fmt: skip
