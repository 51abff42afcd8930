"""Library complaints: each kind once in a while."""

from __future__ import annotations

import logging

from shared.logs import Once


def record(name: str, message: str, *arguments: object) -> logging.LogRecord:
    return logging.LogRecord(name, logging.WARNING, "file", 1, message, arguments, None)


def test_a_complaint_is_not_repeated_whatever_its_arguments() -> None:
    once = Once()

    assert once.filter(record("aiokafka", "no node %s", 1))
    assert not once.filter(record("aiokafka", "no node %s", 2))


def test_another_complaint_or_another_library_is_heard() -> None:
    once = Once()
    once.filter(record("aiokafka", "no node %s", 1))

    assert once.filter(record("aiokafka", "no coordinator"))
    assert once.filter(record("asyncpg", "no node %s", 1))
