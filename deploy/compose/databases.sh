#!/bin/bash
# Runs once, when the server's data directory is made: a role and a database of its own for each service.
set -euo pipefail

for service in profile grading scheduler feedback; do
  psql --set ON_ERROR_STOP=1 --quiet --username "$POSTGRES_USER" --dbname postgres \
    --set name="$service" --set password="$(cat "/run/holdfast/$service")" <<'SQL'
create role :"name" login password :'password';
create database :"name" owner :"name";
revoke connect, temporary on database :"name" from public;
SQL
done
