"""Files that may be one customer: shown to a person, who decides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Request, Response

from services.profile.api.asked import file_of
from services.profile.domain.candidates import AcceptCandidate, OfCandidate, RejectCandidate, Rejection
from services.profile.queries.candidates import list_candidates, pair_of, verdict_on
from services.profile.queries.handles import handle_of
from shared.engine.streams import NEVER
from shared.postgres.pool import borrow
from shared.web.commands import run_commands
from shared.web.deps import Db, Page, engine_of
from shared.web.pages import page, seek
from shared.web.problems import not_found

router = APIRouter()


@router.get("/candidates")
async def show_candidates(
    db: Db, page_of: Page, status: Literal["open", "accepted", "rejected"] = "open"
) -> dict[str, Any]:
    """Pairs that share what one of them alone can have, the oldest first."""
    after = seek(page_of.after, lambda since, candidate: (datetime.fromisoformat(since), UUID(candidate)))
    found = await list_candidates(db, status, after, page_of.limit)
    return page(found, page_of.limit, lambda item: [item["since"].isoformat(), str(item["candidate_id"])])


@router.post("/candidates/{candidate_id}/accept")
async def accept_candidate(candidate_id: UUID, request: Request) -> Response:
    """The two are one customer: the file that is older takes the other one in."""
    older, named = await _named(candidate_id, request)
    return await _decided(request, older, AcceptCandidate(**named), b"{}")


@router.post("/candidates/{candidate_id}/reject")
async def reject_candidate(candidate_id: UUID, rejection: Rejection, request: Request) -> Response:
    """They are two; what they share of this kind proposes them no more."""
    older, named = await _named(candidate_id, request)
    return await _decided(
        request, older, RejectCandidate(**named, reason=rejection.reason), rejection.model_dump_json().encode()
    )


class _Side(NamedTuple):
    first_at: datetime
    handle: str
    file: UUID
    customer: UUID


async def _named(candidate: UUID, request: Request) -> tuple[UUID, dict[str, Any]]:
    """The customer whose file is older, and what a command says of the pair."""
    async with borrow(engine_of(request).pool) as connection:
        pair = await pair_of(connection, candidate)
        if pair is None:
            raise not_found("this candidate")
        sides = [await _side(connection, pair[name]) for name in ("customer_id", "other_customer_id")]
    older, other = sorted(sides)
    named = {
        "candidate_id": candidate,
        "other": other.file,
        "shared": pair["reason"],
        "handle": other.handle or None,
    }
    return older.customer, named


async def _side(connection: asyncpg.Connection, file: UUID) -> _Side:
    found = await file_of(connection, file)
    return _Side(found.state.first_at or NEVER, await handle_of(connection, file) or "", file, found.customer)


async def _decided(request: Request, customer: UUID, command: OfCandidate, asked: bytes) -> Response:
    """`asked` alone says whether a key comes with another body: the pair's files are different ones once it is done."""

    async def answer(connection: asyncpg.Connection, _ids: Sequence[str]) -> dict[str, Any]:
        return await verdict_on(connection, command.candidate_id) | {"customer_id": customer}

    return await run_commands(request, [(customer, command)], answer, asked=asked)
