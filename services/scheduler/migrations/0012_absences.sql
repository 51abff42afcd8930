-- Several absences of one agent, each with its deputy.
alter table agent add column absences jsonb not null default '[]';
update agent
   set absences = jsonb_build_array(
         jsonb_build_object('from_on', away_from_on, 'to_on', away_to_on, 'deputy', deputy))
 where away_from_on is not null;
