"""The processes under test: started, killed, and started again with another point at which to die."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from holdfast.local import process as processes

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
    module: str = ""
    """What is run where it is none of the four services."""
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
        self.process = processes.start(self._command("run"), self.log, environment=self._told(crash_at))

    @property
    def log(self) -> Path:
        return self.logs / f"{self.name}.log"

    def _command(self, verb: str) -> list[str]:
        return [sys.executable, "-m", self.module or f"services.{self.service}", verb]

    def _told(self, crash_at: str) -> dict[str, str]:
        return {**self.environment, "HOLDFAST_CRASH_AT": crash_at}

    def kill(self) -> None:
        """SIGKILL, at whatever it is doing."""
        assert self.process is not None
        processes.kill(self.process)

    def died(self) -> str | None:
        """Its cause of death, counted once, or None while it lives or was never started."""
        if self.process is None or (status := self.process.poll()) is None:
            return None
        self.process = None
        cause = {KILLED: "random", DIED_AT_POINT: self.crash_at.partition(":")[0]}.get(status, f"status {status}")
        self.deaths[cause] += 1
        return cause

    def stop(self) -> None:
        if self.process is not None:
            processes.stop(self.process, 15)
        self.process = None

    def migrate(self) -> None:
        status = processes.start(self._command("migrate"), self.log, environment=self.environment).wait(60)
        assert status == 0, processes.tail(self.log)

    def folded_again(self) -> list[str]:
        """Streams whose journals do not give the state that is stored, as the service's own command says."""
        told = {**os.environ, **self.environment}
        done = subprocess.run(self._command("verify"), capture_output=True, text=True, check=False, env=told)
        different = [f"{self.service}: {line} comes out different" for line in done.stdout.splitlines()]
        return different or ([done.stderr[-500:]] if done.returncode else [])
