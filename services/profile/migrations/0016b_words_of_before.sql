-- replaces: bc649606ae4a451c142880eca0ee9fee73b5d5eed4c941153f353d0a11ddb1e4
-- repeat
-- What was said before, as if the version before said it once more.
with handles as (
  update handle set claimed = claimed
   where handle in (
         select handle from handle
          where (claimed and claimed_at is null) or jsonb_path_exists(past, '$[*] ? (!exists(@.claimed_at))')
          order by handle limit 5000 for update)
  returning 1
), claims as (
  update handle_claim set at = at
   where handle in (
         select handle from handle_claim claim
          where not exists (
                select from handle_word word
                 where word.handle = claim.handle and word.kind <> 'release'
                   and word.at = claim.at and word.customer_id = claim.customer_id)
          order by handle limit 5000 for update)
  returning 1
)
select (select count(*) from handles) + (select count(*) from claims);
