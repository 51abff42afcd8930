"""What is a trace context, and what becomes of it: tables."""

from __future__ import annotations

from uuid import UUID

import pytest

from shared.traces import context

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
CAME = f"00-{TRACE}-{PARENT}-01"
FACT = "0195730d-3400-8338-8daf-43e2433c27f0"
LOW_KEY, HIGH_KEY = UUID("ffffffffffffffff0000000000000001"), UUID("0000000000000000ffffffffffffffff")


@pytest.mark.parametrize(
    ("given", "is_read_as"),
    [
        pytest.param(CAME, CAME, id="as it is written"),
        pytest.param(f"00-{TRACE}-{PARENT}-00", f"00-{TRACE}-{PARENT}-00", id="one that nobody wants the spans of"),
        pytest.param(f"00-{TRACE}-{PARENT}-03", f"00-{TRACE}-{PARENT}-03", id="a random trace id"),
        pytest.param(f"00-{TRACE}-{PARENT}-fd", CAME, id="flags that version 00 does not know"),
        pytest.param(f"cc-{TRACE}-{PARENT}-01", CAME, id="a later version"),
        pytest.param(f"cc-{TRACE}-{PARENT}-01-what.comes", CAME, id="a later version with more to say"),
        pytest.param(f"cc-{TRACE}-{PARENT}-01what", None, id="more without a dash"),
        pytest.param(f"{CAME}-more", None, id="version 00 with more to say"),
        pytest.param(f"ff-{TRACE}-{PARENT}-01", None, id="the version that is none"),
        pytest.param(f"00-{'0' * 32}-{PARENT}-01", None, id="no trace"),
        pytest.param(f"00-{TRACE}-{'0' * 16}-01", None, id="no span"),
        pytest.param(CAME.upper(), None, id="capital letters"),
        pytest.param(CAME[:-1], None, id="too short"),
        pytest.param(f"{CAME}\n", None, id="a line end"),
        pytest.param(f" {CAME}", None, id="a space before"),
        pytest.param("Klara Zeisig", None, id="a name"),
        pytest.param("", None, id="nothing"),
        pytest.param(7, None, id="a number"),
        pytest.param({"trace": TRACE}, None, id="a tree"),
    ],
)
def test_only_what_w3c_calls_a_traceparent_is_one(given: object, is_read_as: str | None) -> None:
    assert context.normal(given) == is_read_as


@pytest.mark.parametrize(
    ("key", "share", "begins"),
    [
        pytest.param(LOW_KEY, None, False, id="nobody looks"),
        pytest.param(LOW_KEY, 0.0, False, id="none is followed"),
        pytest.param(HIGH_KEY, 1.0, True, id="all are"),
        pytest.param(LOW_KEY, 0.5, True, id="half of them, by the last half of the key"),
        pytest.param(HIGH_KEY, 0.5, False, id="half of them, and this is of the other half"),
    ],
)
def test_a_trace_begins_with_a_share_of_keys(key: UUID, share: float | None, begins: bool) -> None:
    made = context.begun(key, share)

    assert made == (f"00-{key.hex}-{'0' * 16}-01" if begins else None)


def test_a_trace_that_begins_here_never_leaves_as_it_is() -> None:
    made = context.begun(LOW_KEY, 1.0)

    assert made is not None
    assert context.parent_of(made) is None
    assert context.normal(made) is None
    assert context.normal(context.handed_on(made, FACT)) == f"00-{LOW_KEY.hex}-8daf43e2433c27f0-01"


@pytest.mark.parametrize("flags", ["00", "01", "02", "03"])
def test_a_fact_is_of_the_trace_of_its_cause(flags: str) -> None:
    told = context.handed_on(f"00-{TRACE}-{PARENT}-{flags}", FACT)

    assert told == f"00-{TRACE}-8daf43e2433c27f0-{flags}"
    assert context.is_sampled(told) is (flags in ("01", "03"))


def test_a_decision_is_one_span_of_each_service_and_trace() -> None:
    other = f"00-{'a' * 32}-{PARENT}-01"
    spans = {
        context.decision(service, given, cause)
        for service in ("profile", "grading")
        for given in (CAME, other)
        for cause in ("e1", "e2")
    }

    assert len(spans) == 8
    assert context.decision("profile", CAME, "e1") == context.decision("profile", context.handed_on(CAME, FACT), "e1")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        pytest.param([], {}, id="nothing"),
        pytest.param([(None, "e1")], {}, id="no trace"),
        pytest.param(
            [(CAME, "e1")], {"trace_id": TRACE, "span_id": context.decision("grading", CAME, "e1")}, id="one input"
        ),
        pytest.param([(CAME, "e1"), (context.handed_on(CAME, FACT), "e2")], {"trace_id": TRACE}, id="one trace"),
        pytest.param([(CAME, "e1"), (None, "e2")], {}, id="one of two inputs"),
        pytest.param([(CAME, "e1"), (f"00-{'a' * 32}-{PARENT}-01", "e2")], {}, id="two traces"),
    ],
)
def test_a_line_of_the_log_names_the_one_trace_that_it_is_about(
    asked: list[tuple[str | None, str]], told: dict[str, str]
) -> None:
    assert context.words("grading", asked) == told
