-- Guarantees by the day on which they end, the complaints about an order, and feedback that has a plan.

create index purchase_guaranteed on purchase (guarantee_until_on, order_id) where guarantee_until_on is not null;
create index case_file_of_order on case_file (order_id) where order_id is not null;
create index feedback_planned on feedback_entry (received_on desc, feedback_id desc) where plan is not null;
