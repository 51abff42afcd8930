-- Background work: what it was given, from when it is due, who works at it and until when, what came of it.

alter table job
  add column given jsonb not null default '{}',
  add column due_at timestamptz not null default '1800-01-01T00:00:00Z',  -- at once
  add column daily bool not null default false,
  add column claimed_by uuid,
  add column starts int not null default 0,
  add column result jsonb,
  add column detail text,
  add column ended_at timestamptz,
  add constraint job_state check (state in ('waiting', 'running', 'done', 'cancelled', 'failed')),
  add constraint job_claim check (state = 'running' or claimed_by is null);
create index job_open on job (due_at, id) where state in ('waiting', 'running');
create unique index job_daily on job (kind) where daily and state in ('waiting', 'running');
create index job_claimed_by on job (claimed_by) where claimed_by is not null;
create index job_running on job (kind) where state = 'running';
