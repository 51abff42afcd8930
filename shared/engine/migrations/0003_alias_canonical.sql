create index alias_canonical on alias (canonical);
