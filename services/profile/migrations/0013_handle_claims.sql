-- Who claimed a handle last that was somebody's already: it is theirs where a release before that is heard of late.
create table handle_claim (
  handle text primary key,
  customer_id uuid not null,
  at timestamptz not null
);
create index handle_claim_customer on handle_claim (customer_id);
