-- What grows with a customer. The file itself, and the need in force, are the stream's state.

create table handle (
  handle text primary key,
  customer_id uuid not null,
  claimed bool not null,
  since timestamptz not null,
  generation int not null default 0
);
create index handle_customer on handle (customer_id);

create table purchase (
  order_id text primary key,
  customer_id uuid not null,
  placed_by uuid,
  placed_at timestamptz,
  ordered_on date,
  currency text,
  amount bigint,
  goods_cost bigint,
  discount bigint,
  lines jsonb not null,
  online bool,
  delivered_by uuid,
  delivered_at timestamptz,
  delivered_on date,
  guarantee_until_on date,
  delayed_at timestamptz,
  expected_on date,
  refunds jsonb not null,
  refunded_at timestamptz,
  refunded_amount bigint,
  cancelled_by uuid,
  cancelled_at timestamptz,
  constraint placed_whole check (
    (placed_by is null) = (placed_at is null)
    and (placed_by is null) = (ordered_on is null)
    and (placed_by is null) = (currency is null)
    and (placed_by is null) = (amount is null)
  )
);
create index purchase_customer on purchase (customer_id);

create table complaint (
  complaint_id text primary key,
  customer_id uuid not null,
  reported_by uuid,
  reported_at timestamptz,
  fault text,
  severity text,
  correctable bool,
  commitment_breached bool,
  staff_at_fault bool,
  about text,
  order_id text,
  element text,
  touchpoint text,
  channel text,
  text text,
  changes jsonb not null,
  withdrawn_by uuid,
  withdrawn_at timestamptz,
  constraint reported_whole check (
    (reported_by is null) = (reported_at is null)
    and (reported_by is null) = (fault is null)
    and (reported_by is null) = (severity is null)
    and (reported_by is null) = (correctable is null)
  )
);
create index complaint_customer on complaint (customer_id);

create table need (
  need_id uuid primary key,
  customer_id uuid not null,
  version int not null check (version >= 1),
  upstream_version bigint,
  source text not null check (source in ('stated', 'inferred', 'followup')),
  stated_at timestamptz not null,
  recorded_at timestamptz not null,
  need jsonb not null,
  cause_id text not null,
  cause_type text not null
);
create index need_customer on need (customer_id, version);

create table timeline (
  entry_id uuid primary key,
  customer_id uuid not null,
  event_key uuid not null,
  at timestamptz not null,
  recorded_at timestamptz not null,
  type text not null,
  cause_id text not null,
  cause_type text not null,
  direction text,
  channel text,
  touchpoint text,
  stage text,
  agent text,
  contact_id text,
  sentiment text,
  note text
);
create index timeline_customer on timeline (customer_id, at, entry_id);
