-- Simulated clock only: where it has stood. What other services had heard by then depends on where it stopped.
create table clock_move (
  now timestamptz primary key
);
