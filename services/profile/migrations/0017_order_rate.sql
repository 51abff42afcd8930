-- What a major unit of the order's currency was worth when it was placed: its refunds are booked at it. Null before.
alter table purchase add column rate numeric;
