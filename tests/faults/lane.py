"""A history with its servers and its processes, lived through and held against the oracle."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from datetime import date
from random import Random

from tests.faults.broker import Broker
from tests.faults.campaign import Campaign
from tests.faults.deployment import PARTITIONS, deploy
from tests.faults.nemesis import Nemesis
from tests.faults.upstream import Upstream
from tests.faults.verdict import judge
from tests.faults.workload import Workload

START = date(2025, 3, 1)
SEED = int(os.environ.get("HOLDFAST_FAULTS_SEED", "20250301"))
SEEDS = range(SEED, SEED + int(os.environ.get("HOLDFAST_FAULTS_HISTORIES", "1")))
"""One history for each: `make faults-long` lives through several."""
PLANTED = bool(os.environ.get("HOLDFAST_PLANTED"))
"""A bug is planted: a smaller history is enough to see it, and a rest that does not come is not waited for as long."""
REST_SECONDS = 90 if PLANTED else 180


@asynccontextmanager
async def campaign_of(size, postgres, kafka, logs, seed=SEED, doors=None):
    """`doors`: (of the broker, of the database), ports by which the services go instead of straight to the servers."""
    async with (
        await deploy(kafka.bootstrap, postgres.dsn, logs, doors) as stack,
        Broker(kafka.bootstrap, PARTITIONS) as broker,
        Upstream(kafka.bootstrap) as upstream,
    ):
        nemesis = Nemesis(stack, Random(seed), broker.ends)
        yield Campaign(stack, broker, upstream, Workload(seed, START, size), nemesis, REST_SECONDS)


async def end(campaign, capsys, least_kills=0):
    """Run it, say in one line what was done, and hold everything against the oracle."""
    await campaign.run()
    verdict = await judge(campaign)
    with capsys.disabled():
        print(f"\n{verdict.summary}")  # noqa: T201 - the lane's result, for the log of the run
    assert verdict.holds, verdict.report()
    assert PLANTED or sum(campaign.nemesis.kills.values()) >= least_kills
