-- What the day's start ranks and looks at, without opening anybody's books: a line for each customer.

create table worth (
  customer_id uuid primary key,
  orders int not null,
  net bigint not null,
  order_days int not null,
  first_order_on date,
  last_order_on date,
  margin bigint not null,
  minutes bigint not null,
  changes_on date,
  placed text not null check (placed in ('key', 'regular', 'small')),
  uplift_to text check (uplift_to in ('key', 'regular')),
  is_held bool not null,
  model_level text check (model_level in ('none', 'watch', 'warn', 'lost'))
) with (fillfactor = 80);
create index worth_changing on worth (changes_on) where changes_on is not null;

insert into worth (customer_id, orders, net, order_days, margin, minutes, changes_on, placed, is_held)
select customer_id, 0, 0, 0, 0, 0, '-infinity', tier, false from customer;
