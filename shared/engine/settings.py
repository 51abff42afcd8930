"""What every service is told from outside; a service adds its name and port."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import SettingsConfigDict

from shared.kafka.settings import KafkaSettings


def _of_postgres(dsn: SecretStr) -> SecretStr:
    """Refused at start: a database that cannot be meant would be waited for without end."""
    parts = urlsplit(dsn.get_secret_value())
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise ValueError("write it as postgresql://user:password@host:port/name")
    if parts.port == 0:
        raise ValueError("port 0 cannot be connected to")
    return dsn


class EngineSettings(KafkaSettings):
    """Environment variables with the prefix `HOLDFAST_`; a missing one is named at start."""

    model_config = SettingsConfigDict(env_prefix="HOLDFAST_", frozen=True, extra="ignore")

    dsn: Annotated[SecretStr, AfterValidator(_of_postgres)]
    """The service's own database, `postgresql://user:password@host:port/name`: a direct connection, or a pooler in
    session mode."""
    host: str = "127.0.0.1"
    """Where HTTP listens; `0.0.0.0` in a container."""
    port: int = Field(default=8100, ge=1, le=65535)
    """Where HTTP listens."""
    token: SecretStr = Field(min_length=16)
    """The bearer token of every `/v1` route; the same for all services. It may do everything."""
    agent_token: SecretStr | None = Field(default=None, min_length=16)
    """A second bearer token, for programs of those who handle customers: all but what is restricted (ADR 16). Another
    one than the first; the same for all services."""
    keys_file: Path | None = None
    """Keys of persons and systems, with their roles: lines that `holdfast keys` writes. It is read again when it
    changes; one that goes away opens nothing (ADR 17)."""
    oidc_issuer: str | None = None
    """An OpenID Connect issuer, `https://id.example`, whose signed tokens open as keys do."""
    oidc_audience: str | None = None
    """Whom its tokens must be for; required with an issuer."""
    oidc_roles_claim: str = "roles"
    """Where its tokens say the role: a claim, or one within others (`realm_access.roles`)."""
    oidc_roles: str = ""
    """What the issuer calls our roles, `crm-leads=lead,dpo=privacy_officer`; the roles' own names do as well."""
    oidc_agents_claim: str = "sub"
    """Where its tokens say which agent somebody is, as customers' `owner` names them; several where it is a list."""
    rate_limit: Annotated[int, Field(ge=0)] = 1000
    """Requests a second that each credential may send for long to one process, ten seconds' worth of them at once;
    more are answered 429. 0 is no limit."""
    clock: Literal["system", "simulated"] = "system"
    """Simulated: time is what `clock.moved` says, and stands still until it says more."""
    policy_file: Path | None = None
    """A policy laid over the default: the body of `POST /v1/policies`, as YAML or JSON; checked at start. Other
    values than at the start before are activated, the same ones undo nothing that was activated since (ADR 8)."""
    replica: int = Field(default=0, ge=0)
    """Number of this process among those of its service; unique."""
    only_replica: bool = False
    """No other process of this service reads: all partitions at once, without the group that would share them out.
    The local stack sets it on its own broker."""
    log_format: Literal["json", "text"] = "json"
    """Lines for machines or for people."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least that is logged."""

    otlp_endpoint: str | None = None
    """Where traces go, a collector of OpenTelemetry that speaks OTLP over HTTP: `http://collector:4318`. None:
    `OTEL_EXPORTER_OTLP_ENDPOINT`, and without that no trace begins here and none is sent. The same for all services.
    `local up` reads it too."""
    traces_share: Annotated[float, Field(ge=0, le=1)] = 1.0
    """Of the traces that begin here, those that are followed; one that came with an event or a request is followed
    where it says so. The same for all services."""

    @field_validator("otlp_endpoint")
    @classmethod
    def _is_a_collector(cls, given: str | None) -> str | None:
        if given and urlsplit(given).scheme not in {"http", "https"}:
            raise ValueError("write it as http://collector:4318")
        return given or None

    @field_validator("oidc_issuer")
    @classmethod
    def _is_private_on_its_way(cls, given: str | None) -> str | None:
        if given is None or (parts := urlsplit(given)).scheme == "https":
            return given
        if parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1", "::1"}:
            return given
        raise ValueError("write it as https://host: keys that come in the clear are anybody's")

    @field_validator("agent_token")
    @classmethod
    def _is_another(cls, given: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if given is not None and given == info.data.get("token"):
            raise ValueError("write another one than HOLDFAST_TOKEN, which may do everything")
        return given
