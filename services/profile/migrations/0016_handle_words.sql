-- replaces: bc649606ae4a451c142880eca0ee9fee73b5d5eed4c941153f353d0a11ddb1e4
-- Whose a handle is follows from all that was said of it: who claimed it and who let it go, and when. `customer_id`: the
-- file that said so; `is_own`: it came under the handle itself.
create table handle_word (
  handle text not null,
  event_key uuid not null,
  at timestamptz not null,
  kind text not null check (kind in ('claim', 'contact', 'release')),
  customer_id uuid not null,
  is_own bool not null default false,
  opens uuid check ((opens is null) = (kind <> 'release')),
  seq bigint not null generated always as identity,
  primary key (handle, event_key)
);
create index handle_word_customer on handle_word (customer_id);

-- The first claim by whom it belongs to; null where nobody has claimed it.
alter table handle add column claimed_at timestamptz;

-- Until contract/0016 a process of the version before runs beside: it knows `claimed`, `since`, `claimed_since` and
-- handle_claim, and does not know words. Each writes its own columns; these functions write those of the other one.

create function handle_word_heard(
  of_handle text, said text, said_at timestamptz, said_by uuid, led_to uuid
) returns void language sql as $$
insert into handle_word (handle, event_key, at, kind, customer_id, opens)
select of_handle, md5(concat_ws(' ', of_handle, said, extract(epoch from said_at), said_by))::uuid, said_at, said, said_by, led_to
 where not exists (
       select from handle_word known
        where known.handle = of_handle and known.at = said_at
          and case when said = 'release' then known.kind = 'release'
                   else known.kind <> 'release' and known.customer_id = said_by end)
on conflict (handle, event_key) do nothing
$$;

-- What the version before has written: claims, with the earliest one known; releases, in `past`.
create function handle_said_before() returns trigger language plpgsql as $$
declare
  held jsonb;
  place int := 0;
  began timestamptz := '-infinity';
  ended timestamptz;
  known jsonb := case when tg_op = 'UPDATE' then old.past else '[]' end;
  kept jsonb := '[]';
begin
  new.claimed_at := case when new.claimed then coalesce(new.claimed_since, new.since) end;
  for held in select jsonb_array_elements(new.past) loop
    place := place + 1;
    ended := (held ->> 'until')::timestamptz;
    perform handle_word_heard(new.handle, 'release', ended, (held ->> 'customer_id')::uuid,
                              coalesce((new.past -> place ->> 'customer_id')::uuid, new.customer_id));
    -- a release says that it was claimed, but for one of the handle's own
    if (held ->> 'claimed')::bool and exists (
      select from handle_word word
       where word.handle = new.handle and word.kind = 'release' and word.at = ended and word.is_own
    ) and not exists (
      select from handle_word word
       where word.handle = new.handle and word.kind <> 'release' and word.at >= began and word.at < ended
    ) then
      perform handle_word_heard(new.handle, 'claim', ended - interval '1 microsecond', (held ->> 'customer_id')::uuid, null);
    end if;
    kept := kept || (held || jsonb_build_object('claimed_at', case when (held ->> 'claimed')::bool then coalesce(
      (select (was ->> 'claimed_at')::timestamptz from jsonb_array_elements(known) was
        where (was ->> 'until')::timestamptz = ended and was ->> 'customer_id' = held ->> 'customer_id'),
      ended - interval '1 microsecond') end));
    began := ended;
  end loop;
  new.past := kept;
  if new.claimed then
    perform handle_word_heard(new.handle, 'claim', new.claimed_at, new.customer_id, null);
  end if;
  return new;
end
$$;

-- What this version has written. `since`, where it is not known: long ago, from when on every claim is kept.
create function handle_said_now() returns trigger language plpgsql as $$
begin
  new.claimed := new.claimed_at is not null;
  new.claimed_since := new.claimed_at;
  new.since := least(coalesce((new.past -> -1 ->> 'until')::timestamptz, new.since, '1970-01-01 00:00:00Z'),
                     new.claimed_at);
  new.past := coalesce((
    select jsonb_agg(held || jsonb_build_object('claimed', held ->> 'claimed_at' is not null) order by place)
      from jsonb_array_elements(new.past) with ordinality as known (held, place)), '[]');
  return new;
end
$$;
create trigger handle_said_before_first before insert on handle for each row
  when (new.since is not null) execute function handle_said_before();
create trigger handle_said_before_again before update of claimed on handle for each row
  execute function handle_said_before();
create trigger handle_said_now_first before insert on handle for each row
  when (new.since is null) execute function handle_said_now();
create trigger handle_said_now_again before update of claimed_at on handle for each row
  execute function handle_said_now();

-- The last claim by somebody else than whose it is, as the version before keeps it.
create function handle_claim_said_before() returns trigger language plpgsql as $$
begin
  perform handle_word_heard(new.handle, 'claim', new.at, new.customer_id, null);
  return null;
end
$$;
create trigger handle_claim_said_before after insert or update on handle_claim for each row
  when (pg_trigger_depth() = 0) execute function handle_claim_said_before();
create function handle_claim_said_now() returns trigger language plpgsql as $$
begin
  insert into handle_claim as known (handle, customer_id, at)
  select distinct on (word.handle) word.handle, word.customer_id, word.at
    from word join handle on handle.handle = word.handle
   where word.kind <> 'release' and not word.is_own
     and (handle.customer_id, handle.claimed_at) is distinct from (word.customer_id, word.at)
   order by word.handle, word.at desc
  on conflict (handle) do update set customer_id = excluded.customer_id, at = excluded.at
   where excluded.at > known.at;
  return null;
end
$$;
create trigger handle_claim_said_now after insert on handle_word referencing new table as word for each statement
  when (pg_trigger_depth() = 0) execute function handle_claim_said_now();

-- Whoever erases, erases both.
create function handle_erased() returns trigger language plpgsql as $$
begin
  delete from handle_claim where handle = old.handle;
  delete from handle_word word
   where word.handle = old.handle
      or (word.customer_id = old.customer_id and not exists (
          select from handle, jsonb_array_elements(past) as held
           where handle.handle = word.handle and (held ->> 'customer_id')::uuid = old.customer_id));
  return null;
end
$$;
create trigger handle_erased after delete on handle for each row execute function handle_erased();
create function handle_claim_erased() returns trigger language plpgsql as $$
begin
  delete from handle_word
   where handle = old.handle and customer_id = old.customer_id and kind <> 'release';
  return null;
end
$$;
create trigger handle_claim_erased after delete on handle_claim for each row
  when (pg_trigger_depth() = 0) execute function handle_claim_erased();
create function handle_word_erased() returns trigger language plpgsql as $$
begin
  delete from handle_claim where handle = old.handle and customer_id = old.customer_id;
  return null;
end
$$;
create trigger handle_word_erased after delete on handle_word for each row
  when (pg_trigger_depth() = 0) execute function handle_word_erased();
