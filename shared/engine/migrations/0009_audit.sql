-- Who was shown or changed personal data, each row hashing the one before: what is changed, left out or put in between shows.
create table audit (
  number bigint primary key,
  at timestamptz not null,
  who text not null,
  role text not null,
  did text not null,
  about uuid,
  outcome text not null check (outcome in ('let in', 'refused')),
  hash bytea not null
);
create index audit_about on audit (about, number) where about is not null;
create index audit_who on audit (who, number);

create function audit_append(entries json) returns void language plpgsql as $$
declare
  last record;
  entry record;
begin
  perform pg_advisory_xact_lock(7226009);
  select number, hash into last from audit order by number desc limit 1;
  if not found then
    select 0::bigint as number, ''::bytea as hash into last;
  end if;
  for entry in select * from json_to_recordset(entries) as e(who text, role text, did text, about uuid, outcome text) loop
    insert into audit (number, at, who, role, did, about, outcome, hash)
    select last.number + 1, told.at, entry.who, entry.role, entry.did, entry.about, entry.outcome,
           sha256(last.hash || convert_to(json_build_array(
             last.number + 1, (extract(epoch from told.at) * 1000000)::bigint,
             entry.who, entry.role, entry.did, entry.about, entry.outcome)::text, 'UTF8'))
      from (select clock_timestamp() as at) told
    returning number, hash into last;
  end loop;
end $$;
