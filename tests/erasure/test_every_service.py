"""Erasure in every service: whoever adds a table with a `customer_id` gives its ledger an `erase`."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

import msgspec
import pytest

from services.feedback.domain.rules import RULES as FEEDBACK
from services.feedback.store import LEDGERS as FEEDBACK_LEDGERS
from services.feedback.subscriptions import SUBSCRIPTIONS as FEEDBACK_READS
from services.grading.domain.rules import RULES as GRADING
from services.grading.store import LEDGERS as GRADING_LEDGERS
from services.grading.subscriptions import SUBSCRIPTIONS as GRADING_READS
from services.profile.domain.rules import rules
from services.profile.store import LEDGERS as PROFILE_LEDGERS
from services.profile.subscriptions import SUBSCRIPTIONS as PROFILE_READS
from services.scheduler.domain.rules import RULES as SCHEDULER
from services.scheduler.store import LEDGERS as SCHEDULER_LEDGERS
from services.scheduler.subscriptions import SUBSCRIPTIONS as SCHEDULER_READS
from shared.contracts import feedback, grading, profile
from tests.harness.engines import fact_input

PARTS = {
    "profile": (rules(b"a secret of sixteen bytes"), PROFILE_LEDGERS, PROFILE_READS),
    "grading": (GRADING, GRADING_LEDGERS, GRADING_READS),
    "scheduler": (SCHEDULER, SCHEDULER_LEDGERS, SCHEDULER_READS),
    "feedback": (FEEDBACK, FEEDBACK_LEDGERS, FEEDBACK_READS),
}
OF_A_PERSON = """
select c.table_name from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
 where table_schema = 'public' and column_name = 'customer_id' and table_type = 'BASE TABLE' order by 1
"""
REMOVED = re.compile(r"(?:delete from|update) (\w+)")
START = datetime(2025, 3, 1, tzinfo=UTC)


@pytest.fixture
async def engine(engine_of, request):
    return await engine_of(*PARTS[request.param], "2025-04-01T00:00:00+00:00")


@pytest.mark.parametrize("engine", list(PARTS), indirect=True)
async def test_every_table_of_a_person_is_emptied_of_the_person(engine):
    tables = {row["table_name"] for row in await engine.pool.fetch(OF_A_PERSON)}
    removed = {table for ledger in engine.ledgers for table in REMOVED.findall(ledger.erase or ledger.forget or "")}
    assert tables - removed == set()


def whole_life(customer):
    """What the other services say of somebody who bought, complained, was graded and left."""
    case = uuid5(customer, "case")
    complaint = {"complaint_id": f"c-{customer}", "fault": "company", "severity": "minor"}
    axes = {"deal_status": "won", "importance": "standard", "urgency": "moderate", "demand": "latent"}
    return (
        profile.CustomerRegistered(party="individual", kind="consumer", registered_on=date(2025, 3, 1)),
        profile.NeedChanged(stated_at=START, version=1, demand="latent", source="stated"),
        profile.PurchaseRecorded(
            order_id=f"o-{customer}", kind="placed", ordered_on=date(2025, 3, 1), amount=5, currency="USD"
        ),
        grading.GradeAssigned(
            grade="C", changed=True, basis="computed", policy_id="pol", as_of=date(2025, 3, 1), **axes
        ),
        profile.ComplaintReceived(**complaint, correctable=True),
        feedback.ComplaintOpened(
            case_id=case, **complaint, acknowledge_by_on=date(2025, 3, 1), opened_on=date(2025, 3, 1)
        ),
        profile.CustomerChurned(kind="abnormal", reason="service"),
    )


ANN, BOB = (uuid5(NAMESPACE_URL, name) for name in ("ann", "bob"))
SAID = {
    "grading": ["erasure.completed"],
    "scheduler": ["followup.superseded", "task.cancelled", "contact.suppressed", "erasure.completed"],
    "feedback": ["winback.closed", "erasure.completed"],
}


class Reader:
    """Tells an engine what it reads of `whole_life`; what it says."""

    def __init__(self, engine):
        self.engine, self.number = engine, 0

    async def tell(self, customer, *facts):
        for data in facts:
            if data.TYPE in {model.TYPE for models in PARTS[self.engine.rules.service][2].values() for model in models}:
                self.number += 1
                at = START + timedelta(hours=self.number)
                item = fact_input(data, at, customer, uuid5(customer, f"{self.number}"))
                applied = await self.engine.apply([item])
                assert not applied.failures, applied.failures

    async def said(self):
        rows = await self.engine.pool.fetch("select payload from outbox order by id")
        types = [msgspec.json.decode(row["payload"])["type"] for row in rows]
        return [type_.removeprefix(f"holdfast.{self.engine.rules.service}.").removesuffix(".v1") for type_ in types]

    async def rows_of(self, customer):
        tables = [row["table_name"] for row in await self.engine.pool.fetch(OF_A_PERSON)]
        count = "select count(*) from {} where customer_id = $1"
        return {table: await self.engine.pool.fetchval(count.format(table), customer) for table in tables}


@pytest.mark.parametrize("engine", list(SAID), indirect=True)
async def test_a_reader_keeps_nothing_of_the_person_and_says_so(engine):
    reader = Reader(engine)
    for customer in (ANN, BOB):
        await reader.tell(customer, *whole_life(customer))
    others, said = await reader.rows_of(BOB), len(await reader.said())
    assert sum((await reader.rows_of(ANN)).values()) > 0

    await reader.tell(ANN, profile.CustomerErased(on=date(2025, 3, 2)))

    assert (await reader.said())[said:] == SAID[engine.rules.service]
    assert set((await reader.rows_of(ANN)).values()) == {0}
    assert await reader.rows_of(BOB) == others
    assert await engine.pool.fetchval("select wake_at from stream where id = $1", ANN) is None
    said = len(await reader.said())
    await reader.tell(ANN, *whole_life(ANN))
    assert len(await reader.said()) == said
    assert set((await reader.rows_of(ANN)).values()) == {0}
