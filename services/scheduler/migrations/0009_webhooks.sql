-- Endpoints of the company's own people, and what each is to be told: an outbox of its own.

create sequence webhook_secret_number;

create table webhook_endpoint (
  endpoint_id uuid primary key,
  url text not null,
  types text[] not null check (cardinality(types) > 0),
  secret_number bigint not null,
  earlier_number bigint,
  rotated_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  disabled_at timestamptz,
  disabled_because text,
  check ((rotated_at is null) = (earlier_number is null)),
  check ((disabled_at is null) = (disabled_because is null))
);

create table webhook_delivery (
  endpoint_id uuid not null references webhook_endpoint on delete cascade,
  event_id uuid not null,
  type text not null,
  payload bytea not null,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed')),
  attempts int not null default 0,
  status int,
  problem text,
  created_at timestamptz not null default clock_timestamp(),
  last_at timestamptz,
  next_at timestamptz,
  primary key (endpoint_id, event_id),
  check ((state = 'waiting') = (next_at is not null))
);
create index webhook_delivery_due on webhook_delivery (endpoint_id, next_at) where next_at is not null;
create index webhook_delivery_list on webhook_delivery (endpoint_id, created_at desc, event_id desc);
create index webhook_delivery_old on webhook_delivery (last_at) where next_at is null;
