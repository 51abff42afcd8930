"""What holds between what was reported here and what the other services said of it."""

from __future__ import annotations

from typing import Final

from shared.laws import Law

ONE_CASE = """
select c.complaint_id from complaint c
 where c.reported_at is not null
   and (select count(*) from complaint_case k where k.complaint_id = c.complaint_id) <> 1
"""

LAWS: Final = (Law("one_case", "every complaint that was reported has exactly one case", ONE_CASE),)
