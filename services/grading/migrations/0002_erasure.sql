-- An erased person's rows are reached by the person.
create index purchase_customer on purchase (customer_id);
create index complaint_customer on complaint (customer_id);
