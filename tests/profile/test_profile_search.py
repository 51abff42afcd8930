"""Finding a file by a part of its name: every part of every name is looked for by pieces that the name has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profile.domain.search import SearchEntry, asked, fold, pieces

ANNA = "shop:1"
NAMES = st.text(st.sampled_from("abcé ÅB王小明한글İß"), min_size=1, max_size=20).map(fold).filter(bool)


@given(name=NAMES, data=st.data())
def test_every_part_of_a_name_is_asked_for_by_pieces_that_it_has(name, data):
    start = data.draw(st.integers(0, len(name) - 1))
    part = fold(name[start : start + data.draw(st.integers(2, 20))])
    if len(part) > 1:
        assert set(asked(part)) <= set(pieces(name))


@given(name=NAMES)
def test_one_sign_finds_ideographs_anywhere_and_letters_where_a_word_begins(name):
    for word in name.split():
        assert set(asked(word[0])) <= set(pieces(name))
    for sign in name:
        if sign in "王小明한글":
            assert set(asked(sign)) <= set(pieces(name))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ＡＮＮＡ", "anna"),
        ("Müller", "muller"),
        ("  Anna   Berg ", "anna berg"),
        ("王 小明", "王 小明"),
        ("Straße", "strasse"),
    ],
)
def test_names_are_found_as_people_type_them(typed, meant):
    assert fold(typed) == meant


def test_a_letter_in_the_middle_of_a_word_is_not_asked_for_alone():
    assert not set(asked("n")) & set(pieces(fold("Anna Berg")))
    assert set(asked("b")) <= set(pieces(fold("Anna Berg")))


def test_the_entry_follows_the_newest_name(files):
    files.tell("customer.registered", ANNA, "2025-03-02", party="individual", name="New", owner="ann", tags=["Vip"])
    files.tell("customer.updated", ANNA, "2025-03-01", name="Old")
    (entry,) = files.tables[SearchEntry].values()
    assert (entry.folded, entry.owner, entry.tags) == ("new", "ann", ("vip",))


def test_a_file_without_name_owner_and_tags_costs_no_entry(files):
    files.tell("customer.registered", ANNA, "2025-03-02", party="individual", region="north")
    assert files.tables[SearchEntry] == {}
