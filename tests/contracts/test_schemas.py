"""The committed schemas, and what counts as breaking them."""

from __future__ import annotations

import copy
import json

import pytest

from shared.contracts import schemas
from shared.contracts.schema_changes import breaks
from shared.contracts.types import ALL, registry
from shared.contracts.upstream import OrderCancelled, OrderPlaced

NAME = "holdfast.grading.grade.assigned.v1"


@pytest.fixture
def published():
    return {name: schemas.schema_of(model) for name, model in ALL.items()}


def test_committed_schemas_are_those_of_the_code():
    assert schemas.outdated() == []


def test_schemas_are_the_same_each_time():
    assert schemas.rendered() == schemas.rendered()


def test_one_type_has_one_model():
    class Another(OrderCancelled):
        pass

    with pytest.raises(ValueError, match="claimed twice"):
        registry((OrderCancelled, Another))
    assert registry((OrderPlaced, OrderPlaced)).keys() == {OrderPlaced.TYPE}


def data_of(schema):
    return schema["properties"]["data"]


def remove_field(schema):
    del data_of(schema)["properties"]["as_of"]
    data_of(schema)["required"].remove("as_of")


def add_required_field(schema):
    data_of(schema)["properties"]["mood"] = {"type": "string"}
    data_of(schema)["required"].append("mood")


def change_type(schema):
    data_of(schema)["properties"]["changed"] = {"type": "string"}


def make_required(schema):
    data_of(schema)["required"].append("previous")


def make_optional(schema):
    data_of(schema)["required"].remove("changed")


def narrow_enum(schema):
    schema["$defs"]["Grade"]["enum"].remove("E")


def widen_enum(schema):
    schema["$defs"]["Grade"]["enum"].append("F")


def open_enum(schema):
    del schema["$defs"]["Grade"]["enum"]


def narrow_bound(schema):
    data_of(schema)["properties"]["policy_id"]["maxLength"] = 10


def narrow_list(schema):
    data_of(schema)["properties"]["reasons"]["maxItems"] = 1


def change_items(schema):
    data_of(schema)["properties"]["flags"]["items"] = {"type": "integer"}


def change_default(schema):
    data_of(schema)["properties"]["flags"]["default"] = ["forecast_overdue"]


def refuse_null(schema):
    data_of(schema)["properties"]["previous"]["anyOf"].pop()


def change_nested_field(schema):
    schema["$defs"]["Reason"]["properties"]["rule"]["type"] = "integer"


def require_subject_no_more(schema):
    schema["required"].remove("subject")


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (remove_field, "data.as_of: the field was removed"),
        (add_required_field, "data.mood: a new field must be optional"),
        (change_type, "data.changed: `type` was 'boolean' and is 'string'"),
        (make_required, "data.previous: is now required"),
        (make_optional, "data.changed: may now be missing"),
        (narrow_enum, "data.grade: no longer allows 'E'"),
        (widen_enum, "data.grade: allows 'F'"),
        (open_enum, "data.grade: the closed set was taken away"),
        (narrow_bound, "data.policy_id: `maxLength` was 255 and is 10"),
        (narrow_list, "data.reasons: `maxItems` was 50 and is 1"),
        (change_items, "data.flags[]: `type` was 'string' and is 'integer'"),
        (change_default, "data.flags: `default` was []"),
        (refuse_null, "data.previous: `anyOf` had 2 branches and has 1"),
        (change_nested_field, "data.reasons[].rule: `type` was 'string' and is 'integer'"),
        (require_subject_no_more, "subject: may now be missing"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_change_breaks(published, change, line):
    changed = copy.deepcopy(published)
    change(changed[NAME])
    lines = breaks(published, changed)
    assert lines
    assert all(found.startswith(f"{NAME}: ") for found in lines)
    assert any(line in found for found in lines), lines


def test_removed_type_breaks(published):
    changed = {name: schema for name, schema in published.items() if name != NAME}
    assert breaks(published, changed) == [f"{NAME}: the type was removed"]


def test_what_is_added_breaks_nothing(published):
    changed = copy.deepcopy(published)
    changed["holdfast.grading.mood.computed.v1"] = {"type": "object"}
    data_of(changed[NAME])["properties"]["mood"] = {"type": "string"}
    changed[NAME]["$defs"]["Reason"]["properties"]["weight"] = {"type": "integer"}
    assert breaks(published, changed) == []


def test_words_and_moved_definitions_break_nothing(published):
    changed = copy.deepcopy(published)
    data_of(changed[NAME])["description"] = "Other words."
    definitions = changed[NAME]["$defs"]
    definitions["Letter"] = definitions.pop("Grade")
    text = json.dumps(changed[NAME]).replace("#/$defs/Grade", "#/$defs/Letter")
    assert breaks(published, {**changed, NAME: json.loads(text)}) == []
