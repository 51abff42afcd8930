-- The version before 0019 writes contact_word alone; from here on every process writes both.
drop trigger contact_word_said on contact_word;
drop trigger contact_word_erased on contact_word;
drop function contact_word_said, contact_word_erased;
