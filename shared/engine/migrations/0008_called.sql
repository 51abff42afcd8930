-- Whom the key of a record names, in the one spelling of that name: whoever is erased lies here in others too.
alter table dead_letter add column called text;
create index dead_letter_called on dead_letter using hash (called);
