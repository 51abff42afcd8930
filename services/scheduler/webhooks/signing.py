"""Signatures by Standard Webhooks: a secret for each endpoint, the one before still good while it is exchanged."""

from __future__ import annotations

import base64
import hmac
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from msgspec import Struct
from standardwebhooks import Webhook


class Message(Struct, frozen=True):
    """One call: the fact's own id and bytes, whatever the try."""

    event_id: UUID
    payload: bytes
    at: datetime


def secret_of(token: str, endpoint: UUID, version: int) -> str:
    """As receivers write it; it follows from the deployment's token and lies nowhere."""
    key = hmac.new(token.encode(), f"webhook|{endpoint}|{version}".encode(), sha256).digest()
    return "whsec_" + base64.b64encode(key).decode()


def headers_of(message: Message, secrets: list[str]) -> dict[str, str]:
    """With a signature for each secret that is good now."""
    id = str(message.event_id)
    signed = [Webhook(secret).sign(id, message.at, message.payload.decode()) for secret in secrets]
    return {
        "webhook-id": id,
        "webhook-timestamp": str(int(message.at.timestamp())),
        "webhook-signature": " ".join(signed),
        "content-type": "application/cloudevents+json",
        "user-agent": "Holdfast",
    }
