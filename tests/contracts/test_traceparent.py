"""An event is not refused for its trace: what is no W3C trace context is as if it were not there."""

from __future__ import annotations

import pytest

from shared.contracts.envelope import encode
from tests.contracts.test_headers import BINARY, DATA

CAME = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
NONE_OF_IT = [7, True, [], {}, {"a": [1]}, "", "nonsense", "Zoë", CAME + "x", CAME.replace("4", "0") * 40, None]


@pytest.mark.parametrize("given", NONE_OF_IT, ids=str)
def test_what_is_no_trace_is_left_out_and_the_event_taken(take, spoil, given):
    envelope, data = take(spoil(traceparent=given))
    assert (envelope.traceparent, data.demand) == (None, "target")
    assert b"traceparent" not in encode(envelope)


def test_a_trace_is_read_in_both_modes_and_written_again(take, spoil):
    structured, binary = take(spoil(traceparent=CAME))[0], take(DATA, [*BINARY, ("ce_traceparent", CAME.encode())])[0]
    assert structured.traceparent == binary.traceparent == CAME
    assert f'"traceparent":"{CAME}"'.encode() in encode(structured)


def test_a_header_that_is_no_trace_is_left_out(take):
    assert take(DATA, [*BINARY, ("ce_traceparent", b"nonsense" * 100)])[0].traceparent is None
