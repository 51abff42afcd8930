"""One compose project of the tests: its own name, ports and tag, and the ways to look at it and to break it."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2

from holdfast.local.ports import free_port

ROOT = Path(__file__).parents[2]
BASE = ROOT / "docker-compose.yml"
SERVICES = ("profile", "grading", "scheduler", "feedback")
PORTS = {"profile": 8101, "grading": 8102, "scheduler": 8103, "feedback": 8104, "kafka": 9092}
"""What docs and README call them; a project has others."""
START_SECONDS = 600


def engine() -> str | None:
    """Why no containers can run here; None where they can."""
    try:
        for what in (["docker", "info"], ["docker", "compose", "version"]):
            subprocess.run(what, check=True, capture_output=True, timeout=30)
    except FileNotFoundError:
        return "there is no docker command"
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return "no Docker engine answers, or it has no `docker compose`"
    return None


class Project:
    """`files`: laid over each other. Nothing runs until `up`."""

    def __init__(self, *files: Path) -> None:
        self.files = files or (BASE,)
        self.name = f"holdfast-{secrets.token_hex(3)}"
        self.ports = {name: free_port() for name in PORTS}
        told = {f"HOLDFAST_{name.upper()}_PORT": str(port) for name, port in self.ports.items()}
        self.environment = {**os.environ, "COMPOSE_PROJECT_NAME": self.name, "HOLDFAST_VERSION": "tests", **told}
        self.http = httpx2.Client(timeout=10)

    # -- compose

    def run(self, *command: str, seconds: float = 120) -> str:
        """What it prints; raises AssertionError with all that it said where it fails."""
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=seconds, check=False
        )
        assert done.returncode == 0, f"{' '.join(command)}: {done.returncode}\n{done.stdout}\n{done.stderr[-8_000:]}"
        return done.stdout

    def compose(self, *words: str, seconds: float = 120) -> str:
        files = [word for file in self.files for word in ("-f", str(file))]
        return self.run("docker", "compose", *files, *words, seconds=seconds)

    def up(self) -> None:
        """From whatever there is, until every container is healthy."""
        try:
            self.compose("up", "--build", "--detach", "--wait", seconds=START_SECONDS)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.compose('logs', '--tail', '20')}") from error

    def end(self) -> None:
        """Containers, networks and data are gone."""
        self.compose("down", "--volumes", "--timeout", "10")
        self.http.close()

    # -- looking

    @property
    def token(self) -> str:
        return self.compose("exec", "-T", "profile", "cat", "/run/holdfast/holdfast_token").strip()

    def containers(self) -> dict[str, dict[str, Any]]:
        """Service -> how its container is."""
        lines = self.compose("ps", "--format", "json").splitlines()
        return {one["Service"]: one for one in map(json.loads, lines)}

    def is_well(self, service: str) -> bool:
        found = self.containers().get(service, {})
        return found.get("State") == "running" and found.get("Health") == "healthy"

    def get(self, service: str, path: str, token: str, **query: Any) -> Any:
        """Its answer as JSON; None while nobody can give one."""
        url = f"http://127.0.0.1:{self.ports[service]}{path}"
        try:
            answer = self.http.get(url, params=query, headers={"Authorization": f"Bearer {token}"})
        except httpx2.TransportError:
            return None
        return answer.json() if answer.status_code == 200 else None

    def send(self, event: dict[str, Any], token: str) -> bool:
        """Over HTTP at profile; whether it was accepted."""
        url = f"http://127.0.0.1:{self.ports['profile']}/v1/events"
        try:
            answer = self.http.post(url, json=event, headers={"Authorization": f"Bearer {token}"})
        except httpx2.TransportError:
            return False
        assert answer.status_code < 400 or answer.status_code == 503, answer.text
        return answer.status_code < 400

    # -- breaking

    def kill(self, service: str) -> None:
        """SIGKILL to the container's first process, which the engine takes for a crash and not for our wish."""
        pid = self.run("docker", "inspect", "--format", "{{.State.Pid}}", self.containers()[service]["ID"]).strip()
        helper = ["docker", "run", "--rm", "--pid=host", "--user=0", "--entrypoint=sh", "postgres:18"]
        self.run(*helper, "-c", f"kill -9 {pid}")

    # -- as it is printed

    def printed(self, text: str) -> str:
        """A command of the documentation for the ports of this project."""
        return re.sub(
            r"localhost:(\d{4})",
            lambda found: f"localhost:{next(self.ports[n] for n, port in PORTS.items() if port == int(found[1]))}",
            text,
        )


def until(holds: Callable[[], Any], seconds: float = 120) -> Any:
    """What it gives once that is something. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds} s: {holds}")
        time.sleep(0.5)
    return found
