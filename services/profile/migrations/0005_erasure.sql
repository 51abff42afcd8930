-- What is left of persons who were erased: under which keyed hash they were known until when, and what they bought.
alter table handle add column print uuid;

create table tombstone (
  print uuid primary key,
  generation int not null check (generation > 0),
  erased_at timestamptz not null
);

create table erased_order (
  month date primary key,
  orders bigint not null,
  amount bigint not null,
  refunded bigint not null
);
