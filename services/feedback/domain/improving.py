"""The last three of the five steps: rank, solve, measure again (FB-06, FB-07, FB-08)."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from services.feedback.domain.commands_of_things import (
    CompleteImprovement,
    DecideSolution,
    OpenImprovement,
    RateImprovement,
)
from services.feedback.domain.improvement import (
    ALL,
    Improvement,
    ImprovementState,
    ImprovementStatus,
    Ranking,
    Solution,
    SolutionType,
    rank_of,
    score_of,
)
from services.feedback.domain.improvement_seed import Seed
from shared.clock import business_date, start_of_day
from shared.contracts.data import Data
from shared.contracts.feedback import (
    ImprovementOverdue,
    ImprovementPlanned,
    ImprovementPrioritised,
    ImprovementReopened,
    ImprovementVerified,
)
from shared.engine.decision import Accepted, Context, Decision, Event, Fact, Refused, Superseded

NO_ITEM = Refused("not_found", "there is no such improvement; GET /v1/improvements lists them", status=404)
SOLVE_FIRST = Refused("step_order", "decide on a solution first: POST …/solution", status=409)
IMPLEMENT_FIRST = Refused("step_order", "complete the step implement first", status=409)
NO_SCORES = Refused(
    "no_new_scores",
    "nobody has scored the element since the solution was implemented: wait for answers, or give `now`",
    status=409,
)
NO_BASELINE = Refused("no_new_scores", "nothing was measured before: give `baseline` with the ratings", status=409)
UNKNOWN_TYPE = Refused("solution_type_unknown", f"type must be one of: {', '.join(SolutionType)}")
SOLVABLE = (ImprovementStatus.OPEN, ImprovementStatus.PLANNED, ImprovementStatus.REOPENED)


def decide_opened(state: ImprovementState, event: Event, data: OpenImprovement, context: Context) -> Decision:
    """A person's item."""
    if state.item is not None:
        return Superseded("the improvement is there already")
    if refusal := _unknown(data.element, context):
        return refusal
    item = Improvement(
        item_id=context.stream.id, source="person", opened_at=event.time, element=data.element, title=data.title
    )
    return _rated(item, data, context)


def decide_rated(state: ImprovementState, _event: Event, data: RateImprovement, context: Context) -> Decision:
    """Rate it, or rate it again; what is left out stays."""
    item = _item(state, context)
    if item is None:
        return NO_ITEM
    if data.element is not None and (refusal := _unknown(data.element, context)):
        return refusal
    return _rated(replace(item, element=data.element or item.element), data, context)


def decide_solution(state: ImprovementState, _event: Event, data: DecideSolution, context: Context) -> Decision:
    """What is done about it; a promise of advertising is none (FB-07)."""
    if data.type not in set(SolutionType):
        return UNKNOWN_TYPE
    item = _item(state, context)
    if item is None:
        return NO_ITEM
    if item.status not in SOLVABLE:
        return Refused("step_order", f"the improvement is {item.status}: complete the step monitor", status=409)
    solution = Solution(SolutionType(data.type), data.owner, data.due_on, data.text)
    said = ImprovementPlanned(
        item_id=item.item_id, element=item.element, solution=data.type, owner=data.owner, due_on=data.due_on
    )
    return _put(replace(item, solution=solution, status=ImprovementStatus.PLANNED, late=False), said)


def decide_progress(state: ImprovementState, _event: Event, data: CompleteImprovement, context: Context) -> Decision:
    """Implemented on a day; then measured against the baseline, verified or opened again."""
    item = _item(state, context)
    if item is None:
        return NO_ITEM
    return _implement(item, data, context) if data.step == "implement" else _monitor(item, data, context)


def decide_late(state: ImprovementState, context: Context) -> Accepted:
    """The day of a planned solution has gone by: said once."""
    item = state.item
    due = late_at(state, context)
    if item is None or item.solution is None or due is None or due > context.now:
        return Accepted(state)
    said = ImprovementOverdue(item_id=item.item_id, owner=item.solution.owner, due_on=item.solution.due_on)
    return _put(replace(item, late=True), said)


def late_at(state: ImprovementState, context: Context) -> datetime | None:
    """The start of the day after it was to be done."""
    item = state.item
    if item is None or item.solution is None or item.late or item.status != ImprovementStatus.PLANNED:
        return None
    return start_of_day(item.solution.due_on + timedelta(days=1), context.policy.calendar.time_zone)


def _implement(item: Improvement, data: CompleteImprovement, context: Context) -> Decision:
    if item.status != ImprovementStatus.PLANNED or item.solution is None:
        return SOLVE_FIRST
    on = data.on or business_date(context.now, context.policy.calendar.time_zone)
    baseline = item.baseline if item.baseline is not None else data.measured
    solution = replace(item.solution, implemented_on=on)
    return _put(replace(item, solution=solution, baseline=baseline, status=ImprovementStatus.IMPLEMENTED))


def _monitor(item: Improvement, data: CompleteImprovement, context: Context) -> Decision:
    if item.status != ImprovementStatus.IMPLEMENTED:
        return IMPLEMENT_FIRST
    now = data.now if data.now is not None else data.measured
    if now is None:
        return NO_SCORES
    if item.baseline is None:
        return NO_BASELINE
    better = now > item.baseline
    said: Data
    if better:
        said = ImprovementVerified(item_id=item.item_id, baseline=item.baseline, now=now)
    else:
        said = ImprovementReopened(item_id=item.item_id, baseline=item.baseline, now=now)
    status = ImprovementStatus.VERIFIED if better else ImprovementStatus.REOPENED
    measured_on = business_date(context.now, context.policy.calendar.time_zone)
    return _put(replace(item, now=now, status=status, measured_on=measured_on), said)


def _item(state: ImprovementState, context: Context) -> Improvement | None:
    """As it stands, or as the measure or suggestion that it began with left it."""
    if state.item is not None:
        return state.item
    seed = context.rows.get(Seed, context.stream.id)
    if seed is None:
        return None
    return Improvement(
        item_id=seed.item_id,
        source=seed.source,
        opened_at=seed.seeded_at,
        element=seed.element,
        touchpoint=seed.touchpoint,
        title=seed.title,
    )


def _rated(item: Improvement, data: OpenImprovement | RateImprovement, context: Context) -> Decision:
    impact, feasibility, scope = (
        getattr(item, name) if given is None else given
        for name, given in (("impact", data.impact), ("feasibility", data.feasibility), ("scope", data.scope))
    )
    rated = replace(
        item,
        impact=impact,
        feasibility=feasibility,
        scope=scope,
        score=score_of(impact, feasibility, scope, context.policy),
        baseline=data.baseline if data.baseline is not None else item.baseline,
    )
    if rated.score == item.score or rated.element is None:
        return _put(rated)
    rank = rank_of(rated, context.rows.get(Ranking, ALL))
    said = ImprovementPrioritised(item_id=rated.item_id, element=rated.element, score=rated.score, rank=rank)
    return _put(rated, said)


def scored_again(state: ImprovementState, context: Context) -> Accepted:
    """What another policy makes of the ratings; the rank that this gives is told where it is asked for."""
    item = state.item
    if item is None or item.element is None:
        return Accepted(state)
    score = score_of(item.impact, item.feasibility, item.scope, context.policy)
    if score == item.score:
        return Accepted(state)
    said = ImprovementPrioritised(item_id=item.item_id, element=item.element, score=score)
    return _put(replace(item, score=score), said)


def _unknown(element: str, context: Context) -> Refused | None:
    elements = context.policy.feedback.elements
    if element in elements:
        return None
    return Refused("element_unknown", f"element must be one of: {', '.join(elements)}")


def _put(item: Improvement, *said: Data) -> Accepted:
    facts = tuple(Fact(each, about_customer=False) for each in said)
    return Accepted(ImprovementState(item), facts, (item,))
