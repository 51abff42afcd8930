"""Everything that a kill test needs, from empty servers to five processes that are ready to start."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from aiokafka.admin import AIOKafkaAdminClient

from holdfast.local.databases import create_databases, name_of
from holdfast.local.ports import free_port
from holdfast.local.process import LOOPBACK
from shared.contracts.topics import PREFIX
from shared.kafka.topics import FILE, load_topics
from tests.faults.members import ROOT, Member
from tests.faults.stack import Stack
from tests.faults.witness import install

PARTITIONS = 6
REPLICAS = {"profile": 1, "grading": 2, "scheduler": 1, "feedback": 1}
PLANTS = Path(__file__).parent / "plants"


async def create_topics(bootstrap: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics(load_topics(FILE).new_topics(PREFIX, PARTITIONS, 1))
    finally:
        await admin.close()


def environment(bootstrap: str, dsn: str, token: str, port: int, replica: int) -> dict[str, str]:
    """What one process is told; a planted bug comes with it where the test run was given one."""
    return {
        "HOLDFAST_KAFKA": bootstrap,
        "HOLDFAST_DSN": dsn,
        "HOLDFAST_TOKEN": token,
        "HOLDFAST_PORT": str(port),
        "HOLDFAST_REPLICA": str(replica),
        "HOLDFAST_CLOCK": "simulated",
        "HOLDFAST_SECRET": "a secret of the tests alone",
        "HOLDFAST_GROUP_SESSION_TIMEOUT_MS": "6000",
        "PYTHONPATH": os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), str(PLANTS), str(ROOT)))),
    }


def through(dsn: str, port: int) -> str:
    """The same database by another port of this machine."""
    parts = urlsplit(dsn)
    return urlunsplit(parts._replace(netloc=f"{parts.netloc.rpartition('@')[0]}@{LOOPBACK}:{port}"))


async def deploy(bootstrap: str, admin_dsn: str, logs: Path, doors: tuple[int, int] | None = None) -> Stack:
    """Topics, migrated databases with a witness each, and processes that have not been started yet.

    `doors`: (the broker's, the database's), ports on loopback by which the processes go.
    """
    await create_topics(bootstrap)
    dsns = await create_databases(admin_dsn)
    told = bootstrap, dsns
    if doors is not None:
        told = f"{LOOPBACK}:{doors[0]}", {service: through(dsn, doors[1]) for service, dsn in dsns.items()}
    token = secrets.token_urlsafe(24)
    members = [
        Member(
            service, replica, port := free_port(), environment(told[0], told[1][service], token, port, replica), logs
        )
        for service, replicas in REPLICAS.items()
        for replica in range(replicas)
    ]
    admin = {service: urlunsplit(urlsplit(admin_dsn)._replace(path=f"/{name_of(service)}")) for service in dsns}
    stack = Stack(admin, token, members)
    for service in REPLICAS:
        stack.of(service)[0].migrate()
        await install(admin[service])
    return stack
