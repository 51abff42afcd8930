-- The earliest claim by whom a handle belongs to: a release before it was somebody else's.
alter table handle add column claimed_since timestamptz;
