"""All that the engine knows of feedback's domain."""

from __future__ import annotations

from services.feedback.domain.commands import COMMANDS
from services.feedback.domain.decide import decide, redecide
from services.feedback.domain.importing import FigureState
from services.feedback.domain.improvement import ImprovementState
from services.feedback.domain.joining import announce
from services.feedback.domain.naming import names, wakes
from services.feedback.domain.periods import PeriodState
from services.feedback.domain.promises import PromiseState
from services.feedback.domain.state import CustomerState
from services.feedback.domain.streams import candidates, route
from services.feedback.domain.voice import MentionState
from services.feedback.domain.wake import next_wake
from shared.engine.decision import Rules
from shared.engine.routing import home_of

RULES = Rules(
    service="feedback",
    states={
        "customer": CustomerState,
        "mention": MentionState,
        "improvement": ImprovementState,
        "promise": PromiseState,
        "period": PeriodState,
        "figure": FigureState,
    },
    commands=COMMANDS,
    decide=decide,
    next_wake=next_wake,
    names=names,
    candidates=candidates,
    route=route,
    announce=announce,
    home=home_of,
    outbound="holdfast.feedback.v1",
    wakes=wakes,
    redecide=redecide,
)
