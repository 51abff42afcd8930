-- Agents: who stands in for whom, and who has taken over.

create table agent (
  id uuid primary key,
  agent_id text not null unique,
  name text,
  team text,
  role text,
  channels text[] not null default '{}',
  away_from_on date,
  away_to_on date,
  deputy text,
  left_on date,
  successor text,
  check ((away_from_on is null) = (deputy is null) and (away_to_on is null) = (deputy is null)),
  check ((left_on is null) = (successor is null))
);
create index agent_deputy on agent (deputy) where deputy is not null;
create index agent_successor on agent (successor) where successor is not null;
