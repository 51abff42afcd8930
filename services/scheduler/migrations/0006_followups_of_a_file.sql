-- Files that become one, or two again, have their journals made anew. A follow-up that has another id there, or is in
-- another one, still answers under the id by which it is known, but is no entry of its customer's any more.
alter table followup add column replaced bool not null default false;
