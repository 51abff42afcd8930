"""Bad input on the upstream topic: a dead letter that a person understands, and nothing else is held up by it."""

from __future__ import annotations

import pytest

from tests.bad_input.conftest import bytes_of
from tests.bad_input.records import ACCEPTED, REFUSED

pytestmark = pytest.mark.kafka


@pytest.mark.parametrize(
    ("name", "reason", "says"), [pytest.param(r.name, r.reason, r.says, id=r.name) for r in REFUSED]
)
def test_it_is_a_dead_letter_whose_reason_a_person_understands(outcome, name, reason, says):
    (letter,) = outcome.letters[name]
    assert letter["reason"] == reason
    assert says in letter["detail"]
    assert letter["detail"].endswith((".", "?"))
    assert len(letter["detail"]) <= 2000


@pytest.mark.parametrize("name", [row.name for row in REFUSED])
def test_its_bytes_are_kept_as_they_came(outcome, name):
    (letter,) = outcome.letters[name]
    sent = outcome.sent[name]
    assert bytes_of(letter) == (sent.value or b"", sent.key)


def test_the_events_around_it_are_applied(outcome):
    assert outcome.good_kept == outcome.good_sent == len(REFUSED)


def test_the_relay_goes_on(outcome):
    assert outcome.good_said == outcome.good_sent


def test_operators_get_a_notice_of_each_without_its_content(outcome):
    noticed = {said["data"]["dead_letter_id"]: said["data"] for said in outcome.notices}
    for letters in outcome.letters.values():
        notice = noticed[letters[0]["dead_letter_id"]]
        assert notice["reason"] == letters[0]["reason"]
        assert not {"body", "key", "headers"} & notice.keys()


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_only_looks_odd_is_accepted(outcome, name):
    assert outcome.accepted[name] == 1
