"""Consent per channel and purpose: the newest word that covers both holds, else the policy."""

from __future__ import annotations

from itertools import permutations

import pytest

from services.profile.domain.consents import ConsentWord, holdings

ANNA = "shop:1"


def changed(files, at, granted, **data):
    return files.tell("consent.changed", ANNA, at, now="2025-04-01", granted=granted, **data)


def holds(files, channel, purpose):
    """Whether it is granted by what the file shows: the channel's own line, else that of all channels."""
    found = {(h.channel, h.purpose.value): h.granted for h in holdings(files.state(ANNA), files.policy)}
    return found.get((channel, purpose), found[None, purpose])


@pytest.mark.parametrize(
    ("purpose", "granted"), [("service", True), ("marketing", True), ("survey", True), ("private_help", False)]
)
def test_while_nothing_was_said_the_policy_says(files, purpose, granted):
    files.tell("customer.registered", ANNA, "2025-03-01", party="individual")
    assert holds(files, "email", purpose) is granted


def test_a_country_may_turn_the_default_round(make_files):
    files = make_files({"consent.default": {"marketing": False}})
    files.tell("customer.registered", ANNA, "2025-03-01", party="individual")
    assert holds(files, "email", "marketing") is False


WORDS = (
    ("2025-03-01", False, {}),
    ("2025-03-02", True, {"purpose": "marketing"}),
    ("2025-03-03", False, {"channel": "email", "purpose": "marketing"}),
    ("2025-03-04", True, {"channel": "sms"}),
)


@pytest.mark.parametrize("sequence", list(permutations(range(4))), ids=str)
def test_the_newest_word_that_covers_both_holds_in_whatever_sequence_they_come(files, sequence):
    for n in sequence:
        at, granted, data = WORDS[n]
        changed(files, at, granted, **data)
    asked = [("email", "marketing"), ("phone", "marketing"), ("phone", "service"), ("sms", "service")]
    assert [holds(files, *both) for both in asked] == [False, True, False, True]


@pytest.mark.parametrize("sequence", list(permutations((True, False))), ids=str)
@pytest.mark.parametrize("ids", list(permutations("ab")), ids=str)
def test_a_withdrawal_of_the_same_instant_has_the_last_word(files, sequence, ids):
    for granted, id in zip(sequence, ids, strict=True):
        changed(files, "2025-03-02", granted, id=id, purpose="marketing")
    assert holds(files, "email", "marketing") is False


def test_a_word_that_later_ones_cover_is_kept_as_proof_and_not_said(files):
    changed(files, "2025-03-02", False)
    changed(files, "2025-03-01", True, channel="email", purpose="marketing")
    assert files.facts("consent.changed") == [{"granted": False}]
    assert sorted(word.granted for word in files.tables[ConsentWord].values()) == [False, True]


def test_what_is_said_keeps_its_time_channel_and_purpose(files):
    changed(files, "2025-03-02", False, channel="email", purpose="marketing")
    fact = next(fact for fact in files.said if fact.name == "consent.changed")
    assert fact.data == {"channel": "email", "purpose": "marketing", "granted": False}
    assert fact.time.startswith("2025-03-02")


def test_words_about_one_pair_do_not_pile_up_in_the_state(files):
    for day in range(1, 29):
        changed(files, f"2025-03-{day:02}", day % 2 == 0, channel="email")
    assert len(files.state(ANNA).consents) == 1


def test_a_channel_that_is_not_registered_is_refused(files):
    assert changed(files, "2025-03-01", True, channel="line").reason == "channel_unknown"


def test_a_file_that_is_taken_in_brings_its_consents(files):
    files.tell("consent.changed", "phone:+1555", "2025-03-01", granted=False, purpose="marketing")
    files.tell("customer.registered", ANNA, "2025-03-02", party="individual", handles=["phone:+1555"])
    assert holds(files, "email", "marketing") is False
    assert files.facts("consent.changed", str(files.id_of(ANNA))) == [{"purpose": "marketing", "granted": False}]
