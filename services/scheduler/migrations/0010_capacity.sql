-- How much an agent can do on a day, and when they work.
alter table agent
  add column capacity int check (capacity > 0),
  add column hours jsonb;
create index agent_team on agent (team) where team is not null;
