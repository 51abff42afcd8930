"""The routes of the policies: what decides, what might, what did."""

from __future__ import annotations

from typing import Any, Final, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, ValidationError

from shared.contracts.data import Name
from shared.contracts.explain import Finding, explain
from shared.contracts.policy import Policy, PolicyInvalid, overlay_text
from shared.contracts.policy_text import parse
from shared.engine import policies, policy_life
from shared.engine.apply import Engine
from shared.engine.policies import ACTIVE_ID
from shared.postgres.pool import READING, begun, borrow
from shared.web.access import Access, Table
from shared.web.commands import caught_up
from shared.web.deps import Db, engine_of
from shared.web.problems import Problem, not_found
from shared.web.roles import May

router = APIRouter(prefix="/v1", tags=["operation"])
ACCESS: Final[Table] = {
    "GET /v1/policies": Access(May.READ),
    "POST /v1/policies": Access(May.OPERATE),
    "POST /v1/policies/{id}/activate": Access(May.OPERATE),
}


class Head(BaseModel):
    """What a body of POST /v1/policies says beside its values."""

    name: Name | None = None
    based_on: Name | None = None


class Activation(BaseModel):
    """The body of POST /v1/policies/{id}/activate; none means active."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["active", "shadow"] = "active"


@router.get("/policies")
async def list_policies(connection: Db, state: Literal["draft", "shadow", "active", "retired"] | None = None) -> Any:
    """Every policy this service knows, the active one first."""
    return {"items": await policies.list_policies(connection, state), "next_cursor": None}


@router.post("/policies", status_code=201)
async def add_policy(request: Request) -> JSONResponse:
    """A draft, in JSON or YAML, laid over `based_on` (else the active one): 201; the same content again: 200."""
    engine, text = engine_of(request), await request.body()
    try:
        name, based_on = _named(text)
        base_id, base = await _base(engine, based_on)
        policy = overlay_text(base, text)
    except PolicyInvalid as error:
        raise _invalid(error) from None
    id, new = await policy_life.add(engine, policy, name, base_id)
    return JSONResponse(await _shown(engine, id), 201 if new else 200)


@router.post("/policies/{id}/activate")
async def activate(request: Request, id: Name, body: Activation | None = None) -> JSONResponse:
    """From now on this one decides, or, as the shadow, is looked at beside the one that does."""
    engine = engine_of(request)
    await caught_up(engine)
    to = (body or Activation()).state
    try:
        found = await (policy_life.activate if to == "active" else policy_life.shadow)(engine, id)
    except policy_life.IsActive:
        raise Problem(409, "policy_active", "This policy decides: activate another one first.") from None
    if not found:
        raise not_found(f"policy {id}")
    return JSONResponse(await _shown(engine, id))


def _named(text: bytes) -> tuple[str | None, str | None]:
    """`name` and `based_on` of the body. Raises PolicyInvalid."""
    try:
        tree = parse(text)
        head = Head.model_validate({key: value for key, value in tree.items() if key in ("name", "based_on")})
    except ValidationError as error:
        raise PolicyInvalid(explain(error)) from None
    except ValueError as error:
        raise PolicyInvalid([Finding("", str(error))]) from None
    return head.name, head.based_on


async def _base(engine: Engine, id: str | None) -> tuple[str, Policy]:
    async with borrow(engine.pool) as connection, begun(connection, READING):
        base = id or await connection.fetchval(ACTIVE_ID)
        if base is None or (id is not None and await policies.show_policy(connection, id) is None):
            raise PolicyInvalid([Finding("based_on", f"no policy {id} is known here: see GET /v1/policies")])
        return base, await engine.policies.known(connection, base)


async def _shown(engine: Engine, id: str) -> Any:
    async with borrow(engine.pool) as connection, begun(connection, READING):
        return await policies.show_policy(connection, id)


def _invalid(error: PolicyInvalid) -> Problem:
    errors = [{"field": finding.field, "detail": finding.detail} for finding in error.findings]
    return Problem(422, "policy_invalid", f"{error}. Correct the lines named and send it again.", errors)
