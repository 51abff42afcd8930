"""Bugs that the kill tests must catch: patches of the imported engine, which itself knows nothing of them."""

from __future__ import annotations

from collections.abc import Callable

from tests.faults.plants import offsets, order, outbox, waking

BUGS: dict[str, Callable[[], None]] = {
    "claim_off": order.claim_off,
    "offset_from_kafka": offsets.offset_from_kafka,
    "acknowledge_before_commit": offsets.acknowledge_before_commit,
    "no_first_offset_check": offsets.no_first_offset_check,
    "no_print_check": offsets.no_print_check,
    "wall_clock_in_wake_up": waking.wall_clock_in_wake_up,
    "wake_without_gate": waking.wake_without_gate,
    "fold_with_le": waking.fold_with_le,
    "gate_with_le": waking.gate_with_le,
    "relay_by_id_cursor": outbox.relay_by_id_cursor,
    "delete_before_acknowledgement": outbox.delete_before_acknowledgement,
    "random_fact_ids": outbox.random_fact_ids,
}
HAZARDS: dict[str, Callable[[], None]] = {"seek_that_does_not_land": offsets.seek_that_does_not_land}
"""No bugs of ours but faults of others, which must be survived."""


def plant(name: str) -> None:
    (BUGS | HAZARDS)[name]()
