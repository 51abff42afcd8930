-- The calendar addresses of agents: a new version makes the older ones void.

create table calendar_feed (
  agent text primary key,
  version int not null check (version > 0)
);

-- Why somebody put a task off.
alter table task add column snoozed_because text;
