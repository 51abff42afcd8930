-- The last moods of a customer with whom there was much contact and little of it with a mood.
create index timeline_mood on timeline (customer_id, at, entry_id) where direction is not null and sentiment is not null;
