"""What a Python user of Kafka picks: Quix Streams, state and known ids in its RocksDB with a changelog topic.

BOOTSTRAP TOPIC GROUP OUTPUT FOLDER RECORDS.
"""

from __future__ import annotations

import sys
from typing import Any

from quixstreams import Application, State

from bench.reference.job import Standing, grade
from bench.reference.oracle import fold
from bench.reference.peers.saying import say

STANDING, SEEN = "standing", "seen:"


class Job:
    """Its function is called for every message, with the state of the message's key."""

    def __init__(self, app: Application, records: int) -> None:
        self.app = app
        self.records = records
        self.count = 0

    def apply(self, event: dict[str, Any], state: State) -> dict[str, Any] | None:
        """The change of grade, None where there is none; each id counts once, however late it comes again."""
        if not self.count:
            say("began", records=0)
        self.count += 1
        if self.count == self.records:
            self.app.stop()
        known = f"{SEEN}{event['id']}"
        if state.exists(known):
            return None
        state.set(known, 1)
        kept = state.get(STANDING)
        before = Standing(*kept) if kept else None
        now = fold(before or Standing(), event)
        state.set(STANDING, list(now))
        was, to = grade(before) if before else None, grade(now)
        return None if was == to else {"subject": event["subject"], "data": {"from": was, "to": to}}


def main(bootstrap: str, topic: str, group: str, output: str, folder: str, records: int) -> None:
    """At least once, a commit every five seconds: the defaults."""
    app = Application(
        bootstrap, consumer_group=group, auto_offset_reset="earliest", state_dir=folder, loglevel="WARNING"
    )
    job = Job(app, records)
    changes = app.dataframe(app.topic(topic)).apply(job.apply, stateful=True)
    changes.filter(lambda change: change is not None).to_topic(app.topic(output))
    app.run()
    say("ended", records=job.count)


if __name__ == "__main__":
    main(*sys.argv[1:6], int(sys.argv[6]))
