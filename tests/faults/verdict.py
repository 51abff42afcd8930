"""Everything that is checked once a campaign is at rest, and the one line that sums it up."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import asyncpg

from tests.faults import facts, laws, standing
from tests.faults.broker import FACTS
from tests.faults.campaign import Campaign
from tests.faults.topics import WRITERS, Log, read_all, topic_of


@dataclass
class Verdict:
    broken: dict[str, Sequence[str]] = field(default_factory=dict)
    """Promise -> what breaks it."""
    summary: str = ""

    @property
    def holds(self) -> bool:
        return not any(self.broken.values())

    def report(self, most: int = 15) -> str:
        lines = [self.summary]
        for promise, found in self.broken.items():
            if found:
                lines.append(f"{promise}: {len(found)}")
                lines += [f"  {one}" for one in found[:most]]
        return "\n".join(lines)


async def judge(campaign: Campaign) -> Verdict:
    verdict = Verdict()
    logs = await _logs(campaign)
    await _laws(campaign, logs, verdict)
    oracle = campaign.workload.oracle
    if campaign.is_restored:
        logs = {topic: log.once() for topic, log in logs.items()}
    verdict.broken["order"] = facts.out_of_order(logs)
    ids = await standing.customer_ids(campaign.stack, list(oracle.customers))
    verdict.broken["facts"] = facts.differences(oracle.customers, ids, logs)
    verdict.broken["end state"] = await standing.differences(campaign.stack, oracle.customers, ids)
    verdict.broken["nemesis"] = campaign.nemesis.unexpected
    verdict.summary = _summary(campaign, logs, verdict)
    return verdict


async def _logs(campaign: Campaign) -> dict[str, Log]:
    """All that was ever on the topics, what was deleted with a topic first."""
    logs = await read_all(campaign.broker.bootstrap, list(FACTS), campaign.broker.partitions)
    for topic, log in logs.items():
        if (kept := campaign.archive.get(topic)) is not None:
            log.records += kept.records
            log.facts = kept.facts | {id_: fact for id_, fact in log.facts.items() if id_ not in kept.facts}
    return logs


async def _laws(campaign: Campaign, logs: dict[str, Log], verdict: Verdict) -> None:
    ends = await campaign.broker.ends()
    for service in WRITERS:
        member = campaign.stack.of(service)[0]
        verdict.broken[f"fold {service}"] = await asyncio.to_thread(member.folded_again)
        connection = await asyncpg.connect(campaign.stack.dsns[service])
        try:
            if service == "profile":
                verdict.broken["P1 upstream"] = await laws.one_outcome_each(connection, campaign.workload.oracle)
            verdict.broken[f"P1 P7 {service}"] = await laws.facts_taken_in(connection, service, logs)
            verdict.broken[f"P5 {service}"] = await laws.outbox_is_topic(connection, service, logs[topic_of(service)])
            verdict.broken[f"rest {service}"] = await laws.nothing_is_left(connection, service, ends)
        finally:
            await connection.close()


def _summary(campaign: Campaign, logs: dict[str, Log], verdict: Verdict) -> str:
    kills, oracle, broken = campaign.nemesis.kills, campaign.workload.oracle, verdict.broken
    said = [one for found in broken.values() for one in found]
    points = ", ".join(f"{point} {kills[point]}" for point in sorted(kills)) or "none"
    counts = {
        "sent": campaign.upstream.sent,
        "sent again": oracle.redelivered,
        "refused": len(oracle.bad),
        "commands": campaign.agents.done,
        "facts": sum(len(log.facts) for log in logs.values()),
        "redelivered": sum(log.redelivered for log in logs.values()),
        "lost": sum("never" in one for one in said),
        "doubled": sum("two journal rows" in one or "twice" in one or " times for " in one for one in said),
        "out of order": len(broken["order"]),
        "different": len(broken["facts"]) + len(broken["end state"]),
    }
    return f"kills {sum(kills.values())} ({points}) · " + " · ".join(f"{what} {n}" for what, n in counts.items())
