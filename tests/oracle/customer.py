"""One customer through all four services, one input after the other, each settled before the next."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.oracle.cases import Case, is_repeat
from tests.oracle.file import File, Stated
from tests.oracle.grading import Grade, assess
from tests.oracle.journal import Journal
from tests.oracle.tables import ALERT_DAYS, CALLS_AND_VISITS, FLOOR_DAYS, Calendar, days
from tests.oracle.voice import Voice
from tests.oracle.worth import NOBODY, Cuts, churn_level

Data = dict[str, Any]


@dataclass
class Customer:
    today: date
    calendar: Calendar = frozenset()
    file: File = field(default_factory=File)
    grade: Grade | None = None
    letters: list[str] = field(default_factory=list)
    """Each change of letter, the first included."""
    assigned_by_followup: list[bool] = field(default_factory=list)
    """For each completed follow-up: whether the letter changed."""
    journal: Journal = field(default_factory=Journal)
    cases: dict[str, Case] = field(default_factory=dict)
    last_contact: date | None = None
    cuts: Cuts = NOBODY
    """As of the day's beginning."""
    tier: str = "regular"
    alerts: dict[str, list[date]] = field(default_factory=dict)
    """Level of churn -> the days on which it was told."""

    voice: Voice = field(default_factory=Voice)

    def __post_init__(self) -> None:
        self.journal.calendar = self.calendar

    @property
    def anchor(self) -> date:
        return self.journal.entries[-1].completed_on if self.journal.entries else self.file.registered_on

    @property
    def last_contact_on(self) -> date:
        return max(self.last_contact or self.file.registered_on, self.file.registered_on)

    def settle(self, *, time_alone: bool = False) -> None:
        """Grade again, then schedule again."""
        self._place()
        self._alarm()
        open_cases = [case.opened_on for case in self.cases.values() if case.status == "open"]
        bought = any(order.stands for order in self.file.orders.values())
        self.grade = assess(self.file.need_in_force(), bought, bool(open_cases), self.today)
        if not self.letters or self.letters[-1] != self.grade.letter:
            self.letters.append(self.grade.letter)
        floor = FLOOR_DAYS.get(self.tier)
        kept_up = self.last_contact_on + days(floor) if floor is not None else None
        self.journal.settle(self.grade.letter, self.anchor, open_cases, kept_up, self.today, time_alone=time_alone)

    def _place(self) -> None:
        """In the tier that the profit gives; an open case of a key account brings the supervisor."""
        self.tier = self.cuts.tier_of(self.file.profit)
        for case in self.cases.values():
            case.of_key = self.tier == "key"
            if case.status == "open":
                case.judge(self.today)

    def _alarm(self) -> None:
        level = churn_level(self.file.ordered_on, self.today)
        if level is None or self.voice.left_on is not None:
            return
        told = self.alerts.setdefault(level, [])
        began = max(self.file.ordered_on)
        if not told or (told[-1] <= began and self.today >= told[-1] + days(ALERT_DAYS)):
            told.append(self.today)

    def rank(self, cuts: Cuts) -> None:
        """The day has begun: all who have bought are ranked."""
        self.cuts = cuts
        self.settle()

    def tick(self) -> None:
        """The next day's 00:00."""
        self.today += timedelta(days=1)
        for promise in self.voice.breaches(self.today):
            self._breached(promise.complaint_id)
        self.settle(time_alone=True)
        self.journal.day_begins(self.today)

    def _breached(self, complaint_id: str | None) -> None:
        case = self.cases.get(complaint_id) if complaint_id else None
        if case is not None and case.status == "open":
            case.facts["commitment_breached"] = True
            case.judge(self.today)

    def receive(self, event: Data) -> None:
        """One upstream event that has not come before."""
        at = datetime.fromisoformat(event["time"])
        data, name = event["data"], event["type"].removeprefix("holdfast.").removesuffix(".v1")
        self.file.met(at)
        if name == "customer.registered" and self.file.registered is None:
            self.file.registered = at.astimezone(UTC).date()
        elif name == "need.stated":
            need = {key: value for key, value in data.items() if key != "version"}
            self.file.state_need(Stated(at, event["id"], need), event["source"], data.get("version"))
        elif name.startswith("order."):
            self.file.order_event(name.removeprefix("order."), at, data)
        elif name == "interaction.recorded":
            self._interaction(at, event["id"], data)
        elif name.startswith("complaint."):
            self._complaint(name.removeprefix("complaint."), at, data)
        else:
            self._say(name, at, data)
        self.settle()

    def _say(self, name: str, at: datetime, data: Data) -> None:
        if name == "survey.answered":
            self.voice.answer(data["survey"], data["score"])
        elif name.startswith("commitment."):
            self.voice.promise(name.removeprefix("commitment."), data)
        elif name == "customer.left":
            self.voice.left_on, self.voice.reason = at.astimezone(UTC).date(), data.get("reason", "unknown")

    def _interaction(self, at: datetime, event_id: str, data: Data) -> None:
        known = data.get("interaction_id", event_id)
        if known not in self.file.interactions:
            self.file.interactions.add(known)
            self.voice.contact(data)
            if data["channel"] in CALLS_AND_VISITS or data.get("human"):
                self._contact(at.astimezone(UTC).date())

    def _contact(self, on: date) -> None:
        self.last_contact = max(on, self.last_contact or on)

    def _complaint(self, kind: str, at: datetime, data: Data) -> None:
        complaint_id, on = data["complaint_id"], at.astimezone(UTC).date()
        case = self.cases.get(complaint_id)
        if kind == "reported" and case is None:
            earlier = [other.opened_on for other in self.cases.values()]
            case = self.cases[complaint_id] = Case(complaint_id, on, dict(data), is_repeat(on, earlier))
            case.judge(self.today)
        elif kind == "updated" and case and case.status == "open":
            case.facts.update({key: data[key] for key in ("fault", "severity", "correctable") if key in data})
            case.judge(self.today)
        elif kind == "withdrawn" and case and case.status == "open":
            case.status = "withdrawn"

    def complete(
        self, at: datetime, need: Data | None, mode: str, outcome: str | None, channel: str | None
    ) -> str | None:
        """Completes the open follow-up, or gives the refusal's slug. `at`: the clock."""
        if need is None or outcome is None:
            return "record_not_refreshed"
        if mode == "contact" and channel is None:
            return "channel_required"
        if mode == "contact" and outcome != "unreachable":
            self._contact(self.today)
        self.journal.complete(mode, outcome, self.today)
        self.file.state_need(Stated(at, "", need, "followup"), "", None)
        before = self.letters[-1]
        self.settle()
        self.assigned_by_followup.append(self.letters[-1] != before)
        return None

    def acknowledge(self, complaint_id: str) -> None:
        """The task of that kind is done; it has no channel here, so it is no contact."""
        self.cases[complaint_id].acknowledged = True

    def step(self, complaint_id: str, step: str, result: str = "done", *, told: bool = False) -> str | None:
        return self.cases[complaint_id].complete(step, result, told, self.today)

    def resolve(self, complaint_id: str) -> str | None:
        refused = self.cases[complaint_id].resolve()
        self.settle()
        return refused
