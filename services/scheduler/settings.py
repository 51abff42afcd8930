"""What scheduler is told from outside."""

from __future__ import annotations

from pydantic import Field

from shared.engine.settings import EngineSettings


class Settings(EngineSettings):
    """Environment variables with the prefix `HOLDFAST_`."""

    port: int = Field(default=8103, ge=1, le=65535)
    """Where HTTP listens."""
    webhooks_private: bool = False
    """Webhooks may go to private addresses and without TLS: to receivers of the own network."""
