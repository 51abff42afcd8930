-- An erased person's rows are reached by the person.
create index followup_customer on followup (customer_id);
create index complaint_case_customer on complaint_case (customer_id);
