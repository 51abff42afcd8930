"""Events onto the upstream topic, no faster than the services take them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Final

from aiokafka import AIOKafkaProducer

from holdfast.imports.flow import WINDOW, Flow
from holdfast.imports.judge import Record
from shared.contracts.envelope import CONTENT_TYPE

AT_A_TIME: Final = 5_000


async def send_all(
    producer: AIOKafkaProducer, flow: Flow, records: Iterable[Record], sent: Callable[[int], None]
) -> None:
    """In order, per customer; `sent` is told how many more the broker has acknowledged."""
    waiting = iter(records)
    while some := list(islice(waiting, AT_A_TIME)):
        futures = [
            await producer.send(flow.topics.upstream, record.value, key=record.key, headers=[*CONTENT_TYPE])
            for record in some
        ]
        for done in await asyncio.gather(*futures):
            flow.wrote(done.partition, done.offset + 1)
        sent(len(some))
        await flow.settle(WINDOW)
