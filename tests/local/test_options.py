"""Ports, replicas, folders, secrets: what `local up` makes of its options."""

from __future__ import annotations

import pytest

from holdfast.local.keep import FolderInUse, kept_secret, sole_user
from holdfast.local.options import parse_replicas
from holdfast.local.services import ports
from holdfast.local.state import NoStack, data_folder, load_state


def test_further_replicas_come_after_the_four():
    assert ports(8101, {"grading": 2, "scheduler": 3}) == [
        ("profile", 0, 8101),
        ("grading", 0, 8102),
        ("scheduler", 0, 8103),
        ("feedback", 0, 8104),
        ("grading", 1, 8105),
        ("scheduler", 1, 8106),
        ("scheduler", 2, 8107),
    ]


def test_ten_ports_are_all_there_are():
    with pytest.raises(ValueError, match="at most 6"):
        ports(8101, {"grading": 8})


@pytest.mark.parametrize("text", ["grading", "grading=0", "grading=two", "billing=2"])
def test_no_replicas(text):
    with pytest.raises(ValueError, match="write for example grading=2"):
        parse_replicas([text])


def test_the_option_goes_before_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("HOLDFAST_DATA", str(tmp_path / "from-environment"))
    assert data_folder(tmp_path / "given") == tmp_path / "given"
    assert data_folder(None) == tmp_path / "from-environment"


def test_no_stack_says_how_to_start_one(tmp_path):
    with pytest.raises(NoStack, match="holdfast local up --data"):
        load_state(tmp_path)


def test_a_secret_is_kept_and_private(monkeypatch, tmp_path):
    monkeypatch.delenv("HOLDFAST_SECRET", raising=False)
    first = kept_secret(tmp_path, "secret")
    assert kept_secret(tmp_path, "secret") == first
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0
    monkeypatch.setenv("HOLDFAST_SECRET", "given by somebody")
    assert kept_secret(tmp_path, "secret") == "given by somebody"


def test_one_stack_a_folder(tmp_path):
    with sole_user(tmp_path / "data"), pytest.raises(FolderInUse, match="--data"), sole_user(tmp_path / "data"):
        pass
    with sole_user(tmp_path / "data"):
        pass
