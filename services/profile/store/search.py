"""How that is saved which files are found by."""

from __future__ import annotations

from services.profile.domain.search import Namesake, SearchEntry
from shared.engine.ledger import Ledger

# Who is given the same name and birthday at the same time waits here: the next statement sees who came first.
SAVE_SEARCH_ENTRIES = """
with given as (
  select customer_id, folded, grams, owner, tags, birthday, born, alike_since, groups
    from json_populate_recordset(null::search_entry, $1::json)
), alone as materialized (
  select count(pg_advisory_xact_lock(alike)) as held
    from (select distinct hashtextextended(folded || birthday, 0) as alike from given where birthday is not null
           order by 1) as those
)
insert into search_entry (customer_id, folded, grams, owner, tags, birthday, born, alike_since, groups)
select customer_id, folded, grams, owner, tags, birthday, born, alike_since, groups from given, alone
on conflict (customer_id) do update
   set folded = excluded.folded, grams = excluded.grams, owner = excluded.owner, tags = excluded.tags,
       birthday = excluded.birthday, born = excluded.born, alike_since = excluded.alike_since,
       groups = excluded.groups
"""
# No more than a person can look through: a birthday that a form gave to everybody proposes few.
SAVE_NAMESAKES = """
insert into candidate (candidate_id, customer_id, other_customer_id, reason, since)
select distinct
       encode(substr(sha256(uuid_send(least(own.customer_id, other.customer_id))
                            || uuid_send(greatest(own.customer_id, other.customer_id)) || 'namesake'), 1, 16),
              'hex')::uuid,
       least(own.customer_id, other.customer_id), greatest(own.customer_id, other.customer_id), 'name_and_birthday',
       greatest(own.alike_since, other.alike_since)
  from json_populate_recordset(null::search_entry, $1::json) as given
  join search_entry own on own.customer_id = given.customer_id
 cross join lateral (
       select customer_id, alike_since from search_entry
        where folded = own.folded and birthday = own.birthday and customer_id <> own.customer_id
          and (born = own.born or born is null or own.born is null)
        order by customer_id limit 20) other
on conflict (candidate_id) do update set since = least(candidate.since, excluded.since)
"""
FORGET_SEARCH_ENTRIES = "delete from search_entry where customer_id = any($1::uuid[])"

NAMESAKES = Ledger(Namesake, lambda row: row.customer_id, SAVE_NAMESAKES, apart=True)
SEARCH_ENTRIES = Ledger(
    SearchEntry, lambda row: row.customer_id, SAVE_SEARCH_ENTRIES, forget=FORGET_SEARCH_ENTRIES, apart=True
)
