"""What a history is made of: upstream events, days that begin, and work done over HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Sent:
    """One CloudEvent of the upstream topic, structured, as a dict."""

    event: dict[str, Any]

    @property
    def handle(self) -> str:
        handle: str = self.event["subject"]
        return handle


@dataclass(frozen=True)
class Bad:
    """One CloudEvent that must be refused; `reason` is the slug of its dead letter."""

    event: dict[str, Any]
    reason: str


@dataclass(frozen=True)
class DayBegins:
    """The clock is moved to this day's 00:00; all is at rest before and after."""

    day: date


@dataclass(frozen=True)
class FollowedUp:
    """The open follow-up of a customer is completed."""

    handle: str
    need: dict[str, Any] | None
    mode: str = "contact"
    outcome: str | None = "advanced"
    channel: str | None = "phone"


@dataclass(frozen=True)
class Acknowledged:
    """The acknowledge task of a complaint is completed."""

    handle: str
    complaint_id: str


@dataclass(frozen=True)
class StepDone:
    """A remediation step is completed."""

    handle: str
    complaint_id: str
    step: str
    result: str = "done"
    told: bool = True


@dataclass(frozen=True)
class Resolved:
    """The customer says that they are satisfied."""

    handle: str
    complaint_id: str


Work = FollowedUp | Acknowledged | StepDone | Resolved
Op = Sent | Bad | DayBegins | Work
