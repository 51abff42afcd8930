"""`holdfast local up` as a process of its own: what people get when they type it."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from holdfast.local.process import LOOPBACK, tail
from holdfast.local.state import StackState, load_state

PORTS = 10
CHOSEN = range(10_000, 32_000, PORTS)
OTHERS = (
    "KAFKA_BOOTSTRAP",
    "POSTGRES_DSN",
    "HOLDFAST_OTLP_ENDPOINT",
    "HOLDFAST_TOKEN",
    "HOLDFAST_AGENT_TOKEN",
    "HOLDFAST_SECRET",
    "HOLDFAST_KEYS_FILE",
)
"""What names somebody else's servers: never for tests."""
IN_BACKGROUND = ("sh", "-c", "trap '' INT; exec \"$@\"", "sh")
"""Starts a command as a script starts one with `&`: deaf to Ctrl-C until it listens by itself."""


@contextmanager
def running(data: Path, now: str, bootstrap: str | None, policy: Mapping[str, Any] | None = None) -> Iterator[Path]:
    """A whole stack with a simulated clock for as long as the block runs; its data folder.

    `bootstrap`: a broker; the embedded one where None. `policy`: values laid over the default.
    """
    data.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "holdfast.cli", "local", "up", "--clock", "simulated", "--now", now]
    command += ["--data", str(data), "--port", str(ports_in_a_row())]
    command += ["--kafka", bootstrap] if bootstrap else []
    if policy is not None:
        (data / "policy.yaml").write_text(json.dumps({"values": policy}))
        command += ["--policy", str(data / "policy.yaml")]
    kept = {name: value for name, value in os.environ.items() if name not in OTHERS}
    prefix = {"HOLDFAST_TOPIC_PREFIX": f"t{secrets.token_hex(4)}."} if bootstrap else {}
    with (data / "up.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, env=kept | prefix, process_group=0)
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"{"), f"no stack: {tail(data / 'up.log')}"
        yield data
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(120)


def state_of(data: Path) -> StackState:
    """How to reach it."""
    return load_state(data)


def ports_in_a_row() -> int:
    """The first of ten that are free, below those that the system gives to connections."""
    while True:
        first = secrets.choice(CHOSEN)
        if all(_is_free(first + n) for n in range(PORTS)):
            return first


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
