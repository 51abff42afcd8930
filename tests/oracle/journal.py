"""One open follow-up per customer: when it is due, when it is replaced, and what is said about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from tests.oracle.tables import CADENCE, COMPLAINT_DAYS, JOURNAL, Calendar, days, on_working_day


@dataclass
class FollowUp:
    letter: str
    due_on: date
    since: date
    """The day on which it was made."""
    due: str = "no"
    """Whether `followup.due` was said: no, never (its day had passed), maybe (the contract leaves it open) or yes."""
    overdue: str = "no"
    until: date | None = None
    """The day on which another one took its place."""

    @property
    def lasted(self) -> bool:
        """Whether it saw the end of a day; what else was made within one depends on the sequence of its inputs."""
        return self.until != self.since

    @property
    def journal(self) -> str:
        return JOURNAL[self.letter]

    def status(self, today: date) -> str:
        return "scheduled" if today < self.due_on else "due" if today == self.due_on else "overdue"


@dataclass(frozen=True)
class Entry:
    due_on: date
    completed_on: date
    mode: str
    outcome: str

    @property
    def on_time(self) -> bool:
        return self.completed_on <= self.due_on


@dataclass
class Journal:
    calendar: Calendar = frozenset()
    open: FollowUp | None = None
    inner: date | None = None
    instant: tuple[date, bool] | None = None
    before: tuple[date | None, date] | None = None
    """The inner minimum and the due date as they stood before this instant."""
    past: list[FollowUp] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    def settle(
        self,
        letter: str,
        anchor: date,
        complaints: list[date],
        floor: date | None,
        today: date,
        *,
        time_alone: bool = False,
    ) -> None:
        """Replace the open follow-up where its letter or its due date must be another one.

        `complaints`: the days on which the open ones were opened. `floor`: the latest day that the tier allows, if it
        has one. All inputs of one instant are judged against what
        stood before it, so that their sequence does not matter: a day has two, its 00:00 and the rest.
        """
        if self.instant != (instant := (today, time_alone)):
            self.instant, self.before = instant, (self.inner, self.open.due_on) if self.open else None
        pulls = [max(opened, anchor) + days(COMPLAINT_DAYS) for opened in complaints]
        inner = min([anchor + days(CADENCE[letter]), *pulls, *([floor] if floor else [])])
        due = on_working_day(max(today, inner), anchor, self.calendar)
        if self.before and self.before[0] == inner:
            due = self.before[1]
        elif self.before and time_alone:
            due = min(self.before[1], due)
        self.inner = inner
        if self.open is None or (self.open.letter, self.open.due_on) != (letter, due):
            self._replace(FollowUp(letter, due, today), today)

    def _replace(self, new: FollowUp, today: date) -> None:
        if old := self.open:
            self._leave_open(old, today)
            old.until = today
            self.past.append(old)
        if new.due_on < today:  # an overdue one goes on under another letter
            new.due, new.overdue = "never", "yes"
        elif new.due_on == today:
            new.due = "yes"
        self.open = new

    @staticmethod
    def _leave_open(old: FollowUp, today: date) -> None:
        """A word of the very instant at which a follow-up is replaced may be missing."""
        if old.due_on == today and old.due == "no":
            old.due = "maybe"
        elif old.due_on < today and old.overdue == "no":
            old.overdue = "maybe"

    def day_begins(self, today: date) -> None:
        """Say due on the day, overdue the day after and never again."""
        if self.open is None:
            return
        if today >= self.open.due_on and self.open.due == "no":
            self.open.due = "yes"
        if today > self.open.due_on and self.open.overdue == "no":
            self.open.overdue = "yes"

    def complete(self, mode: str, outcome: str, today: date) -> None:
        """The open one is done; the caller settles the next."""
        assert self.open is not None, "there is always one"
        self.entries.append(Entry(self.open.due_on, today, mode, outcome))
        self.past.append(self.open)
        self.open = self.inner = self.before = None
        self.instant = (today, False)

    def said(self, word: str) -> tuple[int, int]:
        """How often `followup.due` or `followup.overdue` is said of those that lasted: at least, at most."""
        every = [*self.past, *([self.open] if self.open else [])]
        words = [getattr(one, word) for one in every if one.lasted]
        return words.count("yes"), words.count("yes") + words.count("maybe")
