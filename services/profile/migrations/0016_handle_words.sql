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

insert into handle_word (handle, event_key, at, kind, customer_id, opens)
select handle, gen_random_uuid(), coalesce(claimed_since, since), 'claim', customer_id, null::uuid from handle where claimed
union all
select handle, gen_random_uuid(), at, 'claim', customer_id, null from handle_claim
union all
select handle, gen_random_uuid(), (held ->> 'until')::timestamptz, 'release', (held ->> 'customer_id')::uuid,
       coalesce((past -> place::int ->> 'customer_id')::uuid, customer_id)
  from handle, jsonb_array_elements(past) with ordinality as known (held, place);
drop table handle_claim;

-- `claimed_at`: the first claim by whom it belongs to; null where nobody has claimed it.
alter table handle add column claimed_at timestamptz;
update handle
   set claimed_at = case when claimed then coalesce(claimed_since, since) end,
       past = (select coalesce(jsonb_agg(
                        held - 'claimed' || jsonb_build_object('claimed_at', case when (held ->> 'claimed')::bool then
                          (held ->> 'until')::timestamptz - interval '1 microsecond' end) order by place), '[]')
                 from jsonb_array_elements(past) with ordinality as known (held, place));
alter table handle drop column claimed, drop column since, drop column claimed_since;
