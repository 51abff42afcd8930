"""Whose handles were and which files are one, by all that was said: a table."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import permutations
from uuid import UUID, uuid5

import pytest

from services.profile.domain.families import families_of
from services.profile.domain.holders import TICK
from services.profile.domain.ledgers import HandleWord

SPACE = UUID(int=1)


def day(n):
    return datetime(2025, 3, n, tzinfo=UTC)


def own(handle, since):
    """The file that the handle opens itself since a day: `phone`, `phone 3`."""
    return uuid5(SPACE, f"{handle} {since.day}" if since else handle)


def _said(kind, n, handle, under, file=None):
    opens = own(handle, day(n)) if kind == "release" else None
    speaker = file or own(under, None)
    return HandleWord(handle, UUID(int=n), day(n), kind, speaker, under, is_own=handle == under, opens=opens)


def known(who, n):
    """Registered: it claims its own handle."""
    return _said("claim", n, who, who)


def claim(who, handle, n):
    return _said("claim", n, handle, who)


def contact(who, handle, n):
    return _said("contact", n, handle, who)


def release(who, handle, n):
    return _said("release", n, handle, who)


def merge(one, other, n):
    return _said("merge", n, other, one)


def split(handle, n):
    return _said("split", n, handle, None, own(handle, None))


ANNA, BERT = known("anna", 1), known("bert", 2)

CASES = [
    pytest.param([], {}, id="of which nothing was said it is the file's that it opens"),
    pytest.param([ANNA, claim("anna", "phone", 3)], {"phone": "anna"}, id="claimed, also what came before"),
    pytest.param(
        [ANNA, BERT, claim("bert", "phone", 4), claim("anna", "phone", 3)],
        {"phone": "anna"},
        id="of two the first one's who claimed it",
    ),
    pytest.param(
        [known("phone", 2), claim("anna", "phone", 3)], {"phone": "phone"}, id="its own where it was known first"
    ),
    pytest.param([contact("anna", "phone", 3)], {"phone": "anna"}, id="of a person of the customer"),
    pytest.param(
        [claim("anna", "phone", 1), release("anna", "phone", 3)],
        {"phone": "anna", "phone 3": "phone 3"},
        id="let go it opens a file of its own",
    ),
    pytest.param(
        [claim("anna", "phone", 1), release("anna", "phone", 3), claim("bert", "phone", 5)],
        {"phone": "anna", "phone 3": "bert"},
        id="claimed by the next",
    ),
    pytest.param(
        [claim("anna", "phone", 1), release("anna", "phone", 3), claim("anna", "phone", 5)],
        {"phone": "anna", "phone 3": "anna"},
        id="and by the same",
    ),
    pytest.param(
        [claim("anna", "phone", 1), release("anna", "phone", 2), claim("bert", "phone", 2)],
        {"phone": "anna", "phone 2": "bert"},
        id="claimed that instant",
    ),
    pytest.param(
        [ANNA, claim("anna", "phone", 2), release("bert", "phone", 3)],
        {"phone": "anna", "phone 3": None},
        id="let go by who never had it",
    ),
    pytest.param(
        [release("bert", "phone", 3)],
        {"phone": "bert", "phone 3": "phone 3"},
        id="who lets it go had it, claimed or not",
    ),
    pytest.param(
        [BERT, release("bert", "phone", 3), claim("anna", "phone", 4)],
        {"phone": "bert", "phone 3": "anna"},
        id="before who claims it after that",
    ),
    pytest.param([release("phone", "phone", 3)], {"phone": "phone", "phone 3": "phone 3"}, id="let go under itself"),
    pytest.param(
        [claim("anna", "phone", 1), release("phone", "phone", 3)],
        {"phone": "anna", "phone 3": "phone 3"},
        id="under itself, whoever has it",
    ),
    pytest.param(
        [claim("anna", "phone", 1), release("anna", "phone", 3), release("phone", "phone", 3)],
        {"phone": "anna", "phone 3": "phone 3"},
        id="let go once",
    ),
    # -- under a handle
    pytest.param(
        [ANNA, claim("anna", "phone", 2), claim("phone", "mail", 3)],
        {"mail": "anna"},
        id="claimed under a handle it is whose that is",
    ),
    pytest.param(
        [ANNA, claim("phone", "mail", 3), claim("anna", "phone", 5)],
        {"mail": "anna"},
        id="also where that was claimed later",
    ),
    pytest.param(
        [ANNA, claim("anna", "phone", 2), release("anna", "phone", 3), claim("phone", "mail", 4)],
        {"phone": "anna", "mail": "phone 3"},
        id="claimed under a number that had been let go it is the next one's",
    ),
    pytest.param(
        [ANNA, claim("anna", "phone", 2), claim("phone", "mail", 3), release("anna", "phone", 4)],
        {"mail": "anna"},
        id="let go afterwards it stays",
    ),
    pytest.param(
        [ANNA, claim("anna", "phone", 2), claim("phone", "mail", 3), release("anna", "mail", 5)],
        {"mail": "anna", "mail 5": "mail 5"},
        id="who has it by another handle may let it go",
    ),
    pytest.param(
        [contact("phone", "mail", 3), contact("mail", "phone", 4)], {"mail": "phone", "phone": "phone"}, id="no circle"
    ),
    # -- two files
    pytest.param([ANNA, BERT, merge("anna", "bert", 3)], {"bert": "anna"}, id="joined into who is named first"),
    pytest.param([BERT, merge("anna", "bert", 3)], {"anna": "bert"}, id="but for the one that is known"),
    pytest.param(
        [merge("anna", "bert", 3), known("bert", 4)], {"bert": "anna"}, id="who is known later was not known then"
    ),
    pytest.param(
        [ANNA, BERT, claim("anna", "phone", 2), merge("bert", "phone", 3), release("anna", "phone", 4)],
        {"phone": "bert", "anna": "bert", "phone 4": "phone 4"},
        id="joined with whose the number was, which is let go later",
    ),
    pytest.param(
        [ANNA, BERT, claim("anna", "phone", 2), release("anna", "phone", 3), merge("bert", "phone", 4)],
        {"phone": "anna", "anna": "anna", "phone 3": "bert"},
        id="joined with the number alone, which had been let go",
    ),
    pytest.param(
        [ANNA, BERT, merge("anna", "bert", 3), claim("bert", "phone", 4), release("anna", "phone", 5)],
        {"phone": "anna", "phone 5": "phone 5"},
        id="of one customer each may let it go",
    ),
    pytest.param(
        [ANNA, BERT, claim("bert", "phone", 3), release("anna", "phone", 4), merge("anna", "bert", 5)],
        {"phone": "anna", "phone 4": None},
        id="who becomes one later was another one then",
    ),
    pytest.param(
        [ANNA, merge("anna", "phone", 2), claim("bert", "phone", 3)],
        {"phone": "anna"},
        id="what came to somebody who is known is not claimed away",
    ),
    pytest.param(
        [BERT, merge("mail", "phone", 2), claim("bert", "phone", 3)],
        {"phone": "bert", "mail": "bert"},
        id="two that nobody knows come along together",
    ),
    pytest.param(
        [ANNA, BERT, claim("bert", "phone", 3), merge("anna", "bert", 4), split("bert", 5)],
        {"bert": "bert", "phone": "bert", "anna": "anna"},
        id="parted again each has its own",
    ),
    pytest.param(
        [ANNA, BERT, merge("anna", "bert", 4), split("bert", 5), merge("bert", "anna", 6)],
        {"anna": "bert"},
        id="and joined once more",
    ),
    pytest.param(
        [
            ANNA,
            BERT,
            merge("anna", "bert", 4),
            claim("bert", "phone", 5),
            split("bert", 6),
            release("anna", "phone", 7),
        ],
        {"phone": "bert", "phone 7": None},
        id="who was parted lets nothing go any more",
    ),
]


@pytest.mark.parametrize(("words", "whose"), CASES)
def test_whose_it_is_follows_from_what_was_said_in_any_order(words, whose):
    for order in permutations(words):
        found = families_of(order, own)
        files = {spell.file: spell for spells in found.spells.values() for spell in spells}
        for place, owner in whose.items():
            handle, _, since = place.partition(" ")
            file = own(handle, day(int(since)) if since else None)
            if owner is None:
                assert file not in files, place
            else:
                name, _, begun = owner.partition(" ")
                assert found.root(file) == own(name, day(int(begun)) if begun else None), (place, order)


def test_who_lets_go_what_nobody_claimed_had_it_just_until_then():
    spells = families_of([BERT, release("bert", "phone", 3)], own).spells["phone"]
    assert [(spell.since, spell.claimed_at) for spell in spells] == [(None, day(3) - TICK), (day(3), None)]


@pytest.mark.parametrize(
    ("words", "pairs"),
    [
        pytest.param([ANNA, claim("anna", "phone", 2), claim("bert", "phone", 3)], [("bert", "anna", 3)], id="two"),
        pytest.param(
            [ANNA, claim("anna", "phone", 2), release("anna", "phone", 3), claim("bert", "phone", 4)], [], id="in turn"
        ),
        pytest.param(
            [ANNA, BERT, claim("bert", "mail", 2), claim("anna", "phone", 3), claim("mail", "phone", 4)],
            [("bert", "anna", 4)],
            id="the customer, not the handle",
        ),
        pytest.param([ANNA, claim("anna", "phone", 2), contact("bert", "phone", 3)], [], id="a person is no customer"),
    ],
)
def test_who_claims_what_another_one_has_is_proposed(words, pairs):
    found = families_of(words, own)
    named = [(found.claimant(one.by), found.claimant(one.file), one.at) for one in found.shared]
    assert named == [(own(by, None), own(whose, None), day(n)) for by, whose, n in pairs]


def test_of_whom_no_more_is_known_than_the_file_has_a_place_of_its_own():
    """As before words named the handle under which they came."""
    word = HandleWord("phone", UUID(int=7), day(3), "claim", UUID(int=0xF))
    found = families_of([word, claim("bert", "phone", 4)], own)
    assert found.root(own("phone", None)) == UUID(int=0xF)
    assert [one.by for one in found.shared] == [own("bert", None)]
