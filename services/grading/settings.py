"""What grading is told from outside."""

from __future__ import annotations

from pydantic import Field

from shared.engine.settings import EngineSettings


class Settings(EngineSettings):
    """Environment variables with the prefix `HOLDFAST_`."""

    port: int = Field(default=8102, ge=1, le=65535)
    """Where HTTP listens."""
