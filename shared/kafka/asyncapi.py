"""The AsyncAPI document of a service, by FastStream, from the same tables that the reader and the writer use."""

from __future__ import annotations

import json
from functools import reduce
from operator import or_
from typing import Any

from faststream.kafka import KafkaBroker
from faststream.specification import AsyncAPI

from shared.contracts.data import Data
from shared.contracts.types import CLOCK, FACTS, Registry
from shared.engine.subscriptions import Reads


def document(service: str, reads: Reads) -> str:
    """JSON. The broker is described, never connected: records are read by the engine's own loop (ADR 0001)."""
    broker = KafkaBroker()
    for topic, models in {**reads.by_topic, reads.topics.clock: CLOCK}.items():
        _describe_reader(broker, topic, models)
    broker.publisher(reads.topics.of(service), title=reads.topics.of(service), schema=_union(FACTS[service]))
    described = AsyncAPI(broker, title=f"Holdfast {service}", schema_version="3.0.0").to_specification()
    return json.dumps(_in_order(described.to_jsonable()), ensure_ascii=False)


def _in_order(tree: dict[str, Any]) -> dict[str, Any]:
    """Channels and messages by name: FastStream keeps them in sets, in another order each time it is started."""
    parts = {name: dict(sorted(part.items())) for name, part in tree["components"].items()}
    named = {name: dict(sorted(tree[name].items())) for name in ("channels", "operations")}
    return tree | named | {"components": parts}


def _union(models: Registry) -> Any:
    return reduce(or_, models.values())


def _describe_reader(broker: KafkaBroker, topic: str, models: Registry) -> None:
    async def reader(message: Data) -> None:
        """Described for the document; the engine reads."""

    reader.__annotations__["message"] = _union(models)
    broker.subscriber(topic, title=topic)(reader)
