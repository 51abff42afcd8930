"""Each requirement names the tests that hold it, and all of these are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COUNTS = {
    "PR": 32, "GR": 27, "SC": 25, "CA": 20, "KA": 7, "LO": 5, "FB": 20, "CP": 16, "WB": 10, "KP": 10, "CN": 10, "X": 7,
}  # fmt: skip
ROW = re.compile(r"^\| ([A-Z]{1,2}-\d\d) \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)
ROWS = ROW.findall((ROOT / "docs" / "requirements.md").read_text())


def test_every_requirement_is_listed_once():
    listed = [id for id, _ in ROWS if not id.startswith("K-")]
    assert listed == [f"{prefix}-{n:02}" for prefix, count in COUNTS.items() for n in range(1, count + 1)]


@pytest.fixture(scope="module")
def tests():
    return {
        name for path in ROOT.glob("tests/**/test_*.py") for name in re.findall(r"def test_(\w+)", path.read_text())
    }


def test_what_holds_a_requirement_is_there(tests):
    named = [(id, name.split()[0]) for id, names in ROWS for name in names.split(", ")]
    assert [(id, name) for id, name in named if name not in tests] == []
