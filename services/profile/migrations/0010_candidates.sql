-- Pairs of files that may be one customer: a person decides.
create table candidate (
  candidate_id uuid primary key,
  customer_id uuid not null,
  other_customer_id uuid not null,
  reason text not null,
  since timestamptz not null,
  status text not null default 'open' check (status in ('open', 'accepted', 'rejected')),
  decided_by uuid,
  decided_at timestamptz,
  because text,
  check (customer_id < other_customer_id),
  check ((status = 'open') = (decided_by is null) and (status = 'open') = (decided_at is null))
);
create index candidate_status on candidate (status, since, candidate_id);
create index candidate_customer on candidate (customer_id, since);
create index candidate_other on candidate (other_customer_id, since);
