"""Connections that break, a network that swallows all, servers that stand still: it ends as if nothing had been."""

from __future__ import annotations

from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from holdfast.local.ports import free_port
from tests.faults.lane import SEEDS, campaign_of, end
from tests.faults.network import Dark, Frozen, KafkaBehindDoor, Storm, outage, over
from tests.faults.workload import Size
from tests.harness.proxy import Proxy

pytestmark = [pytest.mark.faults, pytest.mark.kafka]
LONGER_THAN_A_SESSION = 8
MANY = 3
"""Histories from which on there is time for each fault alone."""


@pytest.fixture
def kafka(tmp_path):
    server = KafkaBehindDoor(tmp_path / "kafka", tmp_path / "kafka.log")
    server.start()
    yield server
    server.kill()


@contextmanager
def doors(kafka, postgres):
    """Before the broker and before the database."""
    with (
        Proxy(kafka.door, kafka.inner) as to_kafka,
        Proxy(free_port(), urlsplit(postgres.dsn).port) as to_postgres,
    ):
        yield to_kafka, to_postgres


async def live_through(days, to_kafka, to_postgres, postgres, kafka, logs, capsys):
    """`days`: the outages of each, all of a day at once."""
    size, ports = Size(customers=50, days=1 + len(days)), (to_kafka.port, to_postgres.port)
    async with campaign_of(size, postgres, kafka, logs, doors=ports) as campaign:
        for day, faults in enumerate(days, 1):
            for fault in faults:
                campaign.at(day, 0.3, outage(fault, LONGER_THAN_A_SESSION))
            campaign.at(day, 1, over())
        await end(campaign, capsys)
    assert to_kafka.carried > 0
    assert to_postgres.carried > 0


async def test_a_broken_network_changes_nothing(postgres, kafka, tmp_path, capsys):
    with doors(kafka, postgres) as (to_kafka, to_postgres):
        kinds = [Storm(to_kafka), Storm(to_postgres)], [Dark(to_kafka), Dark(to_postgres)]
        frozen = [Frozen(kafka), Frozen(postgres)]
        await live_through([*kinds, frozen], to_kafka, to_postgres, postgres, kafka, tmp_path / "logs", capsys)


@pytest.mark.skipif(len(SEEDS) < MANY, reason="make faults-long has the time")
async def test_each_fault_of_the_network_alone_changes_nothing(postgres, kafka, tmp_path, capsys):
    with doors(kafka, postgres) as (to_kafka, to_postgres):
        of_kafka = [Storm(to_kafka)], [Dark(to_kafka)], [Frozen(kafka)]
        of_postgres = [Storm(to_postgres)], [Dark(to_postgres)], [Frozen(postgres)]
        days = [*of_kafka, *of_postgres]
        await live_through(days, to_kafka, to_postgres, postgres, kafka, tmp_path / "logs", capsys)
