"""Whatever arrives, the decoder raises its own error or none."""

from __future__ import annotations

import copy
import json
from random import Random
from uuid import UUID

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings
from msgspec import Raw, structs

from shared.contracts.data import Data
from shared.contracts.envelope import Envelope, decode, encode
from shared.contracts.reading import dump_data, read
from shared.contracts.types import ALL, UPSTREAM
from shared.contracts.undecodable import Undecodable, Unread

BYTES, STRUCTURES = 70_000, 40_000
REASONS = {
    "not_json",
    "invalid_envelope",
    "too_large",
    "unknown_type",
    "unknown_version",
    "invalid_data",
    "subject_missing",
}
NASTY = [
    None,
    True,
    0,
    -1,
    1.5,
    2**63,
    10**30,
    "",
    "\0",
    "\ud800",
    "x" * 300,
    "2025-02-30",
    "NaN",
    [],
    {},
    [[]],
    {"a": {}},
]
SNIPPETS = [
    b'"',
    b"\\",
    b"{",
    b"}",
    b"[" * 2000,
    b",",
    b":",
    b"\x00",
    b"\xff",
    b"NaN",
    b"1e999",
    b"9" * 5000,
    b"\\ud83d",
]


def outcome(value: bytes | None, headers: object = ()) -> tuple[Envelope, Data] | Undecodable | Unread:
    """What a reader of all topics gets; anything else that is raised fails the test."""
    try:
        envelope = decode(value, headers)
        return envelope, read(envelope, UPSTREAM if envelope.type in UPSTREAM else ALL)
    except (Undecodable, Unread) as refusal:
        return refusal


def is_sound(result: object) -> bool:
    """A refusal that can be stored and shown, or an event that can be written again."""
    if isinstance(result, Unread):
        return True
    if isinstance(result, Undecodable):
        result.detail.encode()
        return result.reason in REASONS and 0 < len(result.detail) <= 2000 and "\0" not in result.detail
    envelope, data = result
    again = outcome(encode(structs.replace(envelope, data=Raw(dump_data(data)))))
    return isinstance(again, tuple) and again[1] == data and again[0].time == envelope.time


def mutated_bytes(random: Random, sample: bytes) -> bytes:
    """One to four bytes flipped, cut out, doubled, or replaced by something nasty."""
    value = bytearray(sample)
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(value) or 1)
        end = at + random.randint(0, 20)
        kind = random.randrange(5)
        if kind == 0 and value:
            value[at % len(value)] ^= 1 << random.randrange(8)
        elif kind == 1:
            del value[at:end]
        elif kind == 2:
            value[at:at] = value[at:end]
        elif kind == 3:
            value[at : at + random.randrange(3)] = random.choice(SNIPPETS)
        else:
            del value[at + 1 :]
    return bytes(value)


def mutated_structure(random: Random, event: dict) -> bytes:
    """A field somewhere in the tree taken out, replaced by something nasty, or added."""
    tree = copy.deepcopy(event)
    branch = tree
    while True:
        key = random.choice(list(branch)) if isinstance(branch, dict) else random.randrange(len(branch))
        below = branch[key]
        if not isinstance(below, dict | list) or not below or random.random() < 0.2:
            break
        branch = below
    kind = random.randrange(4)
    if kind == 0:
        del branch[key]
    elif kind == 1 and isinstance(branch, dict):
        branch[random.choice(["zz", "from", "type", "\0", "\udc00"])] = random.choice(NASTY)
    else:
        branch[key] = random.choice(NASTY)
    return json.dumps(tree).encode()


def test_mutated_bytes_raise_nothing_but_our_error(samples):
    random, values = Random(20250301), list(samples.values())
    assert all(is_sound(outcome(mutated_bytes(random, random.choice(values)))) for _ in range(BYTES))


def test_mutated_structures_raise_nothing_but_our_error(samples):
    random, events = Random(20250302), [json.loads(value) for value in samples.values()]
    taken = 0
    for _ in range(STRUCTURES):
        result = outcome(mutated_structure(random, random.choice(events)))
        assert is_sound(result), result
        taken += isinstance(result, tuple)
    assert STRUCTURES * 0.05 < taken < STRUCTURES * 0.9, "the mutations try both sides"


@given(
    st.binary(max_size=300) | st.none(), st.lists(st.tuples(st.text(max_size=20), st.binary(max_size=20) | st.none()))
)
def test_any_bytes_and_headers(value, headers):
    assert is_sound(outcome(value, headers))


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("\ud800") | st.just(2**63)
TREES = st.recursive(SCALARS, lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(), below, max_size=4))


@given(st.sampled_from(sorted(ALL)), TREES, st.fixed_dictionaries({}, optional={"subject": TREES, "time": TREES}))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_any_json_as_data(name, data, attributes):
    event = {"specversion": "1.0", "id": "e1", "source": "s", "type": name, "time": "2025-03-01T09:00:00Z"}
    event |= {"subject": "shop:1" if name in UPSTREAM else str(UUID(int=1)), "data": data, **attributes}
    assert is_sound(outcome(json.dumps(event).encode()))
