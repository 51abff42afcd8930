"""What every service is told from outside; a service adds its name and port."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from shared.kafka.settings import KafkaSettings


class EngineSettings(KafkaSettings):
    """Environment variables with the prefix `HOLDFAST_`; a missing one is named at start."""

    model_config = SettingsConfigDict(env_prefix="HOLDFAST_", frozen=True, extra="ignore")

    dsn: SecretStr
    """The service's own database, `postgresql://user:password@host:port/name`."""
    host: str = "127.0.0.1"
    port: int = Field(default=8100, ge=1, le=65535)
    token: SecretStr = Field(min_length=16)
    """The bearer token of every /v1 route."""
    clock: Literal["system", "simulated"] = "system"
    policy_file: Path | None = None
    """A policy laid over the default: the body of `POST /v1/policies`, as YAML or JSON."""
    replica: int = Field(default=0, ge=0)
    log_format: Literal["json", "text"] = "json"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
