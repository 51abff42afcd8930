-- Who has the same name and birthday may be the same person. `birthday` without its year, which often nobody knows.
alter table search_entry
  add column birthday text,
  add column born int,
  add column alike_since timestamptz;
create index search_entry_namesakes on search_entry (folded, birthday, customer_id) where birthday is not null;
