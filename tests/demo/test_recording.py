"""The lines of a recording, the rests between them, and what counts as the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID, uuid5

import msgspec
import pytest

from holdfast.journal import held
from holdfast.journal.compare import compare
from holdfast.journal.databases import connections_to
from holdfast.journal.held import Contents, Held
from holdfast.journal.lines import Line, NoRecording, read_lines, write_lines
from holdfast.journal.phases import Phases
from holdfast.journal.record import record
from holdfast.journal.rows import Row
from holdfast.local.databases import connected
from holdfast.local.rest import TICK
from shared.contracts.envelope import Envelope
from shared.contracts.policy import default_policy, document
from shared.contracts.topics import WRITERS
from shared.engine import policies
from shared.engine.fence import Fence, Range
from shared.engine.inputs import Move

AT = datetime(2025, 3, 1, tzinfo=UTC)
CUSTOMER = UUID(int=1)


def row(service: str, seq: int, id: str, source: str, cause: str | None = None, subject: str = "shop:1") -> Row:
    event = Envelope(specversion="1.0", id=id, source=source, type="t", subject=subject, time=AT, causationid=cause)
    door = "http" if source.endswith("http") else "kafka"
    return Row(
        service=service,
        customer=CUSTOMER,
        seq=seq,
        key=uuid5(CUSTOMER, source + id),
        door=door,
        type="t",
        now=AT,
        outcome="applied",
        event=event,
    )


def phase_of(id: str, *rows: Row) -> int:
    journals: dict[tuple[str, UUID], Sequence[Row]] = {}
    for each in rows:
        journals[each.service, CUSTOMER] = [*journals.get((each.service, CUSTOMER), []), each]
    phases = Phases(journals)
    [wanted] = [each for each in rows if each.event.id == id]
    return phases.of(wanted)


ORDER = row("profile", 1, "order", "shop")
COMMAND = row("scheduler", 1, "command", "holdfast/scheduler/http")


def test_inputs_that_did_not_see_each_other_need_no_rest():
    assert phase_of("command", ORDER, COMMAND) == 0
    assert phase_of("order", ORDER, COMMAND) == 0


def test_a_command_after_the_effect_of_an_order_waits_for_it():
    fact = row("scheduler", 0, "fact", "holdfast/profile", cause="order")
    assert phase_of("command", ORDER, fact, COMMAND) == 1


def test_an_order_after_the_effect_of_a_command_waits_for_it():
    fact = row("profile", 0, "fact", "holdfast/scheduler", cause="command")
    assert phase_of("order", fact, ORDER, COMMAND) == 1


def test_effects_of_effects_count():
    grade = row("grading", 1, "grade", "holdfast/profile", cause="order")
    fact = row("scheduler", 0, "fact", "holdfast/grading", cause="grade")
    assert phase_of("command", ORDER, grade, fact, COMMAND) == 1


def test_two_orders_under_one_handle_go_in_together_and_under_two_do_not():
    assert phase_of("second", ORDER, row("profile", 2, "second", "shop")) == 0
    assert phase_of("second", ORDER, row("profile", 2, "second", "shop", subject="email:a@b.example")) == 1


def test_what_time_alone_did_needs_no_rest():
    fact = row("scheduler", 0, "fact", "holdfast/grading", cause="a wake-up")
    assert phase_of("command", fact, COMMAND) == 0


def test_lines_come_back_as_they_were_written(tmp_path: Path):
    lines = [
        Line(at=AT, door="clock", service="all", input={"now": AT.isoformat()}),
        Line(at=AT, door="http", service="scheduler", input={"id": "1"}, phase=2, followup={"due_on": "2025-03-01"}),
    ]
    file = tmp_path / "recording"
    file.write_bytes(b"".join(write_lines(lines)))
    assert read_lines(file) == lines


def test_a_line_that_is_none_is_named(tmp_path: Path):
    file = tmp_path / "recording"
    file.write_text('{"at": 5}\n')
    with pytest.raises(NoRecording, match="line 1"):
        read_lines(file)


DEAD = """
insert into dead_letter (id, origin_topic, body, reason, detail, tries, first_at, last_at)
values ('00000000-0000-0000-0000-000000000001', 'holdfast.upstream.v1', 'x', 'not_json', 'x', 2, $1, $2)
"""


@pytest.mark.parametrize(
    ("told", "stood"),
    [
        pytest.param((), ("01T09", "02T00", "03T00", "03T09"), id="under the systems clock at each midnight too"),
        pytest.param(("01T00", "01T09", "03T09", "04T00"), ("01T09", "03T09", "04T00"), id="where it was told alone"),
    ],
)
async def test_the_clock_of_a_recording_stops_where_it_stood(
    database_of: Callable[[str], str], told: tuple[str, ...], stood: tuple[str, ...]
):
    dsns = {writer: database_of(writer) for writer in WRITERS}
    async with connected(dsns["profile"]) as connection:
        await policies.install(connection, msgspec.json.encode(document(default_policy())))
        await connection.execute(DEAD, march("01T09") + TICK, march("03T09") + TICK)
        await connection.execute("insert into consumer_offset (topic, part, next_offset) values ('clock', 0, 0)")
        for n, to in enumerate(told):
            await Fence((Range("clock", 0, n, n + 1, AT, CUSTOMER),)).advance(connection, [Move(march(to))])
    async with connections_to(dsns) as connections:
        lines = await record(connections)
    assert [line.at for line in lines if line.door == "clock"] == [march(at) for at in stood]


def march(text: str) -> datetime:
    return datetime.fromisoformat(f"2025-03-{text}:00:00+00:00")


def contents(table: str, *rows: Held, instant: str = "T", met: bool = True) -> Contents:
    return Contents({(table, "shop:1", instant, "grade"): list(rows)}, frozenset({("shop:1", "T")} if met else ()))


LAST = Held(2, '"last"', '"settled"')


@pytest.mark.parametrize(
    ("here", "there", "equal"),
    [
        pytest.param(contents("g.grade", LAST), contents("g.grade", LAST), True, id="the same"),
        pytest.param(
            contents("g.grade", Held(1, '"first"', '"x"'), LAST), contents("g.grade", LAST), True, id="an earlier word"
        ),
        pytest.param(
            contents("g.grade", Held(1, '"first"', '"x"'), LAST, met=False),
            contents("g.grade", LAST, met=False),
            False,
            id="an earlier word where nothing met",
        ),
        pytest.param(
            contents("g.grade", Held(3, '"later"', '"x"'), LAST),
            contents("g.grade", LAST),
            False,
            id="another last word",
        ),
        pytest.param(
            contents("s.task", Held(0, '"by one"', '"task"'), instant=""),
            contents("s.task", Held(0, '"by other"', '"task"'), instant=""),
            True,
            id="another cause",
        ),
        pytest.param(
            contents("s.task", Held(0, '"one"', '"open"'), instant=""),
            contents("s.task", Held(0, '"one more"', '"done"'), instant=""),
            False,
            id="another status",
        ),
        pytest.param(
            contents("s.followup", Held(0, '"gone"', None), LAST, instant=""),
            contents("s.followup", LAST, instant=""),
            True,
            id="one that stood for no time",
        ),
        pytest.param(contents("s.task", LAST, instant=""), contents("s.task", instant=""), False, id="one is missing"),
    ],
)
def test_only_the_order_within_an_instant_is_open(here: Contents, there: Contents, equal: bool):
    assert (not compare(here, there).differences) is equal


def test_the_tick_after_an_instant_is_of_the_same_stop_of_the_clock():
    at = march("10T00")
    rows = [SimpleNamespace(now=at, writer="scheduler", door="kafka")]
    rows.append(SimpleNamespace(now=at + TICK, writer="grading", door="kafka"))
    alone = [SimpleNamespace(now=at + 2 * TICK, writer="grading", door="kafka")]
    met = held.met_at({("feedback", "c"): rows, ("feedback", "d"): alone}, {"c": "shop:1", "d": "shop:2"})
    assert set(met) == {("shop:1", "2025-03-10T00:00:00Z"), ("shop:1", "2025-03-10T00:00:00.000001Z")}


@pytest.mark.parametrize(("status", "counts"), [("overdue", True), ("superseded", False)])
def test_a_followup_that_counts_in_no_figure_may_be_missing(status, counts):
    row = {"customer_id": "c", "kind": "followup", "status": status}
    _, kept = held.held_of("signal", row, {})
    assert (kept.settled is not None) is counts


@pytest.mark.parametrize(
    ("made", "counts"), [("2025-03-10T00:00:00+00:00", False), ("2025-03-09T00:00:00+00:00", True)]
)
def test_word_of_a_followup_that_stood_for_no_time_may_be_missing(made, counts):
    body = {"data": {"followup_id": f"follow-up of shop:1 3 monthly 2025-04-09 made {made} #0"}}
    row = {"id": "c", "now": "2025-03-10T00:00:00+00:00", "seq": 1, "body": body}
    _, kept = held.held_of("journal", row | {"type": "holdfast.scheduler.followup.superseded.v1"}, {})
    assert (kept.settled is not None) is counts


def test_the_trace_in_which_an_input_came_is_not_compared():
    row = {"id": "c", "now": "2025-03-10T00:00:00+00:00", "seq": 1, "type": "x"}
    plain, traced = (
        "\\x" + json.dumps(body).encode().hex() for body in ({"id": "e"}, {"id": "e", "traceparent": "00-a-b-01"})
    )
    assert held.held_of("journal", row | {"body": plain}, {}) == held.held_of("journal", row | {"body": traced}, {})
