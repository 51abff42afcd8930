"""The end of the demo as a person reads it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date

from rich.console import Console
from rich.table import Table

from holdfast.demo.standing import Standing
from holdfast.demo.story import Story
from holdfast.outside.api import Json

JOURNALS = {"A": "daily", "B": "weekly", "C": "half-monthly", "D": "monthly", "E": "yearly"}
MOST_CASES = 10


def show_standing(console: Console, standing: Standing) -> None:
    """Grades and journals, the work list, open cases, refusals."""
    console.print(_grades(standing), _work(standing), _cases(standing), _refused(standing))


def show_story(console: Console, story: Story) -> None:
    """One customer, day by day."""
    totals = story.file["totals"]
    title = (
        f"One customer: {story.handle}, registered {story.file['registered_on']}, {totals['purchases']} orders, "
        f"{totals['complaints']} complaints, now {story.grade['grade']} ({story.grade['reasons'][0]['input']})"
    )
    table = _table(title, "day", "what happened")
    for day, what in story.lines:
        table.add_row(day, what)
    console.print(table)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, header_style="dim", overflow="fold")
    return table


def _grades(standing: Standing) -> Table:
    by_grade: defaultdict[str, list[date]] = defaultdict(list)
    for item in standing.followups:
        by_grade[item["grade"]].append(date.fromisoformat(item["due_on"]))
    table = _table(
        f"Grades and journals on {standing.day}", "grade", "journal", "customers", "due today", "overdue", "oldest"
    )
    for grade, count in standing.grades.items():
        due = by_grade[grade]
        late = [(standing.day - on).days for on in due if on < standing.day]
        oldest = f"{max(late)} days" if late else ""
        row = (count, due.count(standing.day), len(late))
        table.add_row(grade, JOURNALS[grade], *map(str, row), oldest)
    return table


def _work(standing: Standing) -> Table:
    title = f"Work list of {standing.day}: {len(standing.work)} of {standing.waiting} lines, in its order"
    table = _table(title, "what", "customer", "due", "late", "urgency", "grade", "because", "the grade's reason")
    for line in standing.work:
        item = line.item
        late = f"{item['overdue_days']} d" if item["overdue_days"] else ""
        because = ", ".join(item["because"])
        table.add_row(
            *(item["kind"], line.handle, item["due_on"], late),
            *(item["urgency"], item["grade"], because, line.reason),
        )
    return table


def _cases(standing: Standing) -> Table:
    shown = standing.cases[:MOST_CASES]
    title = f"Open cases: {len(shown)} of {len(standing.cases)}, newest first"
    table = _table(title, "complaint", "opened", "fault", "severity", "steps and deadlines")
    for case in shown:
        steps = ", ".join(_steps(case, standing.day)) or "none until the fault is known to be ours"
        table.add_row(case["complaint_id"], case["opened_on"], case["fault"], case["severity"], steps)
    return table


def _steps(case: Json, day: date) -> Iterator[str]:
    if case["acknowledged_at"] is None:
        yield f"acknowledge by {case['acknowledge_by_on']}"
    for step in case["steps"]:
        late = " (late)" if date.fromisoformat(step["due_on"]) < day else ""
        yield (
            f"{step['step']} due {step['due_on']}{late}"
            if step["status"] == "open"
            else f"{step['step']} {step['status']}"
        )


def _refused(standing: Standing) -> Table:
    table = _table("Refused, and why", "door", "what", "reason", "told to the sender")
    for dead in standing.dead_letters:
        table.add_row(f"Kafka, {dead.service}", dead.event_id or "unreadable", dead.reason, dead.detail)
    for (what, slug, detail), times in Counter((r.what, r.slug, r.detail) for r in standing.refusals).items():
        table.add_row("HTTP", f"{what}{f' ×{times}' if times > 1 else ''}", slug, detail)
    return table
