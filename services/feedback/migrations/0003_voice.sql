-- What customers say and buy: the rows that figures are counted from, by kind and day.

create table signal (
  signal_id uuid primary key,
  kind text not null check (kind in ('contact', 'answer', 'mention', 'feedback', 'followup')),
  customer_id uuid,
  at timestamptz not null,
  on_day date not null,
  channel text,
  agent text,
  element text,
  touchpoint text,
  dimension text,
  grade text,
  survey text,
  score int,
  sentiment text,
  status text
);
create index signal_by_day on signal (kind, on_day)
  include (survey, score, channel, element, touchpoint, agent, grade, status, sentiment);
create index signal_of_customer on signal (customer_id, kind, at);

create table grievance (
  grievance_id uuid primary key,
  customer_id uuid not null,
  source text,
  origin text,
  logged_on date,
  resolved_at timestamptz,
  check (logged_on is not null or resolved_at is not null)
);
create index grievance_by_day on grievance (logged_on);
create index grievance_of_customer on grievance (customer_id, logged_on);

create table purchase (
  order_id text primary key,
  customer_id uuid not null,
  ordered_on date not null,
  amount bigint,
  cancelled boolean not null,
  guarantee_until_on date
);
create index purchase_by_day on purchase (ordered_on) include (customer_id, amount, cancelled);
create index purchase_of_customer on purchase (customer_id, ordered_on);
