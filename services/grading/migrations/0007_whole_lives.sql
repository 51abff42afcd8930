-- What a customer's future is worked out from, for policies that rank by it: of all time, made anew at the day's start.

alter table worth
  add column goods bigint not null default 0,
  add column cost bigint not null default 0,
  add column minutes_ever bigint not null default 0;

update worth set changes_on = '-infinity' where order_days > 0;
