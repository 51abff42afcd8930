"""The table: what programs may ask of the services by mistake, and the problem that must answer."""

from __future__ import annotations

import base64
import json
from typing import Any, NamedTuple

MB = 1_000_000
DEEP = b'{"need": ' + b"[" * 10_000 + b"]" * 10_000 + b"}"
NEED = {"demand": "latent"}
REPORT = {"mode": "contact", "channel": "phone", "outcome": "advanced", "need": NEED}
COMPLETE = "/v1/followups/{followup}/complete"
STEP = "/v1/cases/{case}/steps/R1/complete"
UNKNOWN = "00000000-0000-4000-8000-000000000000"


class Refusal(NamedTuple):
    """`path` names things by their place in the desk; `how` goes to the client; `says`: a piece of the sentence."""

    name: str
    method: str
    service: str
    path: str
    how: dict[str, Any]
    status: int
    slug: str
    says: str


def get(name: str, service: str, path: str, status: int, slug: str, says: str = "", **how: Any) -> Refusal:
    return Refusal(name, "GET", service, path, how, status, slug, says)


def post(name: str, path: str, body: Any, status: int, slug: str, says: str = "") -> Refusal:
    """A command, as JSON unless it is bytes."""
    service = "feedback" if path.startswith("/v1/cases") else "scheduler"
    how = {"content": body, "headers": {"content-type": "application/json"}} if isinstance(body, bytes) else {}
    return Refusal(name, "POST", service, path, how or {"json": body}, status, slug, says)


def long_key(name: str, path: str, status: int, slug: str, says: str) -> Refusal:
    """Facts carry it as `causationid`, which readers take up to 255 characters of."""
    how = {"json": REPORT, "headers": {"Idempotency-Key": "k" * 256}}
    return Refusal(name, "POST", "scheduler", path, how, status, slug, says)


def but(**changed: Any) -> dict[str, Any]:
    """A report with these fields changed, taken out where ..."""
    return {name: value for name, value in (REPORT | changed).items() if value is not ...}


def raw(**changed: Any) -> bytes:
    return json.dumps(but(**changed)).encode()


def cursor(told: bytes) -> dict[str, str]:
    """As our own are written."""
    return {"cursor": base64.urlsafe_b64encode(told).decode().rstrip("=")}


REFUSED = (
    # by a rule
    post("no-need", COMPLETE, but(need=...), 422, "record_not_refreshed", "need as it is now"),
    post("no-outcome", COMPLETE, but(outcome=...), 422, "record_not_refreshed", "outcome"),
    post("no-channel", COMPLETE, but(channel=...), 422, "channel_required", "desk_review"),
    post("unknown-channel", COMPLETE, but(channel="pigeon"), 422, "channel_unknown", "phone"),
    post("completed-before", "/v1/followups/{done}/complete", REPORT, 409, "followup_completed", "open one"),
    post("a-step-as-a-task", "/v1/tasks/{task}/complete", {"outcome": "advanced"}, 409, "complete_the_step", "R1"),
    post("declined-without-reason", STEP, {"result": "declined"}, 422, "reason_required", "reason"),
    post("steps-open", "/v1/cases/{case}/resolve", {"customer_satisfied": True}, 409, "steps_open", "R1"),
    post("a-cause-names-a-person", "/v1/cases/{case}/cause", {"staff": "x"}, 422, "field_not_allowed", "staff"),
    # no JSON, or not of this form
    long_key("long-idempotency-key", COMPLETE, 422, "invalid_body", "255"),
    post("no-JSON", COMPLETE, b"hello", 400, "not_json", "JSON"),
    post("empty", COMPLETE, b"", 400, "not_json"),
    post("not-UTF-8", COMPLETE, b'{"mode": "\xff"}', 400, "not_json"),
    post("10000-deep", COMPLETE, DEEP, 400, "not_json"),
    post("a-list", COMPLETE, b"[]", 422, "invalid_body"),
    post("unknown-field", COMPLETE, but(colour="red"), 422, "invalid_body", "colour"),
    post("unknown-field-in-the-need", COMPLETE, but(need=NEED | {"colour": 1}), 422, "invalid_body", "need.colour"),
    post("wrong-type", COMPLETE, but(need=NEED | {"expected_amount": "5"}), 422, "invalid_body", "expected_amount"),
    post("2^63", COMPLETE, but(need=NEED | {"expected_amount": 2**63}), 422, "invalid_body", "expected_amount"),
    post("NaN", COMPLETE, raw(need=NEED | {"expected_amount": float("nan")}), 422, "invalid_body", "expected_amount"),
    post("NUL", COMPLETE, raw(note="a\0b"), 422, "invalid_body", "note"),
    post("lone-surrogate", COMPLETE, raw(note="\ud800"), 422, "invalid_body", "note"),
    post("date-out-of-range", COMPLETE, but(need=NEED | {"handle_by_on": "9999-12-31"}), 422, "invalid_body"),
    post("over-1-MB", COMPLETE, b" " * (MB + 1), 413, "too_large", "1,000,000"),
    # things that are not there
    post("unknown-followup", f"/v1/followups/{UNKNOWN}/complete", REPORT, 404, "not_found"),
    post("unknown-step", "/v1/cases/{case}/steps/R9/complete", {"result": "done"}, 404, "not_found"),
    get("unknown-customer", "profile", f"/v1/customers/{UNKNOWN}", 404, "not_found"),
    get("no-id", "grading", "/v1/customers/42/grade", 404, "not_found"),
    get("unknown-dead-letter", "feedback", f"/v1/dead-letters/{UNKNOWN}", 404, "not_found"),
    get("unknown-route", "profile", "/v1/nothing", 404, "not_found"),
    # questions
    get("unknown-filter", "grading", "/v1/customers", 422, "invalid_query", "colour", params={"colour": "red"}),
    get("unknown-value", "grading", "/v1/customers", 422, "invalid_query", "grade", params={"grade": "F"}),
    get("foreign-cursor", "profile", "/v1/dead-letters", 422, "invalid_query", "cursor", params={"cursor": "x"}),
    get(
        "another-list's-cursor",
        "profile",
        "/v1/dead-letters",
        422,
        "invalid_query",
        "cursor",
        params={"cursor": "WzFd"},
    ),
    *(
        get(f"{name}-in-a-cursor", service, path, 422, "invalid_query", "cursor", params=more | cursor(told))
        for name, service, path, more, told in (
            (
                "early-instant",
                "profile",
                "/v1/dead-letters",
                {},
                b'["0001-01-01T00:00:00+14:00","%b"]' % UNKNOWN.encode(),
            ),
            ("late-instant", "profile", "/v1/candidates", {}, b'["9999-12-31T23:59:59-14:00","%b"]' % UNKNOWN.encode()),
            ("lone-surrogate", "profile", "/v1/customers", {"name": "a"}, b'["\\ud800","%b"]' % UNKNOWN.encode()),
            ("5000-lists", "profile", "/v1/customers", {"name": "a"}, b"[" * 5_000),
            ("long-number", "feedback", "/v1/winbacks", {}, b'[%d,"2025-03-01","%b"]' % (10**30, UNKNOWN.encode())),
        )
    ),
    get("NUL-in-a-reason", "grading", "/v1/dead-letters", 422, "invalid_query", "filter", params={"reason": "\0"}),
    get("limit", "scheduler", "/v1/tasks", 422, "invalid_query", "limit", params={"limit": 100_000}),
    get("NUL-in-a-filter", "profile", "/v1/customers", 422, "invalid_query", "handle", params={"handle": "a:\0"}),
    # the token
    get("no-token", "profile", "/v1/customers", 401, "unauthorised", "Bearer", headers={"Authorization": ""}),
    get("other-token", "feedback", "/v1/cases", 401, "unauthorised", "Bearer", headers={"Authorization": "Bearer x"}),
)
