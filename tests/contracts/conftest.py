"""The golden samples: one complete event per type, every field filled in."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.envelope import decode
from shared.contracts.reading import read
from shared.contracts.types import ALL, UPSTREAM, Registry

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(scope="session")
def samples() -> dict[str, bytes]:
    """Type -> the sample as it stands in the file."""
    return {path.name.removesuffix(".json"): path.read_bytes() for path in sorted(GOLDEN.glob("*.json"))}


@pytest.fixture(scope="session")
def need_event() -> dict[str, Any]:
    """A plain upstream event that is accepted, to spoil in one place."""
    return {
        "specversion": "1.0",
        "id": "e1",
        "source": "shop",
        "type": "holdfast.need.stated.v1",
        "subject": "shop:42",
        "time": "2025-03-01T09:00:00+00:00",
        "data": {"demand": "target", "expected_close_on": "2025-03-31", "expected_amount": 100, "version": 3},
    }


@pytest.fixture(scope="session")
def take() -> Callable[..., Any]:
    """Decode and read as the owner of the type's topic does: upstream is closed, our own topics are open."""

    def take_(value: bytes | None, headers: Any = (), registry: Registry | None = None) -> Any:
        envelope = decode(value, headers)
        ours = envelope.type in ALL and envelope.type not in UPSTREAM
        return envelope, read(envelope, registry or (ALL if ours else UPSTREAM))

    return take_


@pytest.fixture(scope="session")
def spoil(need_event: dict[str, Any]) -> Callable[..., bytes]:
    """The plain event as JSON with attributes or fields of its data set, or left out (`...`)."""

    def spoil_(fields: dict[str, Any] | None = None, /, **attributes: Any) -> bytes:
        event = {**need_event, **attributes}
        if fields is not None:
            event["data"] = {k: v for k, v in {**need_event["data"], **fields}.items() if v is not ...}
        return json.dumps({k: v for k, v in event.items() if v is not ...}).encode()

    return spoil_
