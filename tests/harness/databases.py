"""A database per test, cloned from a template that is migrated once a session."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest

from holdfast.local.databases import DROP, connected, create_database, create_role, dsn_of, run
from shared.postgres.migrations import migrate

ROOT = Path(__file__).parents[2]
T = TypeVar("T")


def blocking(work: Coroutine[Any, Any, T]) -> T:
    """Run it on a loop of its own, beside the loop that an asynchronous test may have."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


class Databases:
    """Clones on one server. `admin`: the superuser's DSN; names begin with a token of this session."""

    def __init__(self, admin: str) -> None:
        self.admin = admin
        self.token = f"t{secrets.token_hex(4)}"
        self.password = secrets.token_urlsafe(16)
        self.names: list[str] = []
        self._templates: dict[Path, str] = {}

    def dsn(self, name: str) -> str:
        return dsn_of(self.admin, name, self.token, self.password)

    async def fresh(self, migrations: Path) -> str:
        """DSN of a database of its own with the engine's tables and those of this folder."""
        if migrations not in self._templates:
            self._templates[migrations] = await self._template(migrations)
        return self.dsn(await self._create(self._templates[migrations]))

    async def drop(self, dsn: str) -> None:
        name = dsn.rpartition("/")[2]
        async with connected(self.admin) as connection:
            await run(connection, DROP, name)
        self.names.remove(name)

    async def drop_all(self) -> None:
        for name in list(self.names):
            await self.drop(self.dsn(name))

    async def _template(self, migrations: Path) -> str:
        async with connected(self.admin) as connection:
            await create_role(connection, self.token, self.password)
        name = await self._create("template1")
        async with connected(self.dsn(name)) as connection:
            await migrate(connection, migrations)
        return name

    async def _create(self, template: str) -> str:
        name = f"{self.token}_{len(self.names)}_{secrets.token_hex(3)}"
        async with connected(self.admin) as connection:
            await create_database(connection, name, self.token, template)
        self.names.append(name)
        return name


@pytest.fixture(scope="session")
def databases(postgres_server: str) -> Iterator[Databases]:
    """Makes databases; drops them at the end."""
    made = Databases(postgres_server)
    yield made
    blocking(made.drop_all())


@pytest.fixture
def database_of(databases: Databases) -> Iterator[Callable[[str], str]]:
    """Service -> DSN of a database of this test alone."""
    made: list[str] = []

    def fresh(service: str) -> str:
        made.append(blocking(databases.fresh(ROOT / "services" / service / "migrations")))
        return made[-1]

    yield fresh
    for dsn in made:
        blocking(databases.drop(dsn))
