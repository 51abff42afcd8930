"""Many customers of the scheduler, each with an open follow-up: some that the engine has met, and copies of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

from bench.copies import multiply
from bench.waking.lives import input_of
from bench.waking.rate import wake_up
from shared.contracts import grading, profile
from shared.engine.apply import Engine
from shared.engine.inputs import Input

TEMPLATES = 100
LEDGERS = {"customer": "true", "followup": "true"}
HEARD = datetime(2025, 11, 20, 9, tzinfo=UTC)


async def crowd(engine: Engine, dsn: str, customers: int, until: datetime) -> None:
    """So many, in whole hundreds, with what time has made of them until then: one grade each of B to E in turn."""
    applied = await engine.apply([fact for who in range(TEMPLATES) for fact in _told(who)])
    assert not applied.failures, applied.failures[0]
    await wake_up(engine, until)
    await multiply(dsn, customers // TEMPLATES - 1, LEDGERS)


def spoken(n: int, who: int, at: datetime) -> Input:
    """A live fact about one of them: the n-th talk."""
    told = profile.InteractionRecorded(
        interaction_id=f"i{n}", channel="phone", direction="inbound", human=True, consent_purpose="service",
        grievance=False, question=False, objection=False,
    )  # fmt: skip
    return input_of(_customer(who), f"spoken {n}", at, told)


def _told(who: int) -> Iterator[Input]:
    registered = profile.CustomerRegistered(
        party="individual", kind="consumer", registered_on=HEARD.date(), owner=f"agent-{who % 40}"
    )
    yield input_of(_customer(who), f"registered {who}", HEARD, registered)
    graded = grading.GradeAssigned(
        grade="BCDE"[who % 4], changed=True, basis="computed", deal_status="prospect", importance="standard",
        urgency="moderate", demand="target", policy_id="pol", as_of=HEARD.date(),
    )  # fmt: skip
    yield input_of(_customer(who), f"graded {who}", HEARD, graded)


def _customer(who: int) -> UUID:
    """Spread over all that there can be, as ids are."""
    copy, template = divmod(who, TEMPLATES)
    return UUID(f"{template * 2_654_435_761 % 2**32:08x}-0000-4000-8000-{copy:012d}")
