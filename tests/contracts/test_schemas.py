"""The committed schemas, and what counts as breaking them."""

from __future__ import annotations

import copy
import json
import shutil
import subprocess

import pytest

from shared.contracts import schemas
from shared.contracts.compatibility import GOLDEN, ROOT, SCHEMAS, main
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
    changed["holdfast.grading.value.computed.v1"] = {"type": "object"}
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


def git(folder, *arguments):
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path):
    """A repository with one commit that holds no contract yet, and the contract's files beside it."""
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "first")
    for folder in (SCHEMAS, GOLDEN):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def commit(repository):
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "contract")


class TestAgainstABaseCommit:
    def test_first_landing_passes_and_says_so(self, repository, capsys):
        commit(repository)
        assert main([], repository) == 0
        assert "Nothing was published before" in capsys.readouterr().out

    def test_folder_without_a_repository_passes(self, tmp_path, capsys):
        assert main([], tmp_path) == 0
        assert "Nothing was published before" in capsys.readouterr().out

    def test_same_schemas_pass(self, repository, capsys):
        commit(repository)
        assert main(["--base", "HEAD"], repository) == 0
        assert "breaks" in capsys.readouterr().out

    def test_removed_field_fails_with_a_line(self, repository, capsys):
        path = repository / SCHEMAS / f"{NAME}.json"
        schema = json.loads(path.read_text())
        data_of(schema)["properties"]["mood"] = {"type": "string"}
        path.write_text(json.dumps(schema))
        commit(repository)
        git(repository, "checkout", "-q", "-b", "work")
        git(repository, "commit", "-q", "--allow-empty", "-m", "work")
        assert main([], repository) == 1
        assert f"{NAME}: data.mood: the field was removed" in capsys.readouterr().err

    def test_published_sample_that_is_no_longer_read_fails(self, repository, capsys):
        path = repository / GOLDEN / f"{NAME}.json"
        path.write_text(path.read_text().replace('"grade": "B"', '"grade": "F"'))
        commit(repository)
        assert main(["--base", "main"], repository) == 1
        assert f"{NAME}: the published sample can no longer be read" in capsys.readouterr().err

    def test_unknown_revision_is_said(self, repository, capsys):
        assert main(["--base", "nowhere"], repository) == 2
        assert "no revision nowhere" in capsys.readouterr().err
