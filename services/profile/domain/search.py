"""What a file is found by: its name in pieces, so that a part of it is found by key, in any script.

By name and birthday it is found to be like another one, which a person may join with it.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from services.profile.domain.state import CustomerState, File, Occasion
from shared.contracts.values import DateKind

LONGEST: Final = 3
WORD: Final = "^"
"""Marks the piece that a word begins with: one letter alone finds words, one ideograph any place."""


class SearchEntry(Struct, frozen=True):
    """A customer whose name, owner, tags or groups are known.

    `birthday` without the year, which is `born`; both and `alike_since` None where nobody can be a namesake.
    """

    customer_id: UUID
    folded: str
    grams: tuple[str, ...]
    owner: str | None
    tags: tuple[str, ...]
    birthday: str | None = None
    born: int | None = None
    alike_since: datetime | None = None
    """When the later of name and birthday was told."""
    groups: tuple[str, ...] = ()


class Namesake(Struct, frozen=True):
    """Who has a name and a birthday now that others may have too."""

    customer_id: UUID


def search_entry(customer_id: UUID, state: CustomerState) -> SearchEntry:
    file, told = state.file, state.told
    folded = fold(file.name or "")
    tags = tuple(fold(tag) for tag in file.tags)
    entry = SearchEntry(customer_id, folded, pieces(folded), file.owner, tags, groups=state.groups)
    day = birthday_of(file)
    if day is None or not folded:
        return entry
    text = f"{'lunar ' if day.lunar else ''}{day.month:02}-{day.day:02}"
    return replace(
        entry,
        birthday=text,
        born=day.year,
        alike_since=max(told[name] for name in ("name", "dates") if name in told).at,
    )


def birthday_of(file: File) -> Occasion | None:
    return next((day for day in file.dates if day.kind is DateKind.BIRTHDAY), None)


def fold(text: str) -> str:
    """Without case, accents, widths and doubled spaces, as people type names."""
    apart = unicodedata.normalize("NFKD", text.replace("\x00", ""))
    bare = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return " ".join(unicodedata.normalize("NFC", bare.casefold()).split())


def pieces(folded: str) -> tuple[str, ...]:
    """All that `asked` may look for."""
    found = {WORD + word[0] for word in folded.split()}
    found |= {sign for sign in folded if _is_ideograph(sign)}
    for size in range(2, LONGEST + 1):
        found |= {folded[n : n + size] for n in range(len(folded) - size + 1)}
    return tuple(sorted(found))


def asked(folded: str) -> tuple[str, ...]:
    """The pieces that every name with this part has."""
    if len(folded) == 1:
        return (folded if _is_ideograph(folded) else WORD + folded,)
    size = min(len(folded), LONGEST)
    return tuple(sorted({folded[n : n + size] for n in range(len(folded) - size + 1)}))


def _is_ideograph(sign: str) -> bool:
    """A letter of a script without case, of which one alone is a name: 王, not w."""
    return unicodedata.category(sign) == "Lo"
