-- Until contract/0020 a process of the version before runs beside, which writes contact_word alone.
create or replace function contact_word_said() returns trigger language plpgsql as $$
begin
  insert into contact_handle_word (customer_id, handle, at, event_id, event_key, contact_id)
  select distinct new.customer_id, told.handle, new.at, new.event_id, new.event_key, new.contact_id
    from jsonb_array_elements_text(case when jsonb_typeof(new.handles) = 'array' then new.handles end) as told (handle)
  on conflict (event_key, handle) do update set customer_id = excluded.customer_id;
  return null;
end
$$;
create or replace function contact_word_erased() returns trigger language plpgsql as $$
begin
  delete from contact_handle_word where event_key = old.event_key;
  return null;
end
$$;
create or replace trigger contact_word_said after insert or update on contact_word for each row
  execute function contact_word_said();
create or replace trigger contact_word_erased after delete on contact_word for each row execute function contact_word_erased();
