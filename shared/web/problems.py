"""problem+json: what went wrong and what to do, for people and programs."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from shared.engine.apply import ClockUnset, Retry
from shared.engine.policies import NoPolicy
from shared.postgres.pool import INFRASTRUCTURE, is_data_error

MEDIA_TYPE = "application/problem+json"
NO_SUCH_VALUE = (
    "a filter or the cursor holds what no row can have: correct it, or take next_cursor from the last answer"
)
SLUGS = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}


class Problem(Exception):
    """Answered as problem+json; `slug` is contract, `detail` says what to do."""

    def __init__(self, status: int, slug: str, detail: str, errors: list[dict[str, str]] | None = None) -> None:
        super().__init__(detail)
        self.status, self.slug, self.detail, self.errors = status, slug, detail, errors

    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {
            "type": f"urn:holdfast:{self.slug}",
            "title": self.slug.replace("_", " "),
            "status": self.status,
            "detail": self.detail,
        }
        return body | ({"errors": self.errors} if self.errors else {})

    def response(self) -> Response:
        headers = {"Retry-After": "1"} if self.status in {429, 503} else {}
        headers |= {"WWW-Authenticate": "Bearer"} if self.status == 401 else {}
        return JSONResponse(self.body(), self.status, headers, MEDIA_TYPE)


def not_found(what: str) -> Problem:
    """404 for an id that nothing answers to."""
    return Problem(404, "not_found", f"{what} does not exist here: look up its id first")


def not_ready(why: str) -> Problem:
    return Problem(503, "not_ready", f"{why}; nothing was changed, try again shortly")


def install(app: FastAPI) -> None:
    """Every error of this application becomes a problem."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    for error in (*INFRASTRUCTURE, ClockUnset, NoPolicy, Retry):
        app.add_exception_handler(error, _away)


async def _problem(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)  # noqa: S101 - registered for this class alone
    return error.response()


async def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    found = error.errors()
    if any(e["type"] == "json_invalid" or (e["type"] == "missing" and e["loc"] == ("body",)) for e in found):
        return _not_json().response()
    if any(e["loc"][:1] == ("path",) for e in found):
        return not_found("this id").response()
    query = all(e["loc"][:1] == ("query",) for e in found)
    errors = [{"field": ".".join(str(p) for p in e["loc"][1:]), "detail": str(e["msg"])} for e in found]
    slug = "invalid_query" if query else "invalid_body"
    first = f"{errors[0]['field']}: {errors[0]['detail']}" if errors else "see errors"
    return Problem(422, slug, f"{first}. Correct the fields named in errors and send it again.", errors).response()


def _not_json() -> Problem:
    return Problem(400, "not_json", "the body is no JSON that can be read: send application/json, in UTF-8")


async def _http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    if error.status_code == 400:  # the framework could not parse the body: not UTF-8, or too deep
        return _not_json().response()
    return Problem(
        error.status_code, SLUGS.get(error.status_code, "refused"), f"{error.detail}: see /openapi.json"
    ).response()


async def _away(request: Request, error: Exception) -> Response:
    if is_data_error(error):  # to try again would be in vain
        if request.method == "GET" and request.query_params:  # all that such a statement is given is the query's
            return Problem(422, "invalid_query", NO_SUCH_VALUE).response()
        return Problem(500, "internal_error", "the database refuses a value of this request: report it").response()
    text = str(error) if isinstance(error, ClockUnset | NoPolicy) else "the database is away or busy"
    return not_ready(text).response()
