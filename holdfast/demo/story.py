"""One customer's story, from the first order to the present grade, told by the public routes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from itertools import groupby

from msgspec import Struct

from holdfast.demo.people import Person
from holdfast.outside.api import Api, Json

CANDIDATES = 12
MOST_LINES = 34


class Story(Struct, frozen=True):
    """`lines`: when and what, oldest first. `file` and `grade`: how the customer stands now."""

    handle: str
    file: Json
    grade: Json
    lines: list[tuple[str, str]]


async def tell_story(api: Api, people: Sequence[Person]) -> Story | None:
    """Of the looked-after customer to whom most different things happened; None where there is none."""
    owned = [person for person in people if person.owner and person.habit != "never"][:CANDIDATES]
    stories = [story for story in await asyncio.gather(*(_story(api, person) for person in owned)) if story]
    return max(stories, key=_colour, default=None)


def _colour(story: Story) -> tuple[int, int]:
    kinds = {what.split(" ")[0] for _, what in story.lines}
    return len(kinds), -abs(len(story.lines) - MOST_LINES)


async def _story(api: Api, person: Person) -> Story | None:
    found = (await api.get("profile", "/v1/customers", handle=person.handle))["items"]
    if not found:
        return None
    customer = found[0]["customer_id"]
    path = f"/v1/customers/{customer}"
    file, grade, journal, cases = await asyncio.gather(
        api.get("profile", path),
        api.get("grading", f"{path}/grade"),
        api.get("scheduler", f"{path}/journal", limit=1),
        api.items("feedback", "/v1/cases", customer=customer),
    )
    timeline, grades = await asyncio.gather(
        api.items("profile", f"{path}/timeline"), api.items("grading", f"{path}/grades")
    )
    said = sorted([*_touches(timeline), *_letters(grades), *_cases(cases), *_open(journal["open"])])
    return Story(person.handle, file, grade, _condensed([(at, what) for at, _, what in said]))


Moment = tuple[str, int, str]
"""When, its place among things of one day, what."""


def _touches(timeline: Sequence[Json]) -> Iterator[Moment]:
    for entry in timeline:
        how = " ".join(filter(None, (entry["channel"], entry["agent"] and f"by {entry['agent']}")))
        yield entry["at"][:10], 1, f"{entry['type']}{f' ({how})' if how else ''}"


def _letters(grades: Sequence[Json]) -> Iterator[Moment]:
    for given in grades:
        if given["changed"]:
            why = given["reasons"][0]["input"]
            yield given["as_of"], 2, f"grade {given['previous'] or '–'} → {given['grade']}: {why}"


def _cases(cases: Sequence[Json]) -> Iterator[Moment]:
    for case in cases:
        steps = ", ".join(f"{step['step']} {step['status']}" for step in case["steps"])
        fault = f"fault {case['fault']}, {case['severity']}"
        yield case["opened_on"], 3, f"case of {case['complaint_id']}: {fault}; {steps or 'no steps'}; {case['status']}"


def _open(followup: Json | None) -> Iterator[Moment]:
    if followup:
        because = ", ".join(followup["because"])
        yield "next", 0, f"follow-up due {followup['due_on']} ({followup['journal']}; {because}; {followup['status']})"


def _times(days: Sequence[str]) -> str:
    if len(days) == 1:
        return ""
    return f" ×{len(days)}" + (f" until {days[-1]}" if days[-1] != days[0] else "")


def _condensed(lines: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The same thing several times in a row is told once; of a long story the middle is left out."""
    told = []
    for what, run in groupby(lines, key=lambda line: line[1]):
        days = [day for day, _ in run]
        told.append((days[0], what + _times(days)))
    if len(told) <= MOST_LINES:
        return told
    half = MOST_LINES // 2
    return [*told[:half], ("…", f"{len(told) - MOST_LINES} lines more"), *told[-half:]]
