-- What a pair was proposed for: who claimed a handle that another file had, and when. A release that is heard of late may
-- say that they never had it at one time.
create table shared_handle (
  candidate_id uuid not null references candidate on delete cascade,
  handle text not null,
  customer_id uuid not null,
  at timestamptz not null,
  primary key (candidate_id, handle, customer_id, at)
);
