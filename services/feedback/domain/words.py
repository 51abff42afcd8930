"""What is said about a complaint after it was made: the latest word holds, whenever it arrives."""

from __future__ import annotations

from datetime import UTC

from msgspec.structs import replace

from services.feedback.domain.case import Change
from services.feedback.domain.rows import CaseFile
from services.feedback.domain.state import CustomerState, Word
from shared.contracts.feedback import ComplaintFaultFound

FIELDS = ("fault", "severity", "correctable")
MOST = 100
"""Words that a customer's stream holds about complaints which are not open."""


def hold(state: CustomerState, word: Word) -> CustomerState:
    """In the order of arrival: heard again in it, the words make of the case what they would have made one by one."""
    return replace(state, early=(*state.early, word)[-MOST:])


def heard_of(state: CustomerState, complaint_id: str) -> tuple[tuple[Word, ...], CustomerState]:
    """What is held about this complaint, and the state without it."""
    mine = tuple(each for each in state.early if each.complaint_id == complaint_id)
    return mine, replace(state, early=tuple(each for each in state.early if each not in mine))


def hear(file: CaseFile, word: Word) -> CaseFile:
    """The file with every field of the word that no later word has set; any word is later than the complaint itself."""
    mark = f"{word.at.astimezone(UTC).isoformat(timespec='microseconds')} {word.event_id}"
    told = {
        name: value for name in FIELDS if (value := getattr(word, name)) is not None and mark > file.said.get(name, "")
    }
    heard = replace(file, **told, said={**file.said, **dict.fromkeys(told, mark)}) if told else file
    return replace(heard, commitment_breached=True) if word.breached else heard


def hear_about(change: Change, word: Word) -> Change:
    """As `hear` for a case; a fault that is another one now is announced."""
    file = hear(change.file, word)
    heard = replace(change, case=replace(change.case, file=file))
    return heard if file.fault == change.file.fault else heard.say(fault_found(file))


def fault_found(file: CaseFile) -> ComplaintFaultFound:
    return ComplaintFaultFound(case_id=file.case_id, complaint_id=file.complaint_id, fault=file.fault)
