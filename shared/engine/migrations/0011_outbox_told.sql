-- Whatever puts facts into the outbox tells the relay so, with its commit.
create function outbox_told() returns trigger language plpgsql as $$
begin
  perform pg_notify('outbox', '');
  return null;
end $$;
create trigger outbox_told after insert on outbox for each statement execute function outbox_told();
