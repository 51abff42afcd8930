"""How pairs of files that may be one are saved, and what a person said about them."""

from __future__ import annotations

from services.profile.domain.candidates import Verdict
from services.profile.domain.ledgers import Candidate, SharedHandle
from shared.engine.ledger import Ledger

# Proposed once more a pair is what it was: open, accepted or rejected.
SAVE_CANDIDATES = """
insert into candidate (candidate_id, customer_id, other_customer_id, reason, since)
select candidate_id, customer_id, other_customer_id, reason, min(since)
  from json_populate_recordset(null::candidate, $1::json)
 group by candidate_id, customer_id, other_customer_id, reason
on conflict (candidate_id) do update set since = least(candidate.since, excluded.since)
"""
# A pair that has nothing left to be proposed for is none, but where a person has said what it is.
SAVE_SHARED = """
with said as (select * from json_to_recordset($1::json) as said(
  candidate_id uuid, handle text, customer_id uuid, at timestamptz, is_gone bool)
), gone as (
  delete from shared_handle known using said
   where said.is_gone and (known.candidate_id, known.handle, known.customer_id, known.at)
       = (said.candidate_id, said.handle, said.customer_id, said.at)
), kept as (
  insert into shared_handle (candidate_id, handle, customer_id, at)
  select candidate_id, handle, customer_id, at from said where not is_gone
  on conflict do nothing
), concerned as (
  select candidate_id, min(at) as since
    from (select candidate_id, handle, customer_id, at from shared_handle
           where candidate_id in (select candidate_id from said where is_gone)
          except select candidate_id, handle, customer_id, at from said where is_gone
          union all select candidate_id, handle, customer_id, at from said where not is_gone) left_over
   group by candidate_id
), void as (
  delete from candidate
   where status = 'open' and candidate_id in (
         select candidate_id from said where is_gone except select candidate_id from concerned)
)
update candidate set since = concerned.since
  from concerned
 where candidate.candidate_id = concerned.candidate_id and candidate.since <> concerned.since
   and candidate.candidate_id in (select candidate_id from said where is_gone)
"""
ERASE_SHARED = "delete from shared_handle where customer_id = any($1::uuid[])"
ERASE_CANDIDATES = """
delete from candidate where candidate_id in (
  select candidate_id from candidate where customer_id = any($1::uuid[])
  union all
  select candidate_id from candidate where other_customer_id = any($1::uuid[])
)
"""
SAVE_VERDICTS = """
update candidate set status = said.status, decided_by = said.decided_by, decided_at = said.decided_at,
                     because = said.because
  from json_populate_recordset(null::candidate, $1::json) as said
 where candidate.candidate_id = said.candidate_id
"""
LOAD_VERDICTS = """
select json_build_object('candidate_id', candidate_id, 'status', status, 'decided_by', decided_by,
                         'decided_at', decided_at, 'because', because)::text as row
  from candidate where candidate_id = any($1::uuid[]) and status <> 'open'
"""

# Several claims of one batch are several rows: the earliest of them counts, however batches fall.
CANDIDATES = Ledger(Candidate, lambda row: (row.candidate_id, row.since), SAVE_CANDIDATES, erase=ERASE_CANDIDATES)
# What the other one of a pair has claimed goes with the pair.
SHARED_HANDLES = Ledger(
    SharedHandle,
    lambda row: (row.candidate_id, row.handle, row.customer_id, row.at),
    SAVE_SHARED,
    erase=ERASE_SHARED,
    apart=True,
)
VERDICTS = Ledger(Verdict, lambda row: row.candidate_id, SAVE_VERDICTS, LOAD_VERDICTS, apart=True)
