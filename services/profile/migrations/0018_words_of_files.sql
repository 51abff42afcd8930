-- Whose a handle was follows from all words across handles: `under` is the one that a word came under. Without it the
-- file that the word came to is known (`customer_id`).
alter table handle_word add column under text;
create index handle_word_under on handle_word (under) where under is not null;

-- Merges and splits are words in time as well. `customer_id`: the file that a merge came to; the one that a split gives
-- back.
create table merge_word (
  handle text not null,
  event_key uuid not null primary key,
  at timestamptz not null,
  kind text not null check (kind in ('merge', 'split')),
  customer_id uuid not null,
  under text check ((under is null) = (kind = 'split'))
);
create index merge_word_handle on merge_word (handle);
create index merge_word_under on merge_word (under) where under is not null;
create index merge_word_customer on merge_word (customer_id);
