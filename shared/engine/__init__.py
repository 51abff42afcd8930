"""Four doors, one way through: apply, journal, fold, outbox, relay, wake-ups, dead letters."""
