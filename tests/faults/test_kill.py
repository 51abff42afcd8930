"""A history lived through while everything is killed: it ends as if nothing had been."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from datetime import date
from random import Random

import pytest

from tests.faults.breakage import bring_back, go_back, kill_server, make_again, mirror, settle, take_away
from tests.faults.broker import Broker
from tests.faults.campaign import Campaign
from tests.faults.deployment import PARTITIONS, deploy
from tests.faults.nemesis import Nemesis
from tests.faults.upstream import UPSTREAM, Upstream
from tests.faults.verdict import judge
from tests.faults.workload import Size, Workload

pytestmark = [pytest.mark.faults, pytest.mark.kafka]
START = date(2025, 3, 1)
SEED = int(os.environ.get("HOLDFAST_FAULTS_SEED", "20250301"))
PROFILE_FACTS = "holdfast.profile.v1"
PLANTED = bool(os.environ.get("HOLDFAST_PLANTED"))
"""A bug is planted: a smaller history is enough to see it, and a rest that does not come is not waited for as long."""
REST_SECONDS = 90 if PLANTED else 180


@asynccontextmanager
async def campaign_of(size, postgres, kafka, logs):
    async with (
        await deploy(kafka.bootstrap, postgres.dsn, logs) as stack,
        Broker(kafka.bootstrap, PARTITIONS) as broker,
        Upstream(kafka.bootstrap) as upstream,
    ):
        nemesis = Nemesis(stack, Random(SEED), broker.ends)
        yield Campaign(stack, broker, upstream, Workload(SEED, START, size), nemesis, REST_SECONDS)


async def end(campaign, capsys, least_kills=0):
    """Run it, say in one line what was done, and hold everything against the oracle."""
    await campaign.run()
    verdict = await judge(campaign)
    with capsys.disabled():
        print(f"\n{verdict.summary}")  # noqa: T201 - the lane's result, for the log of the run
    assert verdict.holds, verdict.report()
    assert PLANTED or sum(campaign.nemesis.kills.values()) >= least_kills


async def test_a_quiet_history_ends_as_the_oracle_says(postgres, kafka, tmp_path, capsys):
    async with campaign_of(Size(customers=60, days=8), postgres, kafka, tmp_path / "logs") as campaign:
        await end(campaign, capsys)


async def test_kills_at_random_and_at_every_point_change_nothing(postgres, kafka, tmp_path, capsys):
    size = Size(customers=150, days=3) if PLANTED else Size(customers=300, days=6)
    async with campaign_of(size, postgres, kafka, tmp_path / "logs") as campaign:
        campaign.quota.update(dict.fromkeys(range(6), 7))
        await end(campaign, capsys, least_kills=40)


async def test_servers_that_die_and_tables_that_go_back_change_nothing(postgres, kafka, killable, tmp_path, capsys):
    size = Size(customers=80 if PLANTED else 150, days=10, journals_closed=frozenset({8}))
    async with campaign_of(size, postgres, kafka, tmp_path / "logs") as campaign:
        campaign.at(1, 0.5, kill_server(killable(postgres)))
        campaign.at(2, 0.5, kill_server(killable(kafka)))
        for day, service in ((3, "profile"), (4, "grading"), (5, "scheduler")):
            remember, put_back = go_back(service)
            campaign.at(day, 0.25, remember)
            campaign.at(day, 0.75, put_back)
        campaign.at(6, 0, make_again(UPSTREAM))
        campaign.at(7, 0, make_again(PROFILE_FACTS))
        campaign.at(7, 1, take_away("scheduler"))
        campaign.at(9, 0, bring_back("scheduler"))
        for fault in (settle(), take_away("profile"), make_again(UPSTREAM)):
            campaign.at(9, 0.01, fault)
        for fault in (mirror(), bring_back("profile")):
            campaign.at(9, 1, fault)
        campaign.quota.update({2: 2, 3: 2, 5: 2})
        await end(campaign, capsys)
