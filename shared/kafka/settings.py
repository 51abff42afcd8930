"""How to reach the broker, and what kind it is."""

from __future__ import annotations

import os
import ssl
from typing import Any, Literal

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class KafkaSettings(BaseSettings):
    """`HOLDFAST_KAFKA` and its security; passed through to the client as they are."""

    model_config = SettingsConfigDict(
        env_prefix="HOLDFAST_",
        frozen=True,
        extra="ignore",
        secrets_dir=os.environ.get(
            "HOLDFAST_SECRETS_DIR"
        ),  # files named like the variables, lower case; a variable wins
    )

    kafka: str
    """Bootstrap servers, `host:port,host:port`."""
    topic_prefix: str = "holdfast."
    """Before the name of each topic and consumer group: several deployments on one cluster."""
    embedded_broker: bool = False
    """A broker in memory: no idempotent producer, no log append time, fetches answered at once; the local stack's."""
    group_session_timeout_ms: int = 10_000
    """After so long without a heartbeat a process' partitions go to another."""
    max_poll_interval_ms: int = 300_000
    """Kafka's limit between two polls."""
    outage_seconds: float = 60.0
    """A database that is away for longer: the process leaves its group and comes back with the database."""
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    """How to speak to the brokers."""
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    """Where the protocol is a `SASL_` one."""
    kafka_sasl_username: str | None = None
    """The user that the broker knows."""
    kafka_sasl_password: SecretStr | None = None
    """Its password."""
    kafka_ssl_cafile: str | None = None
    """Who signs the brokers' certificates, a PEM file; without it the system's own authorities."""
    kafka_ssl_certfile: str | None = None
    """The process' own certificate, a PEM file, for brokers that ask for one."""
    kafka_ssl_keyfile: str | None = None
    """And its key."""

    def client_options(self) -> dict[str, Any]:
        """Keyword arguments that every aiokafka client takes."""
        options: dict[str, Any] = {
            "bootstrap_servers": self.kafka,
            "security_protocol": self.kafka_security_protocol,
            "request_timeout_ms": 20_000,
            "metadata_max_age_ms": 30_000,
        }
        if self.kafka_security_protocol.startswith("SASL"):
            options["sasl_mechanism"] = self.kafka_sasl_mechanism
            options["sasl_plain_username"] = self.kafka_sasl_username
            password = self.kafka_sasl_password
            options["sasl_plain_password"] = password.get_secret_value() if password else None
        if self.kafka_security_protocol.endswith("SSL"):
            options["ssl_context"] = self._tls()
        return options

    def _tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.kafka_ssl_cafile)
        if self.kafka_ssl_certfile:
            context.load_cert_chain(self.kafka_ssl_certfile, self.kafka_ssl_keyfile)
        return context
