"""The scheduler's wake-ups: a year of them through jumps of the clock and kills, and what they cost."""
