"""`holdfast policy` before any service has answered: what is wrong with the file, and where nothing was changed."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from holdfast.cli import app
from shared.contracts.policy import default_policy, overlay, policy_id


def said(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["policy", *map(str, words)])
    return done.exit_code, done.output


def test_a_file_that_is_a_policy_is_told_its_id(tmp_path: Path):
    file = tmp_path / "p.yaml"
    file.write_text("values:\n  reply.days: 9\n")
    status, text = said("check", file)
    assert status == 0
    assert policy_id(overlay(default_policy(), {"values": {"reply.days": 9}})) in text


def test_a_file_that_is_none_names_the_line(tmp_path: Path):
    file = tmp_path / "p.yaml"
    file.write_text("values:\n  reply.days: soon\n")
    status, text = said("check", file)
    assert status == 1
    assert "(line 2)" in text


def test_where_no_service_answers_nothing_was_changed(tmp_path: Path):
    file = tmp_path / "p.yaml"
    file.write_text("values: {}\n")
    status, text = said("activate", file, "--url", "http://127.0.0.1:9", "--url", "http://127.0.0.1:10")
    assert status == 1
    assert text.count("http://127.0.0.1:") == 2
    assert "no service changed anything" in text


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path):
    assert said("check", tmp_path / "none.yaml") == (1, f"{tmp_path / 'none.yaml'}: No such file or directory\n")
    assert said("check", tmp_path) == (1, f"{tmp_path}: Is a directory\n")
