"""A history lived through while everything is killed: it ends as if nothing had been."""

from __future__ import annotations

import pytest

from tests.faults.breakage import bring_back, go_back, kill_server, make_again, mirror, settle, take_away
from tests.faults.lane import PLANTED, SEEDS, campaign_of, end
from tests.faults.upstream import UPSTREAM
from tests.faults.workload import Size

pytestmark = [pytest.mark.faults, pytest.mark.kafka]
PROFILE_FACTS = "holdfast.profile.v1"
LONGER_THAN_A_SESSION = 12


async def test_a_quiet_history_ends_as_the_oracle_says(postgres, kafka, tmp_path, capsys):
    async with campaign_of(Size(customers=60, days=8), postgres, kafka, tmp_path / "logs") as campaign:
        await end(campaign, capsys)


@pytest.mark.parametrize("seed", SEEDS)
async def test_kills_at_random_and_at_every_point_change_nothing(seed, postgres, kafka, tmp_path, capsys):
    size = Size(customers=150, days=3) if PLANTED else Size(customers=300, days=6)
    async with campaign_of(size, postgres, kafka, tmp_path / "logs", seed) as campaign:
        campaign.quota.update(dict.fromkeys(range(6), 8))
        await end(campaign, capsys, least_kills=50)


@pytest.mark.parametrize("seed", SEEDS)
async def test_servers_that_die_and_tables_that_go_back_change_nothing(
    seed, postgres, kafka, killable, tmp_path, capsys
):
    size = Size(customers=80 if PLANTED else 150, days=10, journals_closed=frozenset({8}))
    async with campaign_of(size, postgres, kafka, tmp_path / "logs", seed) as campaign:
        campaign.at(1, 0.5, kill_server(killable(postgres)))
        campaign.at(2, 0.5, kill_server(killable(kafka), LONGER_THAN_A_SESSION))
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
