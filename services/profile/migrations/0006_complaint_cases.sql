-- Which case a complaint became, and whether it is closed.
create table complaint_case (
  case_id uuid primary key,
  customer_id uuid not null,
  complaint_id text,
  resolved_at timestamptz,
  reopened_at timestamptz
);
create index complaint_case_customer on complaint_case (customer_id);
create index complaint_case_complaint on complaint_case (complaint_id);
create index commitment_unkept on commitment (customer_id, due_on) where made_by is not null and fulfilled_by is null;
