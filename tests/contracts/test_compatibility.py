"""The check against a base commit, run on repositories of its own."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from shared.contracts.compatibility import GOLDEN, ROOT, SCHEMAS, main

NAME = "holdfast.grading.grade.assigned.v1"


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
        schema["properties"]["data"]["properties"]["mood"] = {"type": "string"}
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
