"""One service's HTTP side: its routes, the common ones, health, metrics, and the loops behind them."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import Any

import structlog
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shared.engine.process import Service
from shared.laws import Law, Watch
from shared.telemetry import Health, measures
from shared.web import common, policies, problems
from shared.web.access import PROBES, Sees, Table, entering, sees_nothing, table_of
from shared.web.audit import Trail
from shared.web.credentials import credentials_of
from shared.web.doors import Doors
from shared.web.traced import Traced

log = structlog.get_logger(__name__)


def build(
    service: Service,
    routers: Sequence[APIRouter],
    access: Table = MappingProxyType({}),
    sees: Sees = sees_nothing,
    signed: Sequence[str] = (),
    laws: Sequence[Law] = (),
) -> FastAPI:
    """The application; its lifespan runs the service and takes the process down where a loop ends by itself.

    `access`: of the service's own routes. Raises Unlisted, CredentialsUnusable.
    """
    name = service.definition.name
    app = FastAPI(
        title=f"Holdfast {name}", docs_url=None, redoc_url=None, lifespan=_lifespan, dependencies=[Depends(entering)]
    )
    app.state.service = service
    app.state.health = Health(service)
    app.state.sees = sees
    app.state.trail = Trail()
    app.state.laws = Watch(laws)
    problems.install(app)
    for router in (*routers, common.router, policies.router, _operation(service)):
        app.include_router(router)
    app.state.access = table_of(app, {**access, **common.ACCESS, **policies.ACCESS, **PROBES})
    app.add_middleware(Traced)
    credentials, rate = credentials_of(service.settings, name), service.settings.rate_limit
    app.add_middleware(Doors, credentials=credentials, signed=signed, rate=rate)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    service: Service = app.state.service
    with service.collected():
        running = asyncio.create_task(service.run())
        running.add_done_callback(_ended)
        watching = asyncio.create_task(app.state.health.watch())
        try:
            yield
        finally:
            service.stop()
            await asyncio.wait([running], timeout=30)
            for task in (running, watching):
                task.cancel()


def _ended(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        log.critical("service_ended", error=repr(task.exception()), exc_info=task.exception())
        os.kill(os.getpid(), signal.SIGTERM)


def _operation(service: Service) -> APIRouter:
    router = APIRouter(tags=["operation"])

    @router.get("/livez")
    async def livez(request: Request) -> Response:
        """200 while the loops turn, retries included; an outage of a server does not make a process dead."""
        return _health(request.app.state.health.alive())

    @router.get("/readyz")
    async def readyz(request: Request) -> Response:
        """200 while the database answers, the clock is known and the loops run."""
        return _health(request.app.state.health.ready())

    @router.get("/metrics")
    async def metrics(request: Request) -> Response:
        """Prometheus text."""
        await measures(request.app.state.service, request.app.state.health)
        if service.engine is not None:
            request.app.state.laws.look(service.engine.pool)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    @router.get("/asyncapi.json")
    async def asyncapi() -> Response:
        """The topics this service reads and writes, with their messages."""
        from shared.kafka.asyncapi import document  # noqa: PLC0415 - what writes it is slow to load and seldom needed

        return Response(document(service.definition.name, service.reads), media_type="application/json")

    return router


def _health(why_not: str | None) -> Response:
    state: dict[str, Any] = {"status": "ok"} if why_not is None else {"status": "unavailable", "detail": why_not}
    return JSONResponse(state, 200 if why_not is None else 503)
