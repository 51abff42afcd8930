"""A restore from backups of different age: the topics bring each service up to what it had said."""

from __future__ import annotations

import pytest

from tests.faults.breakage import back_up, restore
from tests.faults.lane import campaign_of, end
from tests.faults.workload import Size

pytestmark = [pytest.mark.faults, pytest.mark.kafka]
RESTORED = 7
AGES = {"profile": 2, "scheduler": 5, "feedback": 6, "grading": RESTORED}
"""Service -> the day at whose beginning it was backed up. What people did at it since then is on no topic: nobody does
anything. What grading's job of a day has ranked is not ranked again: its backup is of the last one."""


async def test_four_databases_of_different_age_catch_up_from_the_topics(postgres, kafka, tmp_path, capsys):
    journals, cases = (frozenset(range(AGES[service], RESTORED + 1)) for service in ("scheduler", "feedback"))
    size = Size(customers=100, days=10, journals_closed=journals, cases_closed=cases)
    async with campaign_of(size, postgres, kafka, tmp_path / "logs") as campaign:
        for service, day in AGES.items():
            campaign.at(day, 0, back_up(service))
        campaign.at(RESTORED, 1, restore())
        await end(campaign, capsys)
