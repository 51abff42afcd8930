"""Whatever a person tells a service is told again when a recording is played."""

from __future__ import annotations

import pytest

from holdfast.journal.routes import ROUTES
from services.feedback.domain.rules import RULES as FEEDBACK
from services.grading.domain.rules import RULES as GRADING
from services.profile.domain.commands import AnnounceCustomer, BeReferred, GiveOrderUp
from services.profile.domain.erasure import EraseCustomer
from services.profile.domain.rules import COMMANDS as PROFILE
from services.scheduler.domain.rules import RULES as SCHEDULER

BY_THEMSELVES = {
    AnnounceCustomer.TYPE: "a job's word, which follows from its run",
    BeReferred.TYPE: "what one file tells another",
    GiveOrderUp.TYPE: "what one file tells another",
    "holdfast.grading.command.settle_customer.v1": "a job's word at midnight",
    "holdfast.scheduler.command.offer_product.v1": "a job's word after a launch",
}
NOT_RECORDED = {EraseCustomer.TYPE: "no recording holds anything of a person who was erased"}
COMMANDS = {
    command.TYPE: command
    for commands in (PROFILE, GRADING.commands, SCHEDULER.commands, FEEDBACK.commands)
    for command in commands
}


@pytest.mark.parametrize("type_", sorted(COMMANDS))
def test_a_command_has_a_route_or_a_reason_to_have_none(type_):
    assert (type_ in ROUTES) != (type_ in BY_THEMSELVES or type_ in NOT_RECORDED)


def test_what_has_a_route_is_read_back_from_a_journal():
    assert set(ROUTES) <= set(COMMANDS)
