-- Campaigns aim at groups of customers who behave alike.
alter table search_entry add column groups text[] not null default '{}';
create index search_entry_groups on search_entry using gin (groups);
