-- Promises to a customer, and who referred whom.

create table commitment (
  commitment_id text primary key,
  customer_id uuid not null,
  made_by uuid,
  made_at timestamptz,
  due_on date,
  text text,
  owner text,
  complaint_id text,
  fulfilled_by uuid,
  fulfilled_at timestamptz,
  breached_by uuid,
  breached_at timestamptz,
  constraint made_whole check ((made_by is null) = (made_at is null) and (made_by is null) = (due_on is null))
);
create index commitment_customer on commitment (customer_id, due_on, commitment_id);

create table referral (
  referral_id uuid primary key,
  customer_id uuid not null,
  referred_customer_id uuid not null,
  at timestamptz not null
);
create index referral_customer on referral (customer_id, at);
create index referral_referred on referral (referred_customer_id, at);
