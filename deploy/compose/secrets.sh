#!/bin/sh
# Makes the deployment's secrets that are not there yet and keeps those that are. One folder per reader, each a volume
# that only its reader mounts; a file is named like the environment variable that it stands for.
set -eu
umask 022
cd /run/holdfast

random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }

keep() { # file, value: the first value stays
  [ -s "$1" ] && return
  printf '%s' "$2" >"$1.new"
  mv "$1.new" "$1"
}

keep postgres/superuser "$(random)"
keep profile/holdfast_secret "$(random)"
keep profile/holdfast_token "$(random)"
for service in profile grading scheduler feedback; do
  keep "postgres/$service" "$(random)"
  keep "$service/holdfast_dsn" "postgresql://$service:$(cat "postgres/$service")@postgres:5432/$service"
  keep "$service/holdfast_token" "$(cat profile/holdfast_token)"
done
