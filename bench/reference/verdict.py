"""Whether a contender's answer is right: its states and grades, and what it announced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bench.reference.job import Standing, grade
from bench.reference.oracle import Answer, Change


class Found(NamedTuple):
    """What a contender ended with. None: it keeps no such thing."""

    events: int | None = None
    """How many it counted, each id once."""
    records: int | None = None
    """How many it read."""
    standings: Mapping[str, Standing] | None = None
    changes: Mapping[str, Sequence[Change]] | None = None


def faults(found: Found, right: Answer, *, coalesces: bool = False) -> list[str]:
    """What is wrong, in sentences; empty for a right answer.

    `coalesces`: of the changes within a batch only the last is announced, which leaves the chain unbroken.
    """
    said = []
    if found.events not in (None, right.events):
        said.append(f"{found.events} events instead of {right.events}")
    if found.records not in (None, right.records):
        said.append(f"{found.records} records instead of {right.records}")
    if found.standings is not None:
        said += _standings(found.standings, right.standings)
    if found.changes is not None:
        said += _chains(found.changes, right)
        if not coalesces:
            wrong = sum(list(found.changes.get(who, ())) != chain for who, chain in right.changes.items())
            said += [f"{wrong} customers' changes are not those of the oracle"] if wrong else []
    return said


def _standings(found: Mapping[str, Standing], right: Mapping[str, Standing]) -> list[str]:
    wrong = [who for who, standing in right.items() if found.get(who) != standing]
    said = []
    if wrong:
        said.append(f"{len(wrong)} of {len(right)} states differ, such as {found.get(wrong[0])} for {right[wrong[0]]}")
    if more := len(found.keys() - right.keys()):
        said.append(f"{more} states of nobody")
    return said


def _chains(found: Mapping[str, Sequence[Change]], right: Answer) -> list[str]:
    said = []
    broken = [who for who, chain in found.items() if not is_unbroken(chain)]
    if broken:
        said.append(f"{len(broken)} chains of changes are broken, such as {list(found[broken[0]])}")
    ends = {who: chain[-1][1] for who, chain in found.items() if chain}
    wrong = sum(ends.get(who) != grade(standing) for who, standing in right.standings.items())
    return said + ([f"{wrong} last grades differ"] if wrong else [])


def is_unbroken(chain: Sequence[Change]) -> bool:
    """From nothing, each change from where the one before it led, to somewhere else."""
    froms = [None, *(to for _, to in chain)]
    return all(was == before and was != to for (was, to), before in zip(chain, froms, strict=False))
