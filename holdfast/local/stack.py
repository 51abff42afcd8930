"""Everything on one machine: servers, topics, databases and processes, watched until it is told to end."""

from __future__ import annotations

import asyncio
import os
import time
from contextlib import ExitStack
from typing import Self

from holdfast.local.broker import EmbeddedBroker
from holdfast.local.ending import Asked, ignore_when_asked
from holdfast.local.keep import kept_keys, kept_secret, sole_user
from holdfast.local.options import Options, Say
from holdfast.local.postgres import EmbeddedPostgres
from holdfast.local.prepare import prepare
from holdfast.local.services import ServiceProcess, environment_of, ports, stop_all, wait_ready
from holdfast.local.state import StackState, forget_state, save_state
from holdfast.local.watch import Watch
from shared.contracts.policy import Policy, default_policy, overlay_text
from shared.contracts.topics import WRITERS
from shared.kafka.settings import KafkaSettings

READY_SECONDS = 150
LOOK_SECONDS = 0.1
READ_TOO = ("HOLDFAST_PHONE_REGION", "HOLDFAST_OTLP_ENDPOINT")
"""Settings of the services that are taken over from the environment."""


class BrokerLost(Exception):
    """The embedded broker has died, and with it all that had not been read."""


class Stack:
    """A context: `up`, then `watch`; leaving it stops everything that was started."""

    def __init__(self, options: Options, say: Say) -> None:
        self.options, self.say = options, say
        self.logs = options.data / "logs"
        forgets = options.kafka is None  # the embedded broker does, and these databases go with what it held
        self.postgres = EmbeddedPostgres(options.data / "postgres", self.logs / "postgres.log", synced=not forgets)
        self.broker = EmbeddedBroker(self.logs / "broker.log")
        self.services: list[ServiceProcess] = []
        self.state: StackState
        self._held = ExitStack()

    def __enter__(self) -> Self:
        self._held.enter_context(sole_user(self.options.data))
        return self

    def __exit__(self, *_: object) -> None:
        ignore_when_asked()
        stop_all(self.services)
        self.broker.stop()
        self.postgres.stop()
        forget_state(self.options.data)
        self._held.close()

    def up(self) -> StackState:
        """Everything is ready. Raises NotReady, NotOurs, and what the servers and the policy file raise."""
        policy = self._policy()
        admin, kafka = self._servers()
        dsns = asyncio.run(prepare(self.options, kafka, admin, self.say))
        told = {service: self._told(service, kafka, dsn) for service, dsn in dsns.items()}
        self.services = [
            ServiceProcess(service, replica, environment_of(replica, port, told[service]), self.logs)
            for service, replica, port in ports(self.options.port, self.options.replicas)
        ]
        for service in self.services:
            service.start()
        wait_ready(self.services, READY_SECONDS)
        return self._save(kafka, dsns, told, policy.calendar.time_zone)

    def watch(self) -> None:
        """Start again what dies, until we are asked to end. Raises BrokerLost."""
        asked, watch = Asked(), Watch(self.services, self.options.restart, self.say)
        while not asked.to_end:
            if watch.look():
                self.state = self.state.with_members(service.member() for service in self.services)
                save_state(self.options.data, self.state)
            self._look_at_servers()
            time.sleep(LOOK_SECONDS)

    def _policy(self) -> Policy:
        file = self.options.policy
        return overlay_text(default_policy(), file.read_bytes()) if file else default_policy()

    def _servers(self) -> tuple[str, KafkaSettings]:
        """The superuser's DSN and the way to the broker, both given or started here."""
        if self.options.kafka is None:
            self.broker.start()
        if self.options.postgres is None:
            self.postgres.start()
        given = self.options.kafka
        kafka = (
            KafkaSettings(kafka=given) if given else KafkaSettings(kafka=self.broker.bootstrap, embedded_broker=True)
        )
        return self.options.postgres or self.postgres.dsn, kafka

    def _told(self, service: str, kafka: KafkaSettings, dsn: str) -> dict[str, str]:
        """What all processes of a service are told."""
        told = {
            "HOLDFAST_DSN": dsn if self.options.postgres else self.postgres.beside(dsn),
            "HOLDFAST_KAFKA": kafka.kafka,
            "HOLDFAST_EMBEDDED_BROKER": str(kafka.embedded_broker).lower(),
            "HOLDFAST_ONLY_REPLICA": str(kafka.embedded_broker and self.options.replicas.get(service, 1) == 1).lower(),
            "HOLDFAST_TOPIC_PREFIX": kafka.topic_prefix,
            "HOLDFAST_CLOCK": self.options.clock,
            "HOLDFAST_TOKEN": kept_secret(self.options.data, "token"),
            "HOLDFAST_AGENT_TOKEN": kept_secret(self.options.data, "agent_token"),
            "HOLDFAST_KEYS_FILE": str(kept_keys(self.options.data)),
            "HOLDFAST_SECRET": kept_secret(self.options.data, "secret"),
        }
        told |= {name: os.environ[name] for name in READ_TOO if os.environ.get(name)}
        return told | ({"HOLDFAST_POLICY_FILE": str(self.options.policy.absolute())} if self.options.policy else {})

    def _save(
        self, kafka: KafkaSettings, dsns: dict[str, str], told: dict[str, dict[str, str]], time_zone: str
    ) -> StackState:
        self.state = state = StackState(
            supervisor=os.getpid(),
            kafka=kafka.kafka,
            postgres=dsns,
            token=told[WRITERS[0]]["HOLDFAST_TOKEN"],
            agent_token=told[WRITERS[0]]["HOLDFAST_AGENT_TOKEN"],
            clock=self.options.clock,
            time_zone=time_zone,
            embedded_broker=kafka.embedded_broker,
            topic_prefix=kafka.topic_prefix,
            members=tuple(service.member() for service in self.services),
            environment=told,
        )
        save_state(self.options.data, state)
        return state

    def _look_at_servers(self) -> None:
        if self.options.kafka is None and self.broker.has_ended():
            raise BrokerLost("the embedded broker has died, and with it what it held: start the stack again")
        if self.options.postgres is None and self.postgres.has_ended():
            self.say("Postgres has died, starting it again")
            self.postgres.start()
