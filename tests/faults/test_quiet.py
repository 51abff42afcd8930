"""The same history with nothing killed: what the kill test compares with holds without it."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest

from tests.faults.broker import Broker
from tests.faults.campaign import Campaign
from tests.faults.deployment import PARTITIONS, deploy
from tests.faults.nemesis import Nemesis
from tests.faults.upstream import Upstream
from tests.faults.verdict import judge
from tests.faults.workload import Size, Workload

pytestmark = [pytest.mark.faults, pytest.mark.kafka]


async def test_a_quiet_history_ends_as_the_oracle_says(postgres, kafka, tmp_path):
    workload = Workload(7, date(2025, 3, 1), Size(customers=120, days=8))
    async with (
        await deploy(kafka.bootstrap, postgres.dsn, tmp_path / "logs") as stack,
        Broker(kafka.bootstrap, PARTITIONS) as broker,
        Upstream(kafka.bootstrap) as upstream,
    ):
        campaign = Campaign(stack, broker, upstream, workload, Nemesis(stack, Random(7), broker.ends), seconds=180)
        await campaign.run()
        verdict = await judge(campaign)
    assert verdict.holds, verdict.report()
