"""Telephone numbers: one spelling of each, E.164."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

import phonenumbers

SEPARATORS: Final = re.compile(r"[\s\-\u2010-\u2015\u2212]+")
NATIONAL: Final = re.compile(r"[\d\s().\-/\u2010-\u2015\u2212]+", re.ASCII)
INTERNATIONAL: Final = re.compile(r"\+[\d\s().\-/\u2010-\u2015\u2212]+", re.ASCII)
"""Digits and what is written between them: letters and extensions are somebody's own way to write."""


def normal_phone(text: str) -> str:
    """E.164 where the number names its country and can be one. All else stands as it came, but for spaces and dashes.

    A number without its country is not guessed here: whoever else has those digits is another person.
    """
    wide = unicodedata.normalize("NFKC", text)
    found = _e164(wide) if INTERNATIONAL.fullmatch(wide) else None
    return found or SEPARATORS.sub("", text)


def with_country(text: str, region: str) -> str:
    """E.164 of a number as it is dialled in this country (`CN`). All else, and what nobody can have, is as it was."""
    wide = unicodedata.normalize("NFKC", text)
    if not NATIONAL.fullmatch(wide):
        return text
    try:
        number = phonenumbers.parse(wide, region)
    except phonenumbers.NumberParseException:
        return text
    if not phonenumbers.is_valid_number(number):
        return text
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _e164(text: str) -> str | None:
    """None where nobody can have that number, and where what is left of it would be read as yet another one."""
    try:
        found = _written(text)
        return found if found is None or _written(found) == found else None
    except phonenumbers.NumberParseException:
        return None


def _written(text: str) -> str | None:
    number = phonenumbers.parse(text)
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
