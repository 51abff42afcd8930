"""A database and a role per service: bounded, private, and never somebody else's."""

from __future__ import annotations

import asyncpg
import pytest

from holdfast.journal.databases import connections_to
from holdfast.local.databases import (
    ROLE_SETTINGS,
    NotOurs,
    connected,
    create_databases,
    drop_databases,
    dsn_of,
    name_of,
)
from holdfast.local.postgres import EmbeddedPostgres


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("postgres")
    postgres = EmbeddedPostgres(folder / "data", folder / "postgres.log")
    postgres.start()
    yield postgres
    postgres.stop()


@pytest.fixture
async def dsns(server):
    yield await create_databases(server.dsn)
    await drop_databases(server.dsn)


async def test_every_wait_of_a_role_is_bounded(dsns):
    async with connected(dsns["profile"]) as connection:
        for option, value in ROLE_SETTINGS.items():
            assert await connection.fetchval("select current_setting($1)", option) == value
        assert await connection.fetchval("show fsync") == "on"


async def test_a_snapshot_of_all_is_read_for_as_long_as_it_takes(dsns):
    async with connections_to(dsns) as connections:
        for connection in connections.values():
            for option in ("idle_in_transaction_session_timeout", "transaction_timeout"):
                assert await connection.fetchval("select current_setting($1)", option) == "0"


async def test_a_service_cannot_enter_anothers_database(dsns):
    other = dsns["profile"].rpartition("/")[0] + "/" + name_of("grading")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with connected(other):
            pass


async def test_databases_are_kept_and_passwords_are_new(server, dsns):
    async with connected(dsns["profile"]) as connection:
        await connection.execute("create table kept (id int)")
    again = await create_databases(server.dsn)
    async with connected(again["profile"]) as connection:
        assert await connection.fetchval("select count(*) from kept") == 0
    with pytest.raises(asyncpg.InvalidPasswordError):
        async with connected(dsns["profile"]):
            pass


async def test_somebody_elses_database_is_left_alone(server):
    async with connected(server.dsn) as connection:
        await connection.execute("create database holdfast_profile")
        try:
            for touch in (create_databases, drop_databases):
                with pytest.raises(NotOurs, match="holdfast_profile"):
                    await touch(server.dsn)
        finally:
            await connection.execute("drop database holdfast_profile")


async def test_a_role_that_may_create_is_enough(server):
    async with connected(server.dsn) as connection:
        await connection.execute("create role maker login createrole createdb password 'a word'")
    maker = dsn_of(server.dsn, "postgres", "maker", "a word")
    assert set(await create_databases(maker, ["another"])) == {"another"}
    assert await drop_databases(maker, ["another"]) == ["holdfast_another"]


@pytest.mark.faults
async def test_a_killed_server_comes_back_with_what_it_had_committed(server):
    async with connected(server.dsn) as connection:
        await connection.execute("create table told (id int)")
        await connection.execute("insert into told values (1)")
        server.kill()
    server.restart()
    async with connected(server.dsn) as connection:
        assert await connection.fetchval("select count(*) from told") == 1


def test_dsn_keeps_host_and_parameters():
    assert dsn_of("postgresql://a:b@db:5432/x?sslmode=verify-full", "d", "r", "p@ss") == (
        "postgresql://r:p%40ss@db:5432/d?sslmode=verify-full"
    )


@pytest.mark.parametrize(
    "folder", ["\u5ba2\u6237\u6863\u6848" * 8, "Acme, Inc"], ids=["a long path in UTF-8", "a comma"]
)
def test_a_folder_that_takes_no_socket_still_takes_a_server(tmp_path, folder):
    postgres = EmbeddedPostgres(tmp_path / folder / "data", tmp_path / "postgres.log")
    assert postgres.beside("postgresql://a:b@127.0.0.1:5/c") == "postgresql://a:b@127.0.0.1:5/c"
    postgres.start()
    postgres.stop()
