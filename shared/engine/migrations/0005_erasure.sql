-- When the person behind a stream was forgotten, and whose the bytes are that lie outside the streams.
alter table stream add column erased_at timestamptz;
alter table dead_letter add column stream_id uuid;
create index dead_letter_key on dead_letter using hash (key);
create index dead_letter_stream on dead_letter (stream_id) where stream_id is not null;
alter table idempotency add column stream_id uuid;
create index idempotency_stream on idempotency (stream_id) where stream_id is not null;
