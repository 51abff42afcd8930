"""The topics of a deployment: read from a file, created where they are missing (`python -m shared.kafka.topics`)."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import yaml
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, for_code
from pydantic import BaseModel, ConfigDict, PositiveInt, ValidationError

from shared.contracts.topics import PREFIX
from shared.kafka.settings import KafkaSettings

FILE = Path(__file__).parents[2] / "deploy" / "topics.yaml"
DAY_MS = 24 * 60 * 60 * 1000
ALREADY_EXISTS = 36
VISIBLE_SECONDS = 30


class TopicOptions(BaseModel):
    """What one topic has of its own; `partitions` where it differs from the file's, and who may do what."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    retention_days: PositiveInt
    partitions: PositiveInt | None = None
    writers: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()


class TopicFile(BaseModel):
    """`deploy/topics.yaml`: topic name without prefix -> options."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    partitions: PositiveInt
    replication: PositiveInt
    topics: Mapping[str, TopicOptions]

    def partition_counts(self, prefix: str = PREFIX, partitions: int | None = None) -> dict[str, int]:
        """Full topic name -> number of partitions; `partitions` replaces the file's default."""
        default = partitions or self.partitions
        return {f"{prefix}{name}": options.partitions or default for name, options in self.topics.items()}

    def new_topics(self, prefix: str, partitions: int | None, replication: int | None) -> list[NewTopic]:
        """Requests with the broker's time on every record, which a broker in memory does not keep."""
        counts = self.partition_counts(prefix, partitions)
        return [
            NewTopic(
                name=f"{prefix}{name}",
                num_partitions=counts[f"{prefix}{name}"],
                replication_factor=replication or self.replication,
                topic_configs={
                    "cleanup.policy": "delete",
                    "retention.ms": str(options.retention_days * DAY_MS),
                    "message.timestamp.type": "LogAppendTime",
                },
            )
            for name, options in self.topics.items()
        ]


def load_topics(file: Path) -> TopicFile:
    """Raises pydantic's ValidationError for a file that is not one."""
    return TopicFile.model_validate(yaml.safe_load(file.read_text()))


async def create_topics(
    settings: KafkaSettings, file: TopicFile, partitions: int | None = None, replication: int | None = None
) -> list[str]:
    """Create what is missing and wait until the broker shows it; the names created.

    A topic that exists is left as it is. Raises KafkaError where the broker refuses.
    """
    wanted = file.new_topics(settings.topic_prefix, partitions, replication)
    async with admin(settings) as client:
        answer = await client.create_topics(wanted)
        created = [topic for topic, code in ((row[0], row[1]) for row in answer.topic_errors) if _is_new(topic, code)]
        await _until_visible(client, [topic.name for topic in wanted])
        return created


async def delete_topics(settings: KafkaSettings, names: Iterable[str]) -> None:
    """Returns once the broker no longer lists them."""
    doomed = set(names)
    async with admin(settings) as client:
        await client.delete_topics(sorted(doomed))
        async with asyncio.timeout(VISIBLE_SECONDS):
            while doomed & set(await client.list_topics()):  # noqa: ASYNC110 - the broker has to be asked
                await asyncio.sleep(0.02)


@asynccontextmanager
async def admin(settings: KafkaSettings) -> AsyncIterator[AIOKafkaAdminClient]:
    """An admin client for as long as the block runs."""
    client = AIOKafkaAdminClient(**settings.client_options())
    await client.start()
    try:
        yield client
    finally:
        await client.close()


def _is_new(topic: str, code: int) -> bool:
    if code not in {0, ALREADY_EXISTS}:
        error: type[KafkaError] = for_code(code)
        raise error(f"the broker refuses to create {topic}")
    return code == 0


async def _until_visible(client: AIOKafkaAdminClient, names: list[str]) -> None:
    async with asyncio.timeout(VISIBLE_SECONDS):
        while not await _all_led(client, names):  # noqa: ASYNC110 - the broker has to be asked
            await asyncio.sleep(0.02)


async def _all_led(client: AIOKafkaAdminClient, names: list[str]) -> bool:
    """Whether every partition has a leader: what a producer needs."""
    described = await client.describe_topics(names)
    return all(
        topic["error_code"] == 0 and all(partition["leader"] >= 0 for partition in topic["partitions"])
        for topic in described
    )


def main() -> int:
    """Create what is missing of `deploy/topics.yaml`; exit status 1 after one clear line on what is wrong."""
    try:
        settings = KafkaSettings()
        created = asyncio.run(create_topics(settings, load_topics(FILE)))
    except ValidationError as error:
        wrong = "; ".join(f"HOLDFAST_{str(e['loc'][-1]).upper()}: {e['msg'].lower()}" for e in error.errors())
        return _say(f"topics: {wrong}", 1)
    except (KafkaError, OSError, TimeoutError) as error:
        return _say(f"topics: the broker does not answer: {error!r}; check HOLDFAST_KAFKA and its security settings", 1)
    return _say(f"topics: created {', '.join(created) or 'none, all are there'}", 0)


def _say(line: str, status: int) -> int:
    sys.stderr.write(line + "\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
