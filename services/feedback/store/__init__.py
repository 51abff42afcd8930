"""The ledgers of feedback, in the order in which they are saved: files before what refers to them."""

from __future__ import annotations

from services.feedback.store.cases import CASES
from services.feedback.store.figures import FIGURES
from services.feedback.store.loop import LOOP
from services.feedback.store.voice import VOICE
from services.feedback.store.winbacks import WINBACKS
from shared.engine.ledger import Ledger

LEDGERS: tuple[Ledger, ...] = (*CASES, *WINBACKS, *VOICE, *LOOP, *FIGURES)
