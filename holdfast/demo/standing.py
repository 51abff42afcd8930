"""How things stand on the last day, asked over the public routes alone."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import NamedTuple

from msgspec import Struct

from holdfast.demo.work import Refusal
from holdfast.outside.api import Api, Json

FAR = date(2199, 12, 31)
"""A preview of the work list until here holds every open follow-up."""
SHOWN = 12
SERVICES = ("profile", "grading", "scheduler", "feedback")


class Line(Struct, frozen=True):
    """One line of the work list: who it is about, and why the grade is what it is."""

    item: Json
    handle: str
    reason: str


class DeadLetter(NamedTuple):
    """One input that a service could not take."""

    service: str
    event_id: str | None
    reason: str
    detail: str


class Standing(Struct, frozen=True):
    """All that the summary shows."""

    day: date
    grades: Json
    followups: list[Json]
    work: list[Line]
    waiting: int
    cases: list[Json]
    dead_letters: list[DeadLetter]
    refusals: list[Refusal]


async def ask_standing(api: Api, day: date, refusals: list[Refusal]) -> Standing:
    """Ask all four services."""
    due = await api.items("scheduler", "/v1/worklist", on=day.isoformat())
    ahead = await api.items("scheduler", "/v1/worklist", on=FAR.isoformat())
    return Standing(
        day=day,
        grades=(await api.get("grading", "/v1/summary"))["grades"],
        followups=[item for item in ahead if item["kind"] == "followup"],
        work=list(await asyncio.gather(*(_line(api, item) for item in _varied(due)))),
        waiting=len(due),
        cases=await api.items("feedback", "/v1/cases", status="open"),
        dead_letters=[dead for service in SERVICES for dead in await _dead_letters(api, service)],
        refusals=refusals,
    )


def _varied(due: list[Json]) -> list[Json]:
    """The top of the list, then the first of every kind, grade and reason that is not among it, in list order."""
    seen: set[tuple[str, ...]] = set()
    first = []
    for place, item in enumerate(due):
        sort = (item["kind"], item["grade"] or "", *item["because"])
        if place < SHOWN // 2 or sort not in seen:
            first.append(item)
        seen.add(sort)
    return first[:SHOWN]


async def _line(api: Api, item: Json) -> Line:
    customer = item["customer_id"]
    file, grade = await asyncio.gather(
        api.get("profile", f"/v1/customers/{customer}"), api.get("grading", f"/v1/customers/{customer}/grade")
    )
    return Line(item, file["handles"][0], grade["reasons"][0]["input"])


async def _dead_letters(api: Api, service: str) -> list[DeadLetter]:
    found = await api.items(service, "/v1/dead-letters")
    return [DeadLetter(service, dead["event_id"], dead["reason"], dead["detail"]) for dead in found]
