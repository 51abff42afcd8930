"""The file of keys: what opens, for how long, and what a change of it does."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from holdfast.cli import app
from shared.web import keys
from shared.web.keys import BadKeys, Key, KeysFile, new_key, print_of, read_keys, write_keys
from shared.web.roles import Principal, Role

LATER = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture(autouse=True)
def _looks_at_once(monkeypatch):
    monkeypatch.setattr(keys, "LOOK_SECONDS", 0.0)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "keys.jsonl"


async def test_a_key_says_who_asks_and_its_file_does_not_say_the_key(file):
    text, print_ = new_key("ann")
    write_keys(file, [Key("ann", print_, Role.AGENT, LATER, ("ann", "bob"))])
    assert await KeysFile(file, "profile").principal_of(text) == Principal(
        "key:ann", Role.AGENT, frozenset({"ann", "bob"})
    )
    assert text.rpartition("_")[2] not in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o640)
    write_keys(file, [])
    assert file.stat().st_mode & 0o777 == 0o640, "whom somebody has let read it still may"


@pytest.mark.parametrize(
    ("wrong", "services", "until"),
    [
        pytest.param(lambda text: text[:-1] + "?", (), LATER, id="another secret"),
        pytest.param(lambda text: text.replace("ann", "bob"), (), LATER, id="another's id"),
        pytest.param(lambda text: text.replace("hf_", ""), (), LATER, id="no prefix"),
        pytest.param(print_of, (), LATER, id="the print is not the key"),
        pytest.param(str, ("grading",), LATER, id="a key of other services"),
        pytest.param(str, (), datetime.now(UTC) - timedelta(seconds=1), id="it is over"),
    ],
)
async def test_nothing_else_opens(file, wrong, services, until):
    text, print_ = new_key("ann")
    other = new_key("bob")
    write_keys(file, [Key("ann", print_, Role.LEAD, until, (), services), Key("bob", other[1], Role.LEAD, LATER)])
    assert await KeysFile(file, "profile").principal_of(wrong(text)) is None


async def test_what_is_revoked_or_gone_opens_nothing_without_a_restart(file):
    (ann, one), (bob, two) = new_key("ann"), new_key("bob")
    write_keys(file, [Key("ann", one, Role.LEAD, LATER)])
    known = KeysFile(file, "profile")
    write_keys(file, [Key("bob", two, Role.LEAD, LATER)])
    assert (await known.principal_of(ann), (await known.principal_of(bob)).id) == (None, "key:bob")
    file.unlink()
    assert await known.principal_of(bob) is None
    write_keys(file, [Key("ann", one, Role.LEAD, LATER)])
    assert (await known.principal_of(ann)).id == "key:ann"


async def test_a_mistake_in_one_line_takes_no_other_key_away_once_it_runs_and_is_told_at_start(file):
    text, print_ = new_key("ann")
    write_keys(file, [Key("ann", print_, Role.LEAD, LATER)])
    known = KeysFile(file, "profile")
    file.write_text("{half a line\n" + file.read_text())
    assert (await known.principal_of(text)).id == "key:ann"
    with pytest.raises(BadKeys, match="line 1"):
        KeysFile(file, "profile")


def line(**changed):
    told = {"id": "ann", "sha256": "0" * 64, "role": "lead", "expires_at": "2999-01-01T00:00:00Z"}
    return json.dumps({name: value for name, value in (told | changed).items() if value is not None}).encode()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(line(role="staff_program"), "roles", id="the deployment's own role"),
        pytest.param(line(role="king"), "king", id="no role"),
        pytest.param(line(role="agent"), "agents", id="an agent of nobody's customers"),
        pytest.param(line(agents=["ann"]), "agents", id="customers of who sees all"),
        pytest.param(line(expires_at=None), "expires_at", id="for ever"),
        pytest.param(line(expires_at="2999-01-01T00:00:00"), "offset", id="some time"),
        pytest.param(line(id="a_b"), "id", id="an id that the key could not be taken apart at"),
        pytest.param(line(colour="red"), "colour", id="more than is known"),
        pytest.param(line() + b"\n" + line(), "twice", id="one id for two"),
    ],
)
def test_a_line_that_is_no_key_opens_nothing(content, says):
    *_, last = read_keys(content)
    assert isinstance(last, BadKeys)
    assert says in str(last)


def holdfast(*words):
    return CliRunner().invoke(app, ["keys", *words])


async def test_keys_are_made_listed_and_revoked_by_the_command(file, monkeypatch):
    monkeypatch.setenv("HOLDFAST_KEYS_FILE", str(file))
    made = holdfast("new", "ann", "--role", "agent", "--agent", "ann", "--days", "30")
    known = KeysFile(file, "scheduler")
    assert (await known.principal_of(made.stdout.strip())).agents == {"ann"}
    assert "ann" in (listed := holdfast("list").stdout)
    assert made.stdout.strip() not in listed
    assert holdfast("new", "ann", "--role", "lead").exit_code == 1, "an id is one person's"
    assert holdfast("new", "eve", "--role", "agent").exit_code == 1
    assert holdfast("revoke", "ann").exit_code == 0
    assert await known.principal_of(made.stdout.strip()) is None
    assert holdfast("revoke", "ann").exit_code == 1
