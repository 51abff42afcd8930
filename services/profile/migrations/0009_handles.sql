-- Whose a handle was before it was released, and until when. A file that was opened by one is called by the instant.
alter table handle drop column generation;
alter table handle add column past jsonb not null default '[]';
