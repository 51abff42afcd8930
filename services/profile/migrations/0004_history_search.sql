-- Every word on a field of the file, by when it was said: what stood before is the word before it.
create table field_word (
  word_id uuid primary key,
  customer_id uuid not null,
  field text not null,
  value jsonb not null,
  at timestamptz not null,
  event_id text not null,
  recorded_at timestamptz not null,
  source text not null,
  cause_type text not null
);
create index field_word_customer on field_word (customer_id, at, event_id, word_id);
create index field_word_field on field_word (customer_id, field, at, event_id, word_id);

-- What a file is found by. `grams`: pieces of the folded name, from single ideographs to three letters.
create table search_entry (
  customer_id uuid primary key,
  folded text not null,
  grams text[] not null,
  owner text,
  tags text[] not null
);
create index search_entry_grams on search_entry using gin (grams);
create index search_entry_tags on search_entry using gin (tags);
create index search_entry_owner on search_entry (owner, folded, customer_id) where owner is not null;
