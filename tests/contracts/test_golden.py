"""Every type has a sample that is read, written again and described by its schema."""

from __future__ import annotations

import json
from datetime import UTC

import jsonschema
import pytest
from msgspec import Raw, structs

from shared.contracts.envelope import decode, encode
from shared.contracts.reading import dump_data
from shared.contracts.schemas import schema_of
from shared.contracts.types import ALL


def test_every_type_has_exactly_one_sample(samples):
    assert sorted(samples) == sorted(ALL)


@pytest.mark.parametrize("name", sorted(ALL))
def test_sample_is_written_again_with_the_same_data(samples, take, name):
    envelope, data = take(samples[name])
    assert type(data) is ALL[name]
    again = json.loads(encode(structs.replace(envelope, data=Raw(dump_data(data)))))
    before = json.loads(samples[name])
    assert again["data"] == before["data"]
    assert again.keys() == before.keys()
    assert list(again) == list(before), "attributes stand in the order of the contract"


@pytest.mark.parametrize("name", sorted(ALL))
def test_sample_fills_in_every_field(samples, name):
    assert ALL[name].model_json_schema()["properties"].keys() == json.loads(samples[name])["data"].keys()


@pytest.mark.parametrize("name", sorted(ALL))
def test_schema_describes_the_sample(samples, name):
    validator = jsonschema.Draft202012Validator(schema_of(ALL[name]))
    validator.validate(json.loads(samples[name]))
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({**json.loads(samples[name]), "type": "another"})


def test_written_instants_are_utc_and_absent_attributes_are_left_out(spoil):
    envelope = decode(spoil(time="2025-03-01T09:00:00+05:30", subject=...))
    assert envelope.time.tzinfo is UTC
    written = json.loads(encode(envelope))
    assert written["time"] == "2025-03-01T03:30:00Z"
    assert "subject" not in written
    assert "recordedtime" not in written


def test_equal_data_gives_equal_bytes(take, spoil):
    _, one = take(spoil({"tags": ["a"], "demand": "target"}))
    _, two = take(spoil({"unknown": 1, "feasible": None, "tags": ["a"]}))
    assert dump_data(one) == dump_data(two)
