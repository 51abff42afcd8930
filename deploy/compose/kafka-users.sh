#!/bin/bash
# Tells the broker its users and what each may do, by the listener that only its own container reaches. Safe to repeat.
set -euo pipefail
bin=/opt/kafka/bin broker=localhost:19093
export KAFKA_HEAP_OPTS=-Xmx128m KAFKA_JVM_PERFORMANCE_OPTS='-XX:+UseSerialGC -XX:TieredStopAtLevel=1'

user() {
  printf 'SCRAM-SHA-512=password=%s\n' "$(cat "/run/holdfast/users/$1")" >"/tmp/$1"
  $bin/kafka-configs.sh --bootstrap-server $broker --alter --entity-type users --entity-name "$1" --add-config-file "/tmp/$1"
}

for file in /run/holdfast/users/*; do user "$(basename "$file")"; done
while read -r right; do
  # shellcheck disable=SC2086 - a line is a list of words
  $bin/kafka-acls.sh --bootstrap-server $broker $right >/dev/null
done </run/holdfast/rights
echo "users and rights are as deploy/topics.yaml says"
