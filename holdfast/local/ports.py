"""Loopback ports: finding a free one, waiting until somebody listens."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

from holdfast.local.process import LOOPBACK


class NotReady(Exception):
    """A process did not come up in time, or ended before it did."""


def free_port() -> int:
    """A port on loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def listens(port: int) -> bool:
    try:
        socket.create_connection((LOOPBACK, port), timeout=0.5).close()
    except OSError:
        return False
    return True


def wait_until(ready: Callable[[], bool], ended: Callable[[], bool], seconds: float) -> bool:
    """True once it is ready, False when it ended before; raises NotReady after so many seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if ready():
            return True
        if ended():
            return False
        time.sleep(0.02)
    raise NotReady(f"not ready after {seconds:.0f} s")
