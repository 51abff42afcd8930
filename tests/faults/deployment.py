"""Everything that a kill test needs, from empty servers to five processes that are ready to start."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from aiokafka.admin import AIOKafkaAdminClient

from holdfast.local.databases import create_databases, name_of
from holdfast.local.ports import free_port
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


async def deploy(bootstrap: str, admin_dsn: str, logs: Path) -> Stack:
    """Topics, migrated databases with a witness each, and processes that have not been started yet."""
    await create_topics(bootstrap)
    dsns = await create_databases(admin_dsn)
    token = secrets.token_urlsafe(24)
    members = [
        Member(service, replica, port := free_port(), environment(bootstrap, dsns[service], token, port, replica), logs)
        for service, replicas in REPLICAS.items()
        for replica in range(replicas)
    ]
    admin = {service: urlunsplit(urlsplit(admin_dsn)._replace(path=f"/{name_of(service)}")) for service in dsns}
    stack = Stack(admin, token, members)
    for service in REPLICAS:
        stack.of(service)[0].migrate()
        await install(admin[service])
    return stack
