-- Merges that can be taken back: an alias leads to the file that took it in, to itself once it stands alone again, and
-- counts the words about it. A thing of a file that was taken in is known by it, so that all about it goes with it.
alter table alias add column turn int not null default 1;

create table belonging (
  thing text primary key,
  home uuid not null
);
create index belonging_home on belonging (home);
