"""Tables for a spreadsheet: every column of every row, and nothing that it would work out."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.feedback.api.exports import as_csv

FORMULAS = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", '=HYPERLINK("http://x")', "＝1", "＋1", "－1", "＠x"]


def read(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_taken_for_a_formula(text):
    ((row),) = read(as_csv([{"a": text, "b": -5, "c": None}]))
    assert row == {"a": f"'{text}", "b": "-5", "c": ""}


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=20))
def test_a_text_comes_back_as_it_was_but_for_the_apostrophe(text):
    ((row),) = read(as_csv([{"a": text, "b": 1}]))
    assert row["a"] in (text, f"'{text}")
    assert not row["a"].startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_rows_of_different_kinds_keep_all_their_columns():
    """A complaint's case has deadlines, a win-back a reason: whichever comes first, no column is left out."""
    rows = read(as_csv([{"id": 1, "reason": "price"}, {"id": 2, "owner": "ann", "deadlines": [1]}]))
    assert rows == [
        {"id": "1", "reason": "price", "owner": "", "deadlines": ""},
        {"id": "2", "reason": "", "owner": "ann", "deadlines": "[1]"},
    ]


def test_an_empty_table_is_empty():
    assert read(as_csv([])) == []
