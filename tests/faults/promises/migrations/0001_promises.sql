-- Nothing but the engine's own tables: a promise is all state.
select 1;
