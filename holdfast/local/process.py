"""Child processes: started with a log of their own, ended with their parent, stopped within a bounded time."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

Orphaned = Literal["KILL", "TERM", "INT"]
"""What a child gets when its parent dies without a word."""

LOOPBACK = "127.0.0.1"


def start(
    command: Sequence[str],
    log: Path,
    *,
    environment: Mapping[str, str] | None = None,
    orphaned: Orphaned = "KILL",
    unprivileged: bool = False,
) -> subprocess.Popen[bytes]:
    """Start a process whose output is appended to `log`, in a process group of its own (Ctrl-C is the parent's affair).

    `unprivileged`: where we are root it runs as nobody, who may still reach files below folders of root.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            [*_wrapper(orphaned, drop=unprivileged and is_root()), *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=None if environment is None else {**os.environ, **environment},
            process_group=0,
        )


def stop(process: subprocess.Popen[bytes], seconds: float, first: signal.Signals = signal.SIGTERM) -> None:
    """Ask it to end; kill it when it has not after so many seconds."""
    if process.poll() is None:
        process.send_signal(first)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL, and wait until it is gone."""
    process.kill()
    process.wait()


def is_alive(pid: int) -> bool:
    """Whether this process runs; a zombie that nobody has collected yet does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return not Path("/proc/self").exists()
    return state != "Z"


def children(pid: int) -> list[int]:
    """The processes that it started; none where the system does not say."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in listed.read_text().split()] if listed.exists() else []


def end_all(pids: Sequence[int], seconds: float) -> None:
    """Wait until they are gone; kill those that are not after so many seconds."""
    deadline = time.monotonic() + seconds
    while (left := [pid for pid in pids if is_alive(pid)]) and time.monotonic() < deadline:
        time.sleep(0.02)
    for pid in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def tail(log: Path, lines: int = 30) -> str:
    """The last lines of a log, for a message to a person."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else f"{log} is empty"


def is_root() -> bool:
    return os.geteuid() == 0


def _wrapper(orphaned: Orphaned, *, drop: bool) -> list[str]:
    setpriv = shutil.which("setpriv")
    if setpriv is None:  # not Linux: children of a parent that was killed stay
        return []
    return [setpriv, "--pdeathsig", orphaned, *(_nobody() if drop else []), "--"]


def _nobody() -> list[str]:
    import pwd  # noqa: PLC0415 - not on every system

    nobody = pwd.getpwnam("nobody")
    reach = "+dac_override"  # a data folder may lie below one that only root may enter
    return [
        *(f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"),
        *(f"--inh-caps={reach}", f"--ambient-caps={reach}"),
    ]
