"""How profile's ledgers are loaded and saved: one module per noun."""

from __future__ import annotations

from services.profile.store.candidates import CANDIDATES, SHARED_HANDLES, VERDICTS
from services.profile.store.cases import CASES
from services.profile.store.commitments import COMMITMENTS
from services.profile.store.complaints import COMPLAINTS
from services.profile.store.consents import CONSENT_WORDS
from services.profile.store.contacts import CONTACT_HANDLES, CONTACT_WORDS
from services.profile.store.handles import HANDLE_WORDS, HANDLES, SAID_OF_FILES, SAID_OF_HANDLES, TOMBSTONES
from services.profile.store.history import FIELD_WORDS
from services.profile.store.memberships import MEMBERSHIPS
from services.profile.store.needs import NEEDS
from services.profile.store.orders import ORDERS
from services.profile.store.referrals import REFERRALS
from services.profile.store.search import NAMESAKES, SEARCH_ENTRIES
from services.profile.store.timeline import TIMELINE
from shared.engine.ledger import Ledger

LEDGERS: tuple[Ledger, ...] = (
    HANDLES,
    HANDLE_WORDS,
    SAID_OF_HANDLES,
    SAID_OF_FILES,
    TOMBSTONES,
    CANDIDATES,
    SHARED_HANDLES,
    VERDICTS,
    ORDERS,
    COMPLAINTS,
    CASES,
    COMMITMENTS,
    REFERRALS,
    MEMBERSHIPS,
    NEEDS,
    TIMELINE,
    CONTACT_WORDS,
    CONTACT_HANDLES,
    CONSENT_WORDS,
    FIELD_WORDS,
    SEARCH_ENTRIES,
    NAMESAKES,
)
