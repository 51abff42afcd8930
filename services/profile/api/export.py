"""A person's right: to have all that is known about them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from uuid import UUID

import msgspec
import structlog
from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from services.profile.api.asked import Asked, file_of
from services.profile.queries.export import SECTIONS, ids_of, rows_of
from services.profile.queries.files import show_customer
from services.profile.queries.rows import Connection
from shared.engine.apply import Engine
from shared.postgres.pool import borrow
from shared.web.deps import engine_of

log = structlog.get_logger(__name__)
router = APIRouter()

IN_MEMORY, PIECE = 1_000_000, 65_536


@router.get("/customers/{customer_id}/export")
async def export_customer(request: Request, customer_id: UUID) -> StreamingResponse:
    """All of one instant: the file as it is shown, the rows of every table, and every input as it came (CN-05)."""
    engine = engine_of(request)
    kept: IO[bytes] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - whoever reads the answer closes it
    try:
        async with _one_instant(engine) as connection:
            file = await file_of(connection, customer_id)
            await _write(engine, connection, file, kept)
    except BaseException:
        kept.close()
        raise
    log.info("customer_exported", customer_id=str(file.customer), bytes=kept.tell())
    return StreamingResponse(_pieces(kept), media_type="application/json")


@asynccontextmanager
async def _one_instant(engine: Engine) -> AsyncIterator[Connection]:
    async with borrow(engine.pool) as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        yield connection


async def _write(engine: Engine, connection: Connection, file: Asked, kept: IO[bytes]) -> None:
    ids = await ids_of(connection, file.customer)
    policy = await engine.policies.active(connection)
    head: dict[str, Any] = {
        "customer_id": file.customer,
        "customer_ids": ids,
        "exported_at": await engine.clock.read(connection),
        "customer": await show_customer(connection, file.customer, file.state, policy),
        "state": file.state,
    }
    kept.write(msgspec.json.encode(head)[:-1])
    for section in SECTIONS:
        kept.write(f',"{section}":['.encode())
        comma = b""
        async for row in rows_of(connection, section, ids):
            kept.write(comma + row)
            comma = b","
        kept.write(b"]")
    kept.write(b"}")


def _pieces(kept: IO[bytes]) -> Iterator[bytes]:
    with kept:
        kept.seek(0)
        while piece := kept.read(PIECE):
            yield piece
