"""Profile's routes: who a handle is, the file, its timeline and its needs."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from services.profile import queries
from services.profile.domain.file import zone_of
from services.profile.domain.state import CustomerState
from shared.clock import start_of_day
from shared.engine.alias import canonical
from shared.web.deps import ActivePolicy, Db, Page
from shared.web.pages import page
from shared.web.problems import Problem, not_found

router = APIRouter(prefix="/v1", tags=["customers"])

Day = Annotated[date | None, Query(ge=date(1900, 1, 1), le=date(2200, 12, 31))]
Text = Annotated[str, Query(max_length=600, pattern=r"^[^\x00]*$")]


@router.get("/customers")
async def find_customers(db: Db, page_of: Page, handle: Text) -> dict[str, Any]:
    """The customer known by this handle: `phone:+8613800000000`, without asking for a number first (PR-20)."""
    return page(await queries.list_by_handle(db, handle), page_of.limit, lambda item: [item["customer_id"]])


@router.get("/customers/{customer_id}")
async def show_customer(db: Db, policy: ActivePolicy, customer_id: UUID) -> dict[str, Any]:
    """One file; the id of a merged one answers with the surviving customer."""
    customer, state = await _file(db, customer_id)
    return await queries.show_customer(db, customer, state, policy)


@router.get("/customers/{customer_id}/timeline")
async def show_timeline(  # noqa: PLR0913, PLR0917 - each is a filter of the route
    db: Db,
    policy: ActivePolicy,
    page_of: Page,
    customer_id: UUID,
    contact: Text | None = None,
    from_on: Day = None,
    to_on: Day = None,
) -> dict[str, Any]:
    """Every touch by occurrence; days are the customer's, both inclusive (PR-10)."""
    customer, state = await _file(db, customer_id)
    zone = zone_of(state, policy)
    span = queries.Span(
        contact,
        start_of_day(from_on, zone) if from_on else None,
        start_of_day(to_on + timedelta(days=1), zone) if to_on else None,
    )
    found = await queries.list_timeline(db, customer, span, _entry(page_of.after), page_of.limit)
    return page(found, page_of.limit, lambda item: [item["at"].isoformat(), str(item["entry_id"])])


@router.get("/customers/{customer_id}/needs")
async def show_needs(db: Db, page_of: Page, customer_id: UUID) -> dict[str, Any]:
    """Every version of the need, newest first (PR-16)."""
    customer, _ = await _file(db, customer_id)
    found = await queries.list_needs(db, customer, _version(page_of.after), page_of.limit)
    return page(found, page_of.limit, lambda item: [item["version"]])


async def _file(db: Db, customer_id: UUID) -> tuple[UUID, CustomerState]:
    customer = await canonical(db, customer_id)
    state = await queries.load_state(db, customer)
    if state is None:
        raise not_found("this customer")
    return customer, state


def _entry(after: list[Any] | None) -> tuple[datetime, UUID] | None:
    match after:
        case None:
            return None
        case [str(at), str(entry)]:
            try:
                return datetime.fromisoformat(at), UUID(entry)
            except ValueError:
                raise _other_cursor() from None
        case _:
            raise _other_cursor()


def _version(after: list[Any] | None) -> int | None:
    match after:
        case None:
            return None
        case [int(version)] if 0 < version < 2**31:
            return version
        case _:
            raise _other_cursor()


def _other_cursor() -> Problem:
    return Problem(422, "invalid_query", "cursor: of another list; take next_cursor from this one's answer")
