"""How referrals are saved; no rule reads them back."""

from __future__ import annotations

from services.profile.domain.referrals import Referral
from shared.engine.ledger import Ledger

SAVE_REFERRALS = """
insert into referral (referral_id, customer_id, referred_customer_id, at)
select referral_id, customer_id, referred_customer_id, at from json_populate_recordset(null::referral, $1::json)
on conflict (referral_id) do update
   set customer_id = excluded.customer_id, referred_customer_id = excluded.referred_customer_id
"""
ERASE_REFERRALS = """
delete from referral where referral_id in (
  select referral_id from referral where customer_id = any($1::uuid[])
  union all
  select referral_id from referral where referred_customer_id = any($1::uuid[])
)
"""

REFERRALS = Ledger(Referral, lambda row: row.referral_id, SAVE_REFERRALS, erase=ERASE_REFERRALS)
