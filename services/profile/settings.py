"""What profile is told from outside."""

from __future__ import annotations

from pydantic import Field, SecretStr

from shared.engine.settings import EngineSettings


class Settings(EngineSettings):
    """Environment variables with the prefix `HOLDFAST_`."""

    port: int = Field(default=8101, ge=1, le=65535)
    secret: SecretStr = Field(min_length=16)
    """Keys the hash that makes customer ids of handles: never change it once customers exist."""
