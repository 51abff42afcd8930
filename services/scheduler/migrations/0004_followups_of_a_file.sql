-- A file that was taken in has no open follow-up: what was open there stands for the open one of the file that lives on.
alter table followup drop constraint followup_check1;
alter table followup add constraint followup_superseded check (superseded_by is null or status = 'superseded');

-- Files that become one, or two again, have their journals made anew. A follow-up that has another id there, or is in
-- another one, still answers under the id by which it is known, but is no entry of its customer's any more.
alter table followup add column replaced bool not null default false;
