"""Things to try on the stack that stays up: lines that work as printed."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from holdfast.demo.chance import noon
from holdfast.demo.standing import Standing
from holdfast.local.state import StackState

Try = tuple[str, str]
"""What it shows, and the line."""


def things_to_try(state: StackState, standing: Standing, data: Path) -> list[Try]:
    """Three requests with the token of this stack, and the clock."""
    return [_worklist(state), _complaint(state, standing), _followup(state, standing), _advance(data)]


def _curl(
    state: StackState, service: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
) -> str:
    base = next(member.url for member in state.members if member.service == service)
    told = {"Authorization": f"Bearer {state.token}"} | dict(headers or {})
    words = ["curl", "-s", base + path]
    for name, value in told.items():
        words += ["-H", f"{name}: {value}"]
    if body is not None:
        words += ["-d", json.dumps(body)]
    return shlex.join(words)


def _worklist(state: StackState) -> Try:
    return "whom to call first", _curl(state, "scheduler", "/v1/worklist?limit=3")


def _complaint(state: StackState, standing: Standing) -> Try:
    complaint = {
        "complaint_id": "my-complaint",
        "fault": "company",
        "severity": "major",
        "correctable": True,
        "text": "It is broken.",
    }
    event = {
        "specversion": "1.0",
        "id": "my-complaint",
        "source": "me",
        "type": "holdfast.complaint.reported.v1",
        "subject": standing.work[0].handle if standing.work else "shop:me",
        "time": noon(standing.day).isoformat(),
        "data": complaint,
    }
    send = _curl(state, "profile", "/v1/events", event, {"Content-Type": "application/cloudevents+json"})
    return (
        "complain, and see the case with its steps",
        f"{send}; sleep 1; {_curl(state, 'feedback', '/v1/cases?limit=1')}",
    )


def _followup(state: StackState, standing: Standing) -> Try:
    id = next((line.item["id"] for line in standing.work if line.item["kind"] == "followup"), None)
    id = id or standing.followups[0]["id"]
    close = date.fromordinal(standing.day.toordinal() + 100)
    need = {"demand": "target", "expected_close_on": close.isoformat()}
    body = {"mode": "contact", "channel": "phone", "outcome": "advanced", "need": need}
    line = _curl(state, "scheduler", f"/v1/followups/{id}/complete", body, {"Content-Type": "application/json"})
    return "complete a follow-up: the customer is graded again and the next one is there", line


def _advance(data: Path) -> Try:
    this = sys.argv[:1] if Path(sys.argv[0]).name == "holdfast" else [sys.executable, "-m", "holdfast.cli"]
    return "let a week pass", shlex.join([*this, "local", "advance", "--by", "1w", "--data", str(data)])
