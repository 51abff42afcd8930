"""What is written for people: links lead somewhere, and from the README everything is found."""

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("services/*/README.md")]
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
DECISIONS = ROOT / "docs" / "adr"


def leads_to(text):
    return {(text.parent / link).resolve() for link in LINK.findall(text.read_text())}


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: str(text.relative_to(ROOT)))
def test_every_link_leads_somewhere(text):
    assert [str(place) for place in leads_to(text) if not place.exists()] == []


def test_every_document_is_found_from_the_readme():
    assert {*ROOT.glob("docs/*.md"), *ROOT.glob("services/*/README.md")} <= leads_to(ROOT / "README.md")


def test_every_decision_has_a_number_of_its_own_and_is_listed():
    decisions = [path for path in DECISIONS.glob("*.md") if path.name != "README.md"]
    assert max(Counter(path.name[:4] for path in decisions).values()) == 1
    assert set(decisions) == leads_to(DECISIONS / "README.md")
