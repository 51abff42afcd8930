"""Tables for a spreadsheet: every column of every row, and nothing that it would work out."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.feedback.api import exports
from services.feedback.api.exports import COLUMNS, as_csv
from shared.contracts import profile
from tests.feedback.database import ANN, BOB, CID

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@x",
    "\tx",
    "\rx",
    "\nx",
    '=HYPERLINK("http://x")',
    "＝1",
    "＋1",
    "－1",
    "＠x",
    " =1",
    "  -1",
]


def read(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def table(header, rows):
    return read(",".join(header) + "\r\n" + as_csv(header, rows))


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_taken_for_a_formula(text):
    ((row),) = table(["a", "b", "c"], [{"a": text, "b": -5, "c": None}])
    assert row == {"a": f"'{text}", "b": "-5", "c": ""}


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=20))
def test_a_text_comes_back_as_it_was_but_for_the_apostrophe(text):
    ((row),) = table(["a", "b"], [{"a": text, "b": 1}])
    assert row["a"] in (text, f"'{text}")
    assert not row["a"].startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_rows_of_different_kinds_keep_all_their_columns():
    """A complaint's case has deadlines, a win-back a reason: whichever comes first, no column is left out."""
    rows = table(["id", "reason", "owner", "deadlines"], [{"id": 1, "reason": "price"}, {"id": 2, "deadlines": [1]}])
    assert rows == [
        {"id": "1", "reason": "price", "owner": "", "deadlines": ""},
        {"id": "2", "reason": "", "owner": "", "deadlines": "[1]"},
    ]


@pytest.fixture
async def busy(stack, monkeypatch):
    """More rows than a page has, in every table."""
    monkeypatch.setattr(exports, "PAGE", 2)
    for customer in (ANN, BOB, CID):
        await stack.left(customer)
        for number in range(2):
            name = f"{customer}{number}"
            await stack.complain(name, customer)
            said = {"feedback_id": name, "kind": "suggestion", "source": "survey"}
            await stack.tell(profile.FeedbackReceived(**said, element="service_quality"), customer)
    return stack


KEYS = {"cases": ("case_id", 9), "churns": ("churn_id", 3), "winbacks": ("case_id", 3), "feedback": ("feedback_id", 6)}
KEYS |= {"improvements": ("item_id", 6), "kpis": ("kpi", None)}


async def test_every_row_of_a_table_comes_once_however_many_pages_it_has(busy):
    for name, (key, n) in KEYS.items():
        items = (await busy.get(f"/exports/{name}"))["items"]
        answer = await busy.client.get(f"/exports/{name}", params={"format": "csv"})
        ids = [row[key] for row in read(answer.text)]
        assert ids == [item[key] for item in items], name
        assert len(set(ids)) == len(ids) == (n or len(ids)) > 2, name
        assert {field for item in items for field in item} == set(COLUMNS[name].split()), name


async def test_an_empty_table_is_empty(stack):
    for name in set(KEYS) - {"kpis"}:
        assert (await stack.get(f"/exports/{name}"))["items"] == []
        text = (await stack.client.get(f"/exports/{name}", params={"format": "csv"})).text
        assert text.splitlines() == [COLUMNS[name].replace(" ", ",")]


async def test_days_are_of_kpis_and_departures(busy):
    ask = {"from_on": "2025-03-11"}
    assert (await busy.get("/exports/churns", **ask))["items"] == []
    assert {item["from_on"] for item in (await busy.get("/exports/kpis", **ask))["items"]} == {"2025-03-11"}
    await busy.get("/exports/cases", 422, **ask)
