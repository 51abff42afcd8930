"""The page of settings is what the services read, that of routes what they ask for."""

from __future__ import annotations

import re
from importlib import import_module

import pytest

from holdfast import access, configuration
from shared.contracts.topics import WRITERS

ROWS = re.findall(r"^\| `HOLDFAST_(\w+)` \| (.*) \| (.*) \| (.*) \|$", configuration.text(), re.MULTILINE)
WORDS = {name.lower(): (values, default, meaning) for name, values, default, meaning in ROWS}


def test_the_page_is_as_the_code_says():
    assert configuration.FILE.read_text() == configuration.text()


def test_the_page_of_routes_is_as_the_code_says():
    assert access.FILE.read_text() == access.text()


@pytest.mark.parametrize("service", WRITERS)
def test_every_setting_is_explained(service):
    fields = import_module(f"services.{service}.settings").Settings.model_fields
    assert fields.keys() <= WORDS.keys()
    assert [name for name in fields if not WORDS[name][2]] == []


def test_what_is_required_secret_or_one_of_a_few_says_so():
    assert WORDS["kafka"][1] == "**required**"
    assert WORDS["token"][:2] == ("*secret*, 16 characters or more", "**required**")
    assert WORDS["clock"][:2] == ("`system`, `simulated`", "`system`")
    assert WORDS["kafka_sasl_password"][:2] == ("*secret*", "none")
    assert WORDS["port"][1] == "`8101 (profile), 8102 (grading), 8103 (scheduler), 8104 (feedback)`"
