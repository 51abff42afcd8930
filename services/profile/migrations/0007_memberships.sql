-- Memberships of customers; the benefits that come with them are in the streams' states.

create table membership (
  membership_id text primary key,
  customer_id uuid not null,
  granted_by uuid not null,
  granted_at timestamptz not null,
  from_on date not null,
  to_on date not null
);
create index membership_customer on membership (customer_id, from_on);
