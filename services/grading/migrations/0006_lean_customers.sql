-- What lists show, and no more: reasons and what comes next are worked out when they are asked for.
alter table customer
  drop column reasons,
  drop column next_grade,
  drop column next_on,
  drop column policy_id,
  drop column uplift_to,
  drop column model_level;
