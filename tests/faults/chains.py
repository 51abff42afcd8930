"""What one customer's facts on one topic must look like in their sequence, whatever was killed."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

from tests.faults.topics import Fact, name_of


def in_order(facts: list[Fact]) -> list[str]:
    """Nothing is announced after what was decided on a later day (late wake-ups announce an instant of theirs)."""
    now = [fact["recordedtime"][:10] for fact in facts]
    return [f"{facts[n]['type']} of {now[n]} after {now[n - 1]}" for n in range(1, len(now)) if now[n] < now[n - 1]]


def needs(facts: list[Fact]) -> list[str]:
    """Versions are numbered 1, 2, 3 … without gaps, in that sequence."""
    versions = [f["data"]["version"] for f in facts if name_of(f) == "need.changed"]
    return [f"need versions {versions}"] if versions != list(range(1, len(versions) + 1)) else []


def grades(facts: list[Fact]) -> list[str]:
    """Each grade names the one before it, and says rightly whether the letter is another one."""
    broken, previous = [], None
    for fact in (f["data"] for f in facts if name_of(f) == "grade.assigned"):
        if fact.get("previous") != previous and previous is not None:
            broken.append(f"grade {fact['grade']} says it follows {fact.get('previous')}, it follows {previous}")
        if previous is not None and fact["changed"] != (fact["grade"] != previous):
            broken.append(f"grade {previous} to {fact['grade']} says changed: {fact['changed']}")
        previous = fact["grade"]
    return broken


def tiers(facts: list[Fact]) -> list[str]:
    """Each tier names the one before it, and is said for a change of tier or segments alone."""
    broken, previous, segments = [], "regular", []
    for fact in (f["data"] for f in facts if name_of(f) == "tier.assigned"):
        if fact.get("previous") != previous:
            broken.append(f"tier {fact['tier']} says it follows {fact.get('previous')}, it follows {previous}")
        if (fact["tier"], fact["segments"]) == (previous, segments):
            broken.append(f"tier {previous} {segments} said twice")
        previous, segments = fact["tier"], fact["segments"]
    return broken


def letters(facts: list[Fact]) -> list[str]:
    """The letters as they changed, the first included."""
    said = [f["data"]["grade"] for f in facts if name_of(f) == "grade.assigned"]
    return [letter for n, letter in enumerate(said) if n == 0 or letter != said[n - 1]]


def followups(facts: list[Fact]) -> list[str]:
    """One open follow-up after the other: scheduled once, due and overdue at most once, ended once."""
    open_id, said, broken = None, Counter[tuple[str, str]](), []
    for fact in facts:
        name, one = name_of(fact), fact["data"].get("followup_id")
        if one is None or not name.startswith("followup."):
            continue
        said[name, one] += 1
        if said[name, one] > 1:
            broken.append(f"{name} twice for {one}")
        if name == "followup.scheduled":
            broken += [f"{one} scheduled while {open_id} is open"] if open_id else []
            open_id = one
        elif one != open_id:
            broken.append(f"{name} of {one}, but {open_id} is open")
        elif name in {"followup.superseded", "followup.completed"}:
            open_id = None
    return broken + (["no open follow-up at the end"] if open_id is None else [])


def instants(facts: list[Fact]) -> list[str]:
    """Due on its day and overdue the day after, whenever the clock was looked at; at once where that day has passed."""
    made: dict[str, date] = {}
    broken = []
    for fact in facts:
        name, data, on = name_of(fact), fact["data"], date.fromisoformat(fact["recordedtime"][:10])
        if name == "followup.scheduled":
            made[data["followup_id"]] = on
        elif name in {"followup.due", "followup.overdue"}:
            day = date.fromisoformat(data["due_on"]) + timedelta(days=name == "followup.overdue")
            if on != max(day, made.get(data["followup_id"], day)):
                broken.append(f"{name} of {data['due_on']} said on {on}")
    return broken


def tasks(facts: list[Fact]) -> list[str]:
    """A task is made once and first; it is overdue at most once, and completed or cancelled once, which ends it."""
    said, made, ended, broken = Counter[Any](), set(), set(), []
    for fact in facts:
        name, task = name_of(fact), fact["data"].get("task_id")
        if not name.startswith("task."):
            continue
        said[name, task] += 1
        broken += [f"{name} twice for {task}"] if said[name, task] > 1 else []
        broken += [f"{name} before task.created of {task}"] if name != "task.created" and task not in made else []
        broken += [f"{name} after the end of {task}"] if task in ended else []
        made |= {task} if name == "task.created" else set()
        ended |= {task} if name in {"task.completed", "task.cancelled"} else set()
    return broken


def cases(facts: list[Fact]) -> list[str]:
    """A case is opened before all else about it, each step is completed at most once (R7 apart), resolved last."""
    opened: set[str] = set()
    said: Counter[Any] = Counter()
    broken = []
    for fact in facts:
        name, data = name_of(fact), fact["data"]
        case = data.get("case_id")
        if case is None:
            continue
        if name in {"complaint.opened", "winback.started"}:
            opened.add(case)
        elif case not in opened:
            broken.append(f"{name} before the opening of {case}")
        said[name, case, data.get("step")] += 1
    return broken + [f"{k[0]} {k[2] or ''} {n} times for {k[1]}" for k, n in said.items() if n > 1 and k[2] != "R7"]
