"""Upstream events as JSON text, made by hand: nothing of the product decides how they look."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

STRUCTURED = [("content-type", b"application/cloudevents+json")]
LATENT = {"demand": "latent"}
NONE = {"demand": "none"}


def event(type_: str, data: Any, at: str, **attributes: Any) -> dict[str, Any]:
    """A structured CloudEvent; an attribute given as ... is left out."""
    made = {
        "specversion": "1.0",
        "id": uuid4().hex,
        "source": "test",
        "type": f"holdfast.{type_}.v1",
        "time": at,
        "datacontenttype": "application/json",
        "data": data,
    }
    return {name: value for name, value in (made | attributes).items() if value is not ...}


def as_bytes(made: dict[str, Any]) -> bytes:
    return json.dumps(made).encode()


def target(close: str | None = None, **more: Any) -> dict[str, Any]:
    """An explicit need, with the day on which the deal is expected to close."""
    return {"demand": "target", **({"expected_close_on": close} if close else {}), **more}


def at_time(on: str, time: str = "09:00") -> str:
    return f"{on}T{time}:00+00:00"
