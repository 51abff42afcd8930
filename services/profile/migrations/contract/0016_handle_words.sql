-- What the version before 0016 alone has read and written. `if exists`: some databases lost it with 0016 itself.
drop trigger if exists handle_said_before_first on handle;
drop trigger if exists handle_said_before_again on handle;
drop trigger if exists handle_said_now_first on handle;
drop trigger if exists handle_said_now_again on handle;
drop trigger if exists handle_erased on handle;
drop trigger if exists handle_claim_said_now on handle_word;
drop trigger if exists handle_word_erased on handle_word;
drop table if exists handle_claim;
drop function if exists handle_said_before, handle_said_now, handle_erased, handle_claim_said_before,
  handle_claim_said_now, handle_claim_erased, handle_word_erased, handle_word_heard;
alter table handle drop column if exists claimed, drop column if exists since, drop column if exists claimed_since;
