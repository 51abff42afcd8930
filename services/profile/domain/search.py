"""What a file is found by: its name in pieces, so that a part of it is found by key, in any script."""

from __future__ import annotations

import unicodedata
from typing import Final
from uuid import UUID

from msgspec import Struct

from services.profile.domain.state import File

LONGEST: Final = 3
WORD: Final = "^"
"""Marks the piece that a word begins with: one letter alone finds words, one ideograph any place."""


class SearchEntry(Struct, frozen=True):
    """A customer whose name, owner or tags are known."""

    customer_id: UUID
    folded: str
    grams: tuple[str, ...]
    owner: str | None
    tags: tuple[str, ...]


def search_entry(customer_id: UUID, file: File) -> SearchEntry:
    folded = fold(file.name or "")
    return SearchEntry(customer_id, folded, pieces(folded), file.owner, tuple(fold(tag) for tag in file.tags))


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
