-- Simulated clock only: when the broker took the move in, so that what was sent between two moves is of its own instant.
alter table clock_move add column logged_at timestamptz;
