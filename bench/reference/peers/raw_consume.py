"""The floor of any consumer: every record fetched by librdkafka, none decoded. BOOTSTRAP TOPIC GROUP RECORDS."""

from __future__ import annotations

import sys

from confluent_kafka import Consumer

from bench.reference.peers.saying import say


def main(bootstrap: str, topic: str, group: str, records: int) -> None:
    """Until so many have come."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": group, "auto.offset.reset": "earliest"})
    consumer.subscribe([topic])
    count = 0
    while count < records:
        found = consumer.consume(5_000, timeout=1)
        if found and not count:
            say("began", records=0)
        count += sum(record.error() is None for record in found)
    consumer.commit(asynchronous=False)
    say("ended", records=count)
    consumer.close()


if __name__ == "__main__":
    main(*sys.argv[1:4], int(sys.argv[4]))
