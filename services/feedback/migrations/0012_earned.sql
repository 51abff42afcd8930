-- Of whom the profit is a share: a loss is nobody's share of it.
create function earned() returns jsonb language sql stable
return (
  select jsonb_build_object(
    'earned', coalesce(sum(profit_12m), 0)::bigint,
    'key_earned', coalesce(sum(profit_12m) filter (where tier = 'key'), 0)::bigint)
    from known_customer where profit_12m > 0
);
