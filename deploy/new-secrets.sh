#!/bin/sh
# Makes deploy/secrets/ for docker-compose.yml: passwords, addresses with passwords, and the keys of the personal data.
# Run once, before the first start. It refuses to run again: without the two files of keys no name or phone ever opens again.
#
# The folder is closed to everybody else on the host (0700). The files inside are readable (0444), because a
# container gets each one by itself and reads it as a user without rights.
set -eu
umask 077

folder="${1:-$(dirname "$0")/secrets}"
if [ -e "$folder" ]; then
    echo "$folder is there already; it is left as it is." >&2
    exit 1
fi

random() { # bytes, as base64 on one line
    head -c "$1" /dev/urandom | base64 | tr -d '\n'
}

word() { # a password that needs no quoting in an address
    head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n'
}

mkdir -p "$folder"
database=$(word)
doorbell=$(word)

printf '%s' "$database" > "$folder/postgres_password"
printf 'postgresql+asyncpg://gridcall:%s@postgres:5432/gridcall' "$database" > "$folder/database_url"
printf 'redis://:%s@valkey:6379/0' "$doorbell" > "$folder/redis_url"
printf 'requirepass %s\n' "$doorbell" > "$folder/valkey_auth"
# where attachments are kept: folder, or s3://KEY:SECRET@host/bucket
printf 'folder' > "$folder/storage"
# given by the other side; put them in when there is one
printf '' > "$folder/sms_secret"
printf '' > "$folder/staff_secret"
keys() { # what the names of the keys begin with
    cat <<KEYS
{
 "current": "$1k1",
 "keys": {"$1k1": "$(random 32)"},
 "index": {"current": "$1i1", "keys": {"$1i1": "$(random 32)"}},
 "link": "$(random 32)"
}
KEYS
}

keys "" > "$folder/gridcall_keys"
# who reported wrongdoing is sealed with keys of its own; `identity-` must begin their names
keys identity- > "$folder/identity_keys"
chmod 0444 "$folder"/*

echo "$folder is ready. Keep copies of gridcall_keys and identity_keys in safe places apart from the database's backups."
