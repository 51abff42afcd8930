"""Persons inside an organisation: which handle leads to whom, and what of one is never shown for another."""

from __future__ import annotations

import pytest

from services.profile.domain.contacts import ContactHandle, ContactWord

FIRM, PHONE, OTHER = "shop:1", "phone:+1777", "shop:2"


def stated(files, at="2025-03-02", contact_id="k1", role="user", subject=FIRM, **data):
    return files.tell("contact.stated", subject, at, contact_id=contact_id, role=role, **data)


def called(files, at="2025-03-05", subject=PHONE, **data):
    return files.tell("interaction.recorded", subject, at, **{"channel": "phone", "direction": "inbound"} | data)


def test_a_handle_of_a_contact_leads_to_the_organisation_with_that_contact(files):
    files.tell("customer.registered", FIRM, "2025-03-01", party="organisation")
    stated(files, handles=[PHONE])
    called(files)
    (fact,) = files.facts("interaction.recorded", str(files.id_of(FIRM)))
    assert fact["contact_id"] == "k1"


def test_who_called_before_being_known_is_taken_into_the_organisations_file(files):
    files.tell("customer.registered", FIRM, "2025-03-01", party="organisation")
    called(files, "2025-03-02")
    stranger = files.id_of(PHONE)
    stated(files, "2025-03-03", handles=[PHONE])
    assert stranger != files.id_of(PHONE) == files.id_of(FIRM)
    assert [entry.handle for entry in files.timeline(FIRM)] == [PHONE]


def test_a_handle_that_another_identified_customer_has_stays_there(files):
    files.tell("customer.registered", OTHER, "2025-03-01", party="individual", handles=[PHONE])
    stated(files, handles=[PHONE])
    called(files)
    assert files.id_of(PHONE) == files.id_of(OTHER)
    assert "contact_id" not in files.facts("interaction.recorded")[0]


@pytest.mark.parametrize("sequence", [("k1", "k2"), ("k2", "k1")], ids=" then ".join)
def test_of_two_who_had_a_handle_the_one_told_of_last_has_it(files, sequence):
    days = {"k1": "2025-03-01", "k2": "2025-03-02"}
    for contact_id in sequence:
        stated(files, days[contact_id], contact_id, handles=[PHONE])
    assert files.tables[ContactHandle][PHONE].contact_id == "k2"


def test_what_is_said_of_a_contact_carries_no_handle(files):
    stated(files, handles=[PHONE], department="sales")
    assert files.facts("customer.updated") == [{"fields": ["contacts"]}]
    assert "1777" not in str([fact.data for fact in files.said])


def test_text_that_is_no_handle_is_refused(files):
    assert stated(files, handles=["phone:\u200b1"]).reason == "invalid_data"
    assert files.tables[ContactWord] == {}
