-- Which policy held when; its activation as the fact that later decisions name as their cause.
alter table policy
  add column based_on text,
  add column activation uuid;

-- What the settings of the last start said: a start with the same ones activates nothing.
create table started_with (
  single bool primary key default true check (single),
  digest text not null
);

-- Every change that somebody asked for, in its order: what a recording plays again.
create table policy_change (
  number bigint generated always as identity primary key,
  policy_id text not null,
  state text not null check (state in ('draft', 'shadow', 'active')),
  at timestamptz,
  door text not null check (door in ('start', 'http'))
);
