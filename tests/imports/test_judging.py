"""Lines of a file: which event each stands for, and why a bad one is none."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.imports.checked import Faults, Spool, check
from holdfast.imports.columns import TYPES, fields_of, known_columns, typed
from holdfast.imports.judge import Fault, Judge, Record
from holdfast.imports.resume import Place
from holdfast.imports.rows import Row, form_of, read_rows
from services.profile.domain.refusals import REFUSALS, refusal
from services.profile.domain.rules import rules
from services.profile.domain.state import CustomerState
from shared.contracts.ids import event_key
from shared.contracts.policy import default_policy, overlay
from shared.contracts.types import UPSTREAM
from shared.engine.decision import Cause, Context, Event, Refused, Rows, StreamKey

NOW = datetime(2025, 4, 1, tzinfo=UTC)
ORDERS = "subject,time,order_id,amount,currency,online,lines,type\n"
CUSTOMERS = "subject,time,party,name,handles,interests,dates,type\n"


def judged(what, text, form="csv", policy=None):
    """What becomes of each line: the event as a tree, or the fault."""
    rows = read_rows(io.BytesIO(text if isinstance(text, bytes) else text.encode()), form)
    if form == "csv":
        next(rows)
    judge = Judge(what, "shop", policy or default_policy(), NOW, form == "csv")
    return [found if isinstance(found, Fault) else json.loads(found.value) for found in map(judge, rows)]


def test_an_order_by_its_columns():
    line = 'shop:1,1997-01-01,o1,1177,USD,TRUE,"[{""sku"":""f"",""category"":""c"",""quantity"":1,""amount"":1177}]",'
    [event] = judged("orders", ORDERS + line)
    assert event == {
        "specversion": "1.0",
        "id": "order.placed:o1",
        "source": "shop",
        "type": "holdfast.order.placed.v1",
        "subject": "shop:1",
        "time": "1997-01-01T00:00:00Z",
        "data": {
            "order_id": "o1",
            "amount": 1177,
            "currency": "USD",
            "online": True,
            "lines": [{"sku": "f", "category": "c", "quantity": 1, "amount": 1177}],
        },
    }


def test_a_customer_by_its_columns():
    line = "shop:1,2025-03-01T09:00:00+02:00,individual,李雷,phone:+8613800000000|email:a@b.example,books | tea,,"
    [event] = judged("customers", CUSTOMERS + line)
    assert (event["time"], event["type"]) == ("2025-03-01T09:00:00+02:00", "holdfast.customer.registered.v1")
    assert event["data"] == {
        "party": "individual",
        "name": "李雷",
        "handles": ["phone:+8613800000000", "email:a@b.example"],
        "interests": ["books", "tea"],
    }


def test_a_day_is_the_deployments():
    policy = overlay(default_policy(), {"values": {"calendar.time_zone": "Asia/Shanghai"}})
    [event] = judged("orders", ORDERS + "shop:1,2025-03-02,o1,1,USD,,,", policy=policy)
    assert event["time"] == "2025-03-01T16:00:00Z"


def test_json_lines_keep_their_types():
    lines = '{"subject":"shop:1","time":"2025-03-01","order_id":"1","amount":5,"currency":"USD"}\n\n{"subject":"shop:1"'
    event, fault = judged("orders", lines, "jsonl")
    assert (event["data"]["order_id"], event["data"]["amount"]) == ("1", 5)
    assert (fault.line, fault.reason) == (3, "unreadable")
    [wrong] = judged("orders", lines.replace('"amount":5', '"amount":"5"').split("\n")[0], "jsonl")
    assert wrong.reason == "invalid_data"


@pytest.mark.parametrize(
    ("line", "reason", "word"),
    [
        pytest.param("shop:1,2025-03-01,o1,1.5,USD,,,", "invalid_data", "amount", id="no minor units"),
        pytest.param("shop:1,2025-03-01,,1,USD,,,", "invalid_data", "order_id", id="a field that must be"),
        pytest.param("shop:1,2025-03-01,o1,1,USD,yes,,", "invalid_data", "online", id="no true or false"),
        pytest.param("shop:1,2025-03-01,o1,1,USD,,[1,,", "unreadable", "9 cells", id="a cell too many"),
        pytest.param('shop:1,2025-03-01,o1,1,USD,,"[1",', "invalid_data", "lines", id="a cell that is no JSON"),
        pytest.param(",2025-03-01,o1,1,USD,,,", "missing", "subject", id="nobody's"),
        pytest.param("42,2025-03-01,o1,1,USD,,,", "invalid_envelope", "subject", id="no handle"),
        pytest.param("shop:1,01.03.2025,o1,1,USD,,,", "invalid_envelope", "time", id="no day"),
        pytest.param("shop:1,2025-02-30,o1,1,USD,,,", "invalid_envelope", "time", id="no such day"),
        pytest.param(
            "shop:1,2025-03-01T09:00:00,o1,1,USD,,,", "invalid_envelope", "offset", id="an instant of nowhere"
        ),
        pytest.param("shop:1,2025-04-03,o1,1,USD,,,", "time_in_future", "today", id="tomorrow's"),
        pytest.param("shop:1,2025-03-01,o1,1,XXX,,,", "currency_unknown", "XXX", id="no rate"),
        pytest.param("shop:1,2025-03-01,o1,1,USD,,,returned", "unknown_type", "refunded", id="no such type"),
        pytest.param("shop:1,2025-03-01,o1,1,USD,,,cancelled", "unknown_field", "amount", id="another type's field"),
    ],
)
def test_a_bad_line_is_told_with_its_number_and_reason(line, reason, word):
    good = "shop:1,2025-03-01,o0,1,USD,,,\n"
    first, fault = judged("orders", ORDERS + good + line)
    assert first["id"] == "order.placed:o0"
    assert (fault.line, fault.reason) == (3, reason)
    assert word in fault.detail


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param('{"marital_conflict": "yes", "party": "individual"}', "unknown_field", id="outside the contract"),
        pytest.param('{"party": "individual", "preferred_channel": "line"}', "channel_unknown", id="no such channel"),
        pytest.param(
            '{"party": "individual", "dates": [{"kind": "birthday", "month": 1, "day": 2, "volunteered": false}]}',
            "not_volunteered",
            id="not given by the customer",
        ),
    ],
)
def test_the_rules_of_the_file_hold_before_anything_is_sent(line, reason):
    tree = {"subject": "shop:1", "time": "2025-03-01"} | json.loads(line)
    [fault] = judged("customers", json.dumps(tree), "jsonl")
    assert fault.reason == reason


def test_a_line_that_is_no_text_does_not_stop_the_others():
    bad, good = judged("orders", ORDERS.encode() + b"shop:\xff,2025-03-01,o1,1,USD,,,\nshop:1,2025-03-01,o2,1,USD,,,\n")
    assert (bad.line, good["id"]) == (2, "order.placed:o2")


@pytest.mark.parametrize("name", ['"never closed', '"in two\nlines" and', '"closed" by"more'])
def test_a_quote_out_of_place_takes_no_other_line_with_it(name):
    lines = [f"shop:1,2025-03-01,individual,{name},,,,", *(f"shop:{n},2025-03-01,individual,a,,,," for n in (2, 3))]
    bad, *more = judged("customers", CUSTOMERS + "\n".join([*lines, 'shop:4,nowhere,individual,"a",,,,\n']))
    first = name.count("\n") + 3
    assert (bad.line, bad.reason) == (2, "unreadable")
    assert [event["subject"] for event in more if isinstance(event, dict)] == ["shop:2", "shop:3"]
    assert more[-1].line == first + 2


@pytest.mark.parametrize(
    ("heading", "why"),
    [
        ("subject,time,name,name", "the heading has name twice"),
        ("subject,time,,name,", "column 3 has no name in the heading"),
        ('subject,"time', "the heading is no CSV: unexpected end of data"),
    ],
)
def test_a_heading_that_names_no_columns_is_told(heading, why):
    assert next(read_rows(io.BytesIO(heading.encode()), "csv")) == Row(1, None, why)


def test_what_cannot_be_written_is_listed_all_the_same(tmp_path):
    with Faults(tmp_path / "bad.csv") as faults:
        faults.add(Fault(2, "unknown_type", "type: \udcff"))
    assert (tmp_path / "bad.csv").read_text().endswith("2,unknown_type,type: \\udcff\n")


def test_where_other_lines_are_bad_a_file_is_sent_from_its_beginning():
    place = Place("digest", 5_000, skipped="some")
    assert place.without("some") == place
    assert (place.without(""), place.without("others")) == (Place("digest"), Place("digest", skipped="others"))


def test_a_cell_of_several_lines_counts_them():
    text = CUSTOMERS + 'shop:1,2025-03-01,individual,"Berg\n& Co",,,,\nshop:2,nowhere,individual,,,,,\n'
    event, fault = judged("customers", text)
    assert (event["data"]["name"], fault.line) == ("Berg\n& Co", 4)


def test_ids_are_the_same_again_and_differ_where_more_was_said():
    lines = ORDERS + "".join(f"shop:1,2025-03-0{n},o1,{n},,,,refunded\n" for n in (1, 2, 2))
    lines = lines.replace("currency,", "").replace(",,,,refunded", ",,,refunded")
    first, second, third = (event["id"] for event in judged("orders", lines))
    assert (first == second, second == third) == (False, True)
    assert [event["id"] for event in judged("orders", lines)] == [first, second, third]


@pytest.mark.parametrize("what", list(TYPES))
def test_every_field_of_the_upstream_types_is_a_column(what):
    for model in TYPES[what].values():
        assert model.model_fields.keys() <= known_columns(what)
        assert fields_of(model).keys() == model.model_fields.keys()


@given(st.text(max_size=40), st.sampled_from(["text", "integer", "boolean", "list", "tree"]))
def test_any_text_in_a_cell_stands_for_something(text, kind):
    typed(text, kind)


@given(st.binary(max_size=200), st.sampled_from(["csv", "jsonl"]), st.sampled_from(list(TYPES)))
def test_no_bytes_break_a_file(raw, form, what):
    for found in judged(what, ORDERS.encode() + raw if form == "csv" else raw, form):
        assert isinstance(found, dict | Fault)


@pytest.mark.parametrize(
    ("name", "start", "form"),
    [("a.csv", b"{", "csv"), ("a.jsonl", b"x", "jsonl"), ("-", b' {"a":1}', "jsonl"), ("-", b"subject,time", "csv")],
)
def test_the_form_is_the_names_or_the_contents(name, start, form):
    assert form_of(name, start) == form


def test_what_is_good_is_put_aside_and_what_is_bad_listed(tmp_path):
    text = ORDERS + "".join(f"shop:{n},2025-03-01,o{n},{n if n % 10 else 'x'},USD,,,\n" for n in range(100))
    rows = read_rows(io.BytesIO(text.encode()), "csv")
    next(rows)
    judge, passed = Judge("orders", "shop", default_policy(), NOW, True), []
    with Spool() as spool, Faults(tmp_path / "bad.csv") as faults:
        check(rows, judge, spool, faults, lambda: passed.append(1))
        kept = list(spool.records())
        assert list(spool.records(skip=88)) == kept[88:]
    assert (spool.count, faults.counts, len(passed)) == (90, {"invalid_data": 10}, 100)
    assert isinstance(kept[0], Record)
    assert kept[0].key == b"shop:1"
    listed = (tmp_path / "bad.csv").read_text().splitlines()
    assert listed[0] == "line,reason,detail"
    assert [line.split(",")[0] for line in listed[1:]] == [str(n) for n in range(2, 102, 10)]
    [summary] = faults.lines()
    assert "10  invalid_data" in summary
    assert "(line 2, 12, 22, 32, 42 …)" in summary


@given(st.lists(st.tuples(st.sampled_from(["shop:1", "shop:2", "é:3"]), st.binary(max_size=3))))
def test_what_was_put_aside_comes_customer_by_customer_in_the_order_of_the_file(put):
    keys = list(dict.fromkeys(key for key, _ in put))
    with Spool() as spool:
        for key, value in put:
            spool.add(Record(key.encode(), value))
        assert list(spool.records()) == [Record(k.encode(), value) for k in keys for key, value in put if key == k]


WHO = {"party": "individual"}
PLACED = {"order_id": "o1", "amount": 5}


@pytest.mark.parametrize(
    ("type_", "subject", "at", "data"),
    [
        ("customer.registered", "shop:1", "2025-03-01", WHO | {"handles": ["phone:+1555"]}),
        ("customer.registered", "shop:1", "2025-03-01", WHO | {"bank_balance": 5}),
        ("customer.registered", "shop:1", "2025-03-01", WHO | {"preferred_channel": "telepathy"}),
        ("customer.registered", "shop:1", "2025-03-01", WHO | {"handles": ["phone:---"]}),
        ("customer.updated", "shop:1", "2025-03-01", {"name": "Ada"}),
        ("customer.updated", "phone:---", "2025-03-01", {"name": "Ada"}),
        ("customer.updated", "shop:1", "2025-04-03", {"name": "Ada"}),
        (
            "customer.updated",
            "shop:1",
            "2025-03-01",
            {"dates": [{"kind": "birthday", "month": 3, "day": 1, "volunteered": False}]},
        ),
        ("order.placed", "shop:1", "2025-03-01", PLACED | {"currency": "USD"}),
        ("order.placed", "shop:1", "2025-03-01", PLACED | {"currency": "JPY"}),
        ("order.placed", "shop:1", "2025-04-03", PLACED | {"currency": "USD"}),
        ("order.delivered", "shop:1", "2025-03-01", {"order_id": "o1"}),
        ("order.delayed", "shop:1", "2025-03-01", {"order_id": "o1"}),
        ("order.refunded", "shop:1", "2025-03-01", {"order_id": "o1", "amount": 5}),
        ("order.refunded", "shop:1", "2025-03-01", {"order_id": "o1", "amount": -5}),
        ("order.cancelled", "shop:1", "2025-04-03", {"order_id": "o1"}),
    ],
)
def test_a_file_is_checked_by_what_the_rules_will_say(type_, subject, at, data):
    type_, time = f"holdfast.{type_}.v1", datetime.fromisoformat(f"{at}T00:00:00+00:00")
    model = UPSTREAM[type_].model_validate_json(json.dumps(data))
    event = Event(event_key("shop", "e1"), "e1", "shop", type_, time, NOW, subject, model)
    context = Context(NOW, default_policy(), "", StreamKey("customer", UUID(int=0)), Cause("e1", type_), Rows())
    decision = rules(b"a secret of sixteen bytes").decide(CustomerState(), event, context)
    assert refusal(event, context) == (decision if isinstance(decision, Refused) else None)


def test_every_type_that_is_imported_is_asked_about():
    orders = set(TYPES["orders"].values()) - {TYPES["orders"]["placed"], TYPES["orders"]["refunded"]}
    assert {model for verbs in TYPES.values() for model in verbs.values()} - orders == set(REFUSALS)
