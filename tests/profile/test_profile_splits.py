"""Files that are joined by word, parted again, and handles that are somebody else's from an instant on."""

from __future__ import annotations

from itertools import permutations

import pytest

from services.profile.domain.commands import SplitFile
from shared.contracts.ids import event_key
from shared.engine.decision import Event

ANNA, BERT, PHONE = "shop:1", "shop:2", "phone:+8613800000000"
CALL = {"channel": "phone", "direction": "inbound"}


@pytest.fixture
def split(files, instant):
    def parted(customer, other, at):
        when, id_ = instant(at), f"split-{at}"
        source, data = "holdfast/profile/http", SplitFile(other=other)
        return files.fold(Event(event_key(source, id_), id_, source, data.TYPE, when, when, str(customer), data))

    return parted


def two(files):
    files.tell("customer.registered", ANNA, "2025-03-01", party="individual", name="Anna")
    files.tell("customer.registered", BERT, "2025-03-02", party="individual", name="Bert", region="north")
    files.tell("interaction.recorded", BERT, "2025-03-03", **CALL)


def test_two_identified_files_are_joined_by_word_alone_and_parted_again(files, split):
    two(files)
    anna, bert = files.id_of(ANNA), files.id_of(BERT)
    before = files.state(ANNA), files.state(BERT)
    files.tell("customers.merged", ANNA, "2025-03-04", other=BERT)
    assert files.id_of(BERT) == anna
    files.tell("need.stated", BERT, "2025-03-05", demand="latent")
    assert split(anna, BERT, "2025-03-06").result == "applied"
    assert (files.id_of(ANNA), files.id_of(BERT)) == (anna, bert)
    assert files.state(ANNA).file == before[0].file
    assert files.state(BERT).file == before[1].file
    assert [entry.type for entry in files.timeline(BERT)] == ["interaction.recorded"]
    assert len(files.needs(BERT)) == 1
    assert split(anna, BERT, "2025-03-07").reason == "not_merged"


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_a_released_handle_leads_to_a_new_file_whatever_comes_first(files, order):
    told = [
        ("interaction.recorded", PHONE, "2025-03-01", CALL),
        ("handle.released", PHONE, "2025-03-05", {"handle": PHONE}),
        ("interaction.recorded", PHONE, "2025-03-09", CALL),
    ]
    for place in order:
        name, subject, at, data = told[place]
        files.tell(name, subject, at, id=f"e{place}", now="2025-03-10", **data)
    new = files.id_of(PHONE)
    assert [entry.at.day for entry in files.timeline(PHONE)] == [9]
    assert files.state(PHONE).first_at.day == 9
    assert len(files.facts("customer.registered", str(new))) == 1
