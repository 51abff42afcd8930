"""`python -m services.<name> [run|migrate [--contract]|health|check|verify|rebuild|audit [HEAD]|job NAME [GIVEN]]`."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import structlog
import uvicorn
import uvloop
from fastapi import FastAPI
from pydantic import ValidationError

from shared import logs
from shared.contracts.policy import PolicyInvalid
from shared.engine.process import Service
from shared.engine.rebuild import Progress
from shared.engine.settings import EngineSettings
from shared.engine.workshop import leave
from shared.laws import Law, broken
from shared.postgres.migrations import MigrationChanged, NotMigrated, migrate, to_contract
from shared.postgres.pool import INFRASTRUCTURE, UnsupportedServer, connect
from shared.web.audit import head_of, verify
from shared.web.credentials import CredentialsUnusable
from shared.web.health import ask

log = structlog.get_logger(__name__)

VERBS = ("run", "migrate", "health", "check", "verify", "rebuild", "audit", "job", "work")

Settings = Callable[[], EngineSettings]
Build = Callable[[Any], FastAPI]


def main(
    name: str, settings_of: Settings, build: Build, migrations: Path, arguments: Sequence[str] | None = None
) -> int:
    """Exit status 0, or 1 after one clear line on what is missing."""
    verb, *further = list(arguments if arguments is not None else sys.argv[1:]) or ["run"]
    if verb not in VERBS:
        return _say(f"{name}: unknown command {verb}; there are {', '.join(VERBS)}")
    try:
        settings = settings_of()
    except ValidationError as error:
        wrong = "; ".join(f"HOLDFAST_{str(e['loc'][-1]).upper()}: {e['msg'].lower()}" for e in error.errors())
        return _say(f"{name}: {wrong}")
    logs.configure(name, settings.log_format, settings.log_level)
    match verb:
        case "migrate":
            return asyncio.run(_migrate(name, settings, migrations, contract="--contract" in further))
        case "health":
            return ask(settings.host, settings.port)
        case "audit":
            return asyncio.run(_audit(name, settings, further))
        case _:
            return _serve(name, settings, build, [verb, *further])


def _say(line: str) -> int:
    sys.stderr.write(line + "\n")
    return 1


def _serve(name: str, settings: EngineSettings, build: Build, words: Sequence[str]) -> int:
    try:
        app = build(settings)
    except (CredentialsUnusable, PolicyInvalid, OSError) as error:
        where = "" if isinstance(error, CredentialsUnusable) else f"HOLDFAST_POLICY_FILE: {settings.policy_file}: "
        return _say(f"{name}: {where}{error}")
    service: Service = app.state.service
    match words:
        case ["run", *_]:
            return _run(name, settings, app)
        case ["work", worker]:
            return int(uvloop.run(_work(name, service, UUID(worker))))
        case ["job", kind, *given]:
            return int(uvloop.run(_job(name, service, kind, "".join(given) or "{}")))
        case ["check" | "verify" | "rebuild" as verb, *_]:
            laws = app.state.laws.laws
            return asyncio.run(
                _check(name, settings, laws) if verb == "check" else _rebuild(name, service, verb == "rebuild")
            )
        case _:
            known = ", ".join(job.kind for job in service.jobs)
            return _say(f"{name}: name a job; there are: {known}")


def _run(name: str, settings: EngineSettings, app: FastAPI) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            return _say(
                f"{name}: port {settings.port} on {settings.host} cannot be used: {error.strerror}; set HOLDFAST_PORT"
            )
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            settings.host,
            settings.port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=5,
        )
    )
    for ending in (signal.SIGINT, signal.SIGTERM):  # uvicorn raises again what has ended it, once all is wound down
        signal.signal(ending, lambda *_: None)
    server.run()
    return 0 if server.started else 1


async def _rebuild(name: str, service: Service, repair: bool) -> int:
    """Fold every stream from the journal again. 1 where one differs and was not to be put right."""
    progress = Progress(0, ())
    try:
        async for progress in service.rebuild(repair):
            sys.stderr.write(f"\r{name}: {progress.streams} streams folded again, {len(progress.different)} differ")
    except (NotMigrated, *INFRASTRUCTURE) as error:
        return _say(f"{name}: {error}; check HOLDFAST_DSN")
    sys.stderr.write("\n")
    for key in progress.different:
        sys.stdout.write(f"{key.kind} {key.id}\n")
    return 0 if repair or not progress.different else 1


async def _check(name: str, settings: EngineSettings, laws: Sequence[Law]) -> int:
    """Look for what breaks a law, the ids on standard output. 1 where there is any."""
    held = True
    try:
        async with asyncpg.create_pool(settings.dsn.get_secret_value(), min_size=1, max_size=1) as pool:
            for law in laws:
                ids = await broken(pool, law)
                sys.stderr.write(f"{name}: {f'BROKEN by {len(ids):,}' if ids else 'holds'}: {law.claim}\n")
                sys.stdout.writelines(f"{law.name} {id}\n" for id in ids)
                held = held and not ids
    except INFRASTRUCTURE as error:
        return _say(f"{name}: {error}; check HOLDFAST_DSN")
    return 0 if held else 1


async def _work(name: str, service: Service, worker: UUID) -> int:
    try:
        await service.work(worker)
    except (NotMigrated, *INFRASTRUCTURE) as error:
        return _say(f"{name}: {error}")
    return leave()


async def _job(name: str, service: Service, kind: str, given: str) -> int:
    """One job by hand, here or in the service that runs; what it found on standard output."""
    try:
        async for task in service.do(kind, msgspec.json.decode(given, type=dict[str, Any])):
            said = msgspec.json.encode(task.progress or {}).decode()
            sys.stderr.write(f"\r{name}: {kind} {task.state} {said}")
    except (NotMigrated, ValueError, *INFRASTRUCTURE) as error:
        return _say(f"{name}: {error}")
    sys.stderr.write("\n")
    if task.state != "done":
        return _say(f"{name}: {kind} is {task.state}: {task.detail or 'somebody cancelled it'}")
    if task.result is not None:
        sys.stdout.write(msgspec.json.encode(task.result).decode() + "\n")
    return 0


async def _audit(name: str, settings: EngineSettings, told: Sequence[str]) -> int:
    """Follow the chain of the audit log. 1 where it is broken, or the row that was told is not in it as it was."""
    try:
        known = head_of(told[0]) if told else None
        connection = await connect(settings.dsn.get_secret_value(), f"holdfast-{name}-audit")
    except ValueError:
        return _say(f"{name}: {told[0]} is no row of this log: give NUMBER:HASH, as `audit` prints it last")
    except INFRASTRUCTURE as error:
        return _say(f"{name}: the database does not answer: {error!r}; check HOLDFAST_DSN")
    try:
        verdict = await verify(connection, known)
    finally:
        await connection.close(timeout=2)
    if verdict.broken is not None:
        return _say(f"{name}: the audit log was changed: row {verdict.broken} does not follow from the one before it")
    sys.stderr.write(f"{name}: {verdict.rows} rows, each follows from the one before; the first is {verdict.first}\n")
    if verdict.head is not None:
        sys.stdout.write(f"{verdict.head}\n")
    return 0


async def _migrate(name: str, settings: EngineSettings, migrations: Path, *, contract: bool) -> int:
    try:
        connection = await connect(settings.dsn.get_secret_value(), f"holdfast-{name}-migrate")
    except INFRASTRUCTURE as error:
        return _say(f"{name}: the database does not answer: {error!r}; check HOLDFAST_DSN")
    try:
        for applied in await migrate(connection, migrations, contract=contract):
            log.info("migration_applied", name=applied)
        for waiting in await to_contract(connection, migrations):
            log.info("migration_waits_for_contract", name=waiting)
    except (MigrationChanged, UnsupportedServer, asyncpg.PostgresError) as error:
        return _say(f"{name}: {error}")
    finally:
        await connection.close(timeout=2)
    return 0
