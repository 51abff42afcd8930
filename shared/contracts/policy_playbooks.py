"""Policy: lists of work, the steps of a case and the kinds of task."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from shared.contracts.data import Flag, Name
from shared.contracts.policy_numbers import OFF, Codes, Days, Section, ascending
from shared.contracts.values import ConsentPurpose, Step, WinbackStep


class StepWhen(StrEnum):
    """The condition of a remediation step; `supervisor` is `remediation.supervisor_when`."""

    ALWAYS = "always"
    CORRECTABLE = "correctable"
    SUPERVISOR = "supervisor"
    BREACH_OR_STAFF = "breach_or_staff"


class RemediationPlay(Section):
    step: Step
    when: StepWhen
    role: Name
    title: Name


class WinbackPlay(Section):
    """`capabilities`: over which kinds of channel the step may be done; empty: any."""

    step: WinbackStep
    capabilities: Annotated[tuple[Literal["call", "visit", "write"], ...], Field(max_length=3)]
    title: Name


class CarePlay(Section):
    """What an occasion is answered with; `gift`: beside the greeting there is something to give (CA-09)."""

    options: Codes
    gift: Flag = False


class Playbooks(Section):
    """Steps in the order in which they are listed for a case; care by occasion."""

    remediation: Annotated[tuple[RemediationPlay, ...], Field(max_length=7)]
    winback: Annotated[tuple[WinbackPlay, ...], Field(max_length=5)]
    care: dict[Name, CarePlay]

    @model_validator(mode="after")
    def _each_step_once(self) -> Self:
        for steps in ([str(p.step) for p in self.remediation], [str(p.step) for p in self.winback]):
            if len(steps) != len(set(steps)):
                raise ValueError("a step is listed twice")
        return self


class Rung(Section):
    """`after_days` overdue, or since somebody last worked on it, it goes `to` this role as well."""

    after_days: Annotated[int, Field(ge=1, le=365, strict=True)]
    to: Name


def _rising(ladder: tuple[Rung, ...]) -> tuple[Rung, ...]:
    ascending(tuple(rung.after_days for rung in ladder))
    return ladder


Ladder = Annotated[tuple[Rung, ...], Field(max_length=10), AfterValidator(_rising)]


class Escalation(Section):
    """Who else hears of work that stays undone; empty: nobody. A task kind may have a ladder of its own."""

    tasks: Ladder
    followups: Ladder


class TaskPlay(Section):
    """What makes a task of this kind, who does it, and what to go through (KP-07).

    `contact`: doing it reaches the customer. `due_days` after its cause, where no other value of the policy says it.
    `expire_days` after it was due it has lost its point; None: it stays owed.
    """

    cause: Name
    role: Name
    consent_purpose: ConsentPurpose
    checklist: Codes
    contact: Flag = True
    due_days: Days = 0
    due_hours: Annotated[int, Field(ge=0, le=10_000, strict=True)] | None = None
    """Working hours after its cause, in place of any days."""
    expire_days: Days | None = None
    escalation: Ladder | None = None
    """In place of `escalation.tasks`."""


class Tasks(Section):
    """`catalogue`: task kind -> how it comes about; off: tasks of this kind are not made.

    `snooze_days`: how far from today a task may be put off by hand. `services`: what a task asked for may be (SC-23).
    """

    snooze_days: Annotated[int, Field(ge=1, le=365, strict=True)]
    services: Codes
    catalogue: dict[Name, OFF | TaskPlay]

    def play(self, kind: str) -> TaskPlay | None:
        """How tasks of this kind come about; None where they do not."""
        found = self.catalogue.get(kind)
        return found if isinstance(found, TaskPlay) else None

    @property
    def kinds(self) -> list[str]:
        """Those that are made, by name."""
        return sorted(kind for kind in self.catalogue if self.play(kind))
