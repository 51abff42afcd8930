"""Whose a handle was, by all that was said of it: a table."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.profile.domain.holders import TICK, Spell, spells_of
from services.profile.domain.ledgers import HandleWord

ANNA, BERT, ANNAS_OTHER = UUID(int=0xA), UUID(int=0xB), UUID(int=0xA2)


def day(n):
    return datetime(2025, 3, n, tzinfo=UTC)


def own(since):
    """The file that the handle opens itself."""
    return UUID(int=since.day if since else 0)


def claim(who, n, kind="claim"):
    return HandleWord(UUID(int=n), day(n), kind, who or ANNA, is_own=who is None)


def release(who, n):
    return HandleWord(UUID(int=n), day(n), "release", who or ANNA, is_own=who is None, opens=own(day(n)))


def spells(*held):
    """(until which day, whose, claimed on which day), each; an own file is the day that it begins with."""
    since, found = None, []
    for until, who, claimed in held:
        at = day(claimed) if isinstance(claimed, int) else claimed
        found.append(Spell(since, until and day(until), UUID(int=who) if isinstance(who, int) else who, at))
        since = until and day(until)
    return tuple(found)


@pytest.mark.parametrize(
    ("words", "held"),
    [
        pytest.param([], [(None, 0, None)], id="of which nothing was said it is the file's that it opens"),
        pytest.param([claim(ANNA, 3)], [(None, ANNA, 3)], id="claimed, also what came before"),
        pytest.param([claim(BERT, 4), claim(ANNA, 3)], [(None, ANNA, 3)], id="of two the first one's who claimed it"),
        pytest.param([claim(ANNA, 3), claim(None, 2)], [(None, 0, 2)], id="its own where it was known by it first"),
        pytest.param([claim(ANNA, 3, "contact")], [(None, ANNA, 3)], id="of a person of the customer"),
        pytest.param(
            [claim(ANNA, 1), release(ANNA, 3)], [(3, ANNA, 1), (None, 3, None)], id="let go it opens a file of its own"
        ),
        pytest.param(
            [claim(ANNA, 1), release(ANNA, 3), claim(BERT, 5)],
            [(3, ANNA, 1), (None, BERT, 5)],
            id="claimed by the next",
        ),
        pytest.param(
            [claim(ANNA, 1), release(ANNA, 3), claim(ANNA, 5)], [(3, ANNA, 1), (None, ANNA, 5)], id="and by the same"
        ),
        pytest.param(
            [claim(ANNA, 1), claim(ANNA, 2), release(ANNA, 2)],
            [(2, ANNA, 1), (None, ANNA, 2)],
            id="claimed that instant",
        ),
        pytest.param([claim(ANNA, 1), release(BERT, 3)], [(None, ANNA, 1)], id="let go by who never had it"),
        pytest.param(
            [release(BERT, 3)], [(3, BERT, day(3) - TICK), (None, 3, None)], id="who lets it go had it, claimed or not"
        ),
        pytest.param([claim(ANNA, 2), release(BERT, 3)], [(None, ANNA, 2)], id="unless another one claimed it before"),
        pytest.param(
            [release(BERT, 3), claim(ANNA, 4)], [(3, BERT, day(3) - TICK), (None, ANNA, 4)], id="and not after it"
        ),
        pytest.param([release(None, 3)], [(3, 0, None), (None, 3, None)], id="let go under itself"),
        pytest.param(
            [claim(ANNA, 1), release(None, 3)], [(3, ANNA, 1), (None, 3, None)], id="under itself, whoever has it"
        ),
        pytest.param(
            [claim(ANNA, 1), release(ANNA, 3), release(None, 3)], [(3, ANNA, 1), (None, 3, None)], id="let go once"
        ),
        pytest.param(
            [claim(ANNA, 1), release(ANNAS_OTHER, 3)], [(3, ANNA, 1), (None, 3, None)], id="by the same customer"
        ),
    ],
)
def test_whose_a_handle_was_follows_from_what_was_said(words, held):
    def called(file):
        return ANNA if file == ANNAS_OTHER else file

    assert spells_of(words, own, called) == spells(*held)
    assert spells_of(words[::-1], own, called) == spells(*held)
