#!/bin/sh
# What the secured broker needs, made once and kept: its certificate and the authority that signed it, a password for each
# user, and the rights of each. One folder per reader, as in secrets.sh.
set -eu
umask 022
cd /run/holdfast

random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }

keep() { # file, value: the first value stays
  [ -s "$1" ] && return
  printf '%s' "$2" >"$1.new"
  mv "$1.new" "$1"
}

certificate() {
  made=$(mktemp -d)
  openssl req -x509 -newkey rsa:3072 -nodes -days 3650 -subj "/CN=holdfast" \
    -addext keyUsage=critical,keyCertSign -keyout "$made/ca.key" -out "$made/ca.pem" 2>/dev/null
  openssl req -newkey rsa:3072 -nodes -subj /CN=kafka -keyout "$made/kafka.key" -out "$made/kafka.csr" 2>/dev/null
  printf 'subjectAltName=DNS:kafka,DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n' >"$made/names"
  openssl x509 -req -in "$made/kafka.csr" -CA "$made/ca.pem" -CAkey "$made/ca.key" -CAcreateserial -days 3650 \
    -extfile "$made/names" -out "$made/kafka.pem" 2>/dev/null
  cat "$made/kafka.key" "$made/kafka.pem" "$made/ca.pem" >kafka/server.pem.new
  cp "$made/ca.pem" kafka/ca.pem
  mv kafka/server.pem.new kafka/server.pem
  rm -r "$made" # the authority signs nothing else: its key is not kept
}

[ -s kafka/server.pem ] || certificate
mkdir -p kafka/users
for user in upstream operator topics profile grading scheduler feedback; do
  keep "kafka/users/$user" "$(random)"
done
for service in topics profile grading scheduler feedback; do
  cp kafka/ca.pem "$service/kafka_ca.pem"
  cp "kafka/users/$service" "$service/holdfast_kafka_sasl_password"
done
cd /app
python -m shared.kafka.rights "$HOLDFAST_TOPIC_PREFIX" >/run/holdfast/kafka/rights
