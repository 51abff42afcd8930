"""How pairs of files that may be one are saved, and what a person said about them."""

from __future__ import annotations

from services.profile.domain.candidates import Verdict
from services.profile.domain.claims import Candidate, SharedHandle
from shared.engine.ledger import Ledger

# Proposed once more a pair is what it was: open, accepted or rejected.
SAVE_CANDIDATES = """
insert into candidate (candidate_id, customer_id, other_customer_id, reason, since)
select candidate_id, customer_id, other_customer_id, reason, min(since)
  from json_populate_recordset(null::candidate, $1::json)
 group by candidate_id, customer_id, other_customer_id, reason
on conflict (candidate_id) do update set since = least(candidate.since, excluded.since)
"""
SAVE_SHARED = """
insert into shared_handle (candidate_id, handle, customer_id, at)
select candidate_id, handle, customer_id, at from json_populate_recordset(null::shared_handle, $1::json)
on conflict do nothing
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
