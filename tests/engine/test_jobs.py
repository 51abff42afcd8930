"""Background work: whatever is killed, and however many workers there are, it is done once."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from shared.engine import jobs
from shared.engine.fence import fence_of
from shared.engine.jobs import Job
from shared.engine.rebuild import rebuild
from shared.engine.run import Lost, Run
from shared.engine.wakeups import WAITING
from shared.engine.worker import Worker
from shared.engine.workshop import Workshop
from shared.postgres.pool import borrow
from tests.engine.conftest import START, Bench
from tests.engine.toy import Counted, Promised
from tests.engine.toy_jobs import BREAKS, COUNT, JOBS, NIGHTLY

JOB = UUID(int=77)
PEOPLE = [UUID(int=n) for n in range(1, 21)]
CLOCK_TOPIC = "holdfast.clock.v1"


async def people(bench: Bench) -> None:
    batch = [bench.event(f"e{n.int}", Counted(n=10), customer=n) for n in PEOPLE]
    await bench.engine.apply(batch, fence_of(batch))


async def read_until(bench: Bench, seconds: float) -> None:
    """The clock, and the reader up to it."""
    await bench.clock(seconds)
    until = START + timedelta(seconds=seconds, microseconds=1)
    await bench.pool.execute("update consumer_offset set applied_until = $1", until)


async def waiting(bench: Bench) -> tuple[bool, bool]:
    """Whether a wake-up is due, and whether a job is."""
    [(wakes, works)] = await bench.pool.fetch(WAITING, CLOCK_TOPIC, timedelta(0))
    return wakes, works


async def asked_for(bench: Bench, kind: str = "count_all", id: UUID = JOB, **given: int) -> None:
    async with borrow(bench.pool) as connection:
        await jobs.add(connection, id, kind, given)


async def shown(bench: Bench) -> jobs.Task:
    async with borrow(bench.pool) as connection:
        task = await jobs.show(connection, JOB)
    assert task is not None
    return task


async def claimed(bench: Bench, worker: UUID) -> jobs.Task | None:
    async with borrow(bench.pool) as connection, connection.transaction():
        return await jobs.claim(connection, worker, bench.engine.clock, CLOCK_TOPIC)


async def totals(bench: Bench) -> list[int]:
    return [(await bench.state(id)).total for id in PEOPLE]


async def all_once(bench: Bench) -> None:
    """Everybody was counted by the job exactly once: in the state, the journal and the facts."""
    assert await totals(bench) == [11] * len(PEOPLE)
    assert await bench.pool.fetchval("select count(*) from journal where door = 'job'") == len(PEOPLE)
    assert [data["total"] for _, data in await bench.facts()].count(11) == len(PEOPLE)
    assert [p async for p in rebuild(bench.engine, repair=False)][-1].different == ()


async def until(bench: Bench, is_so: Callable[[jobs.Task], bool]) -> jobs.Task:
    """Look at the job until it is so."""
    async with asyncio.timeout(30):
        while not is_so(task := await shown(bench)):  # noqa: ASYNC110 - another process moves it
            await asyncio.sleep(0.002)
    return task


async def ended(bench: Bench) -> jobs.Task:
    return await until(bench, lambda task: task.state not in ("waiting", "running"))


async def child_of(service: Workshop) -> Process:
    service.due.set()
    async with asyncio.timeout(30):
        while service._child is None:  # noqa: ASYNC110
            await asyncio.sleep(0.002)
    return service._child


@asynccontextmanager
async def workshop(bench: Bench, idle_seconds: float = 60) -> AsyncIterator[Workshop]:
    """A service's side of it, with its worker as a process."""
    made = Workshop([sys.executable, "-m", "tests.engine.toy_jobs", bench.dsn, str(idle_seconds)], bench.pool)
    running = asyncio.create_task(made.run())
    yield made
    made.stop()
    await asyncio.wait_for(running, 10)


async def test_a_job_goes_through_all_and_says_what_it_found(bench: Bench) -> None:
    await people(bench)
    await asked_for(bench)

    assert await Worker(bench.engine, JOBS).all_due() == 1

    task = await shown(bench)
    assert (task.state, task.result, task.progress) == ("done", {"counted": 20}, {"done": 20})
    await all_once(bench)


@pytest.mark.parametrize(
    "point", ["before_commit:2", "job_before_commit:1", "job_before_commit:3", "job_after_commit:2"]
)
async def test_a_worker_that_is_killed_is_followed_by_one_that_goes_on(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    await people(bench)
    await asked_for(bench)

    async with workshop(bench) as service:
        monkeypatch.setenv("HOLDFAST_CRASH_AT", point)
        status = await (await child_of(service)).wait()
        monkeypatch.delenv("HOLDFAST_CRASH_AT")
        assert status == 137
        assert (await ended(bench)).state == "done"

    await all_once(bench)


async def test_sigkill_in_the_middle_loses_and_doubles_nothing(bench: Bench) -> None:
    await people(bench)
    await asked_for(bench, size=1)

    async with workshop(bench) as service:
        first = await child_of(service)
        await until(bench, lambda task: bool(task.progress))
        first.kill()
        assert (await ended(bench)).state == "done"
        assert service._child is not first

    await all_once(bench)


async def test_a_worker_whose_service_is_gone_ends(bench: Bench) -> None:
    await people(bench)
    await asked_for(bench, size=1)

    async with workshop(bench) as service:
        child = await child_of(service)
        await until(bench, lambda task: bool(task.progress))
        assert child.stdin is not None
        child.stdin.close()
        assert await asyncio.wait_for(child.wait(), 10) == 0

    await Worker(bench.engine, JOBS).all_due()
    await all_once(bench)


async def test_a_worker_that_computes_in_a_thread_ends_with_its_service(bench: Bench) -> None:
    async with workshop(bench) as service:
        child = await child_of(service)
        await asked_for(bench, kind="computes")
        service.due.set()
        await until(bench, lambda task: task.state == "running")
        assert child.stdin is not None
        child.stdin.close()
        assert await asyncio.wait_for(child.wait(), 10) == 0

    assert await bench.pool.fetchval("select claimed_until from job") is None


async def test_a_worker_without_work_ends_and_the_next_job_starts_another(bench: Bench) -> None:
    await people(bench)
    await asked_for(bench)

    async with workshop(bench, idle_seconds=0.1) as service:
        first = await child_of(service)
        assert (await ended(bench)).state == "done"
        assert await asyncio.wait_for(first.wait(), 10) == 0
        await bench.pool.execute("truncate job")
        await asked_for(bench)
        service.due.set()
        assert (await ended(bench)).state == "done"


async def test_two_workers_never_do_one_job_twice(bench: Bench) -> None:
    await people(bench)
    await asked_for(bench, size=1)

    done = await asyncio.gather(*(Worker(bench.engine, JOBS).all_due() for _ in range(4)))

    assert sum(done) == 1
    await all_once(bench)


async def test_two_jobs_of_one_kind_go_one_after_the_other(bench: Bench) -> None:
    await people(bench)
    await asked_for(bench)
    await asked_for(bench, id=UUID(int=78))

    first = await claimed(bench, uuid4())

    assert first is not None
    assert await claimed(bench, uuid4()) is None


async def test_a_claim_that_is_not_renewed_is_taken_and_its_first_holder_writes_no_more(bench: Bench) -> None:
    await people(bench)
    await asked_for(bench)
    slow = uuid4()
    task = await claimed(bench, slow)
    assert task is not None
    await bench.pool.execute("update job set claimed_until = clock_timestamp() - interval '1 second'")

    assert await Worker(bench.engine, JOBS).all_due() == 1

    with pytest.raises(Lost):
        await COUNT.work(Run(bench.engine, task, slow))
    await all_once(bench)


async def test_a_cancelled_job_stops_at_its_next_chunk(bench: Bench) -> None:
    await people(bench)
    await asked_for(bench)
    worker = uuid4()
    task = await claimed(bench, worker)
    assert task is not None
    run = Run(bench.engine, task, worker)
    async with borrow(bench.pool) as connection:
        assert await jobs.end(connection, JOB, "cancelled", (START, "UTC"))

    with pytest.raises(Lost):
        await COUNT.work(run)

    assert await totals(bench) == [10] * len(PEOPLE)
    assert (await shown(bench)).state == "cancelled"


async def test_a_transaction_that_fails_is_tried_again_with_half_as_many(bench: Bench) -> None:
    sizes: list[int] = []

    async def too_long_for_many(run: Run) -> None:
        async with run.chunk() as chunk:
            sizes.append(run.size)
            if run.size > 60:
                raise ConnectionResetError
            chunk.is_last = True

    await asked_for(bench)
    assert await Worker(bench.engine, (Job("count_all", too_long_for_many),)).all_due() == 1
    assert (sizes, (await shown(bench)).state) == ([200, 100, 50], "done")


async def test_a_bug_fails_the_job_with_its_traceback_and_the_next_day_has_another(bench: Bench) -> None:
    async with borrow(bench.pool) as connection:
        await jobs.ensure_daily(connection, [BREAKS])

    await Worker(bench.engine, JOBS).all_due()

    rows = await bench.pool.fetch("select state, detail, due_at from job order by due_at")
    assert [row["state"] for row in rows] == ["failed", "waiting"]
    assert "a bug" in rows[0]["detail"]
    assert rows[1]["due_at"] == START + timedelta(days=1)


async def test_what_kills_its_process_again_and_again_has_failed(bench: Bench) -> None:
    await asked_for(bench)
    await bench.pool.execute("update job set starts = 5")

    await Worker(bench.engine, JOBS).all_due()

    task = await shown(bench)
    assert task.state == "failed"
    assert "died 5 times" in str(task.detail)


async def test_a_daily_job_runs_once_for_each_day_that_begins(bench: Bench) -> None:
    await people(bench)
    async with borrow(bench.pool) as connection:
        await jobs.ensure_daily(connection, JOBS[:2])
        await jobs.ensure_daily(connection, JOBS[:2])
    worker = Worker(bench.engine, (NIGHTLY,))

    assert await worker.all_due() == 1
    assert await worker.all_due() == 0
    await read_until(bench, 86_400 - 1)
    assert await worker.all_due() == 0
    await read_until(bench, 86_400)
    assert await worker.all_due() == 1
    await read_until(bench, 86_400 * 9)
    assert await worker.all_due() == 1  # days that were missed are not made up for
    assert await totals(bench) == [13] * len(PEOPLE)


async def test_a_job_comes_after_the_wake_ups_of_its_instant(bench: Bench) -> None:
    batch = [bench.event("p", Promised(until=START + timedelta(days=1)))]
    await bench.engine.apply(batch, fence_of(batch))
    await bench.pool.execute(
        "insert into job (id, kind, state, due_at) values ($1, 'count_all', 'waiting', $2)",
        JOB,
        START + timedelta(days=1),
    )
    await read_until(bench, 86_400 * 2)

    assert await claimed(bench, uuid4()) is None
    await bench.pool.execute("update stream set wake_at = null")
    assert await claimed(bench, uuid4()) is not None


async def test_no_job_begins_before_what_was_recorded_earlier_is_applied(bench: Bench) -> None:
    at = datetime.fromisoformat("2025-03-02T00:00:00+00:00")
    await bench.pool.execute(
        "insert into job (id, kind, state, due_at) values ($1, 'count_all', 'waiting', $2)", JOB, at
    )
    await bench.clock(86_400 * 3)

    assert await claimed(bench, uuid4()) is None
    assert await waiting(bench) == (False, False)
    await read_until(bench, 86_400 * 3)
    assert await waiting(bench) == (False, True)
