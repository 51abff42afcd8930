"""A Postgres of a bench's own, and the CPU that it costs."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.measure.processes import costs
from holdfast.local.databases import create_databases
from holdfast.local.postgres import EmbeddedPostgres


class Server:
    """An embedded Postgres that runs."""

    def __init__(self, postgres: EmbeddedPostgres) -> None:
        self._postgres = postgres

    def database(self, name: str) -> str:
        """DSN of a new one, made as a deployment makes a service's; through a socket where there is one."""
        dsns = asyncio.run(create_databases(self._postgres.dsn, (name,)))
        return self._postgres.beside(dsns[name])

    def cpu_s(self) -> float:
        """Seconds of all its processes, ended ones included."""
        assert self._postgres.process
        return costs({"postgres": self._postgres.process.pid})["postgres"].cpu_s


@contextmanager
def own_postgres(*, synced: bool = True) -> Iterator[Server]:
    """In a temporary folder, for as long as the block runs. `synced` as in `EmbeddedPostgres`."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        postgres = EmbeddedPostgres(Path(folder) / "postgres", Path(folder) / "postgres.log", synced=synced)
        postgres.start()
        try:
            yield Server(postgres)
        finally:
            postgres.stop()
