-- What the day's start ranks and looks at, without opening anybody's books: a line for each customer, and where the
-- cuts have put them, beside the tier that a person may have set.

create table worth (
  customer_id uuid primary key,
  orders int not null,
  net bigint not null,
  order_days int not null,
  first_order_on date,
  last_order_on date,
  margin bigint not null,
  minutes bigint not null,
  changes_on date
) with (fillfactor = 80);
create index worth_changing on worth (changes_on) where changes_on is not null;

insert into worth (customer_id, orders, net, order_days, margin, minutes, changes_on)
select customer_id, 0, 0, 0, 0, 0, '-infinity' from customer;

alter table customer
  add column placed text not null default 'regular' check (placed in ('key', 'regular', 'small')),
  add column below_since date;
update customer set placed = tier;
alter table customer alter column placed drop default;
