#!/usr/bin/env bash
# The sync's integration tests on a real PostgreSQL. Installs the server (Debian) and pgvector where they are missing:
# pgvector from Debian's package where there is one for this version, else built from Debian's source package.
set -euo pipefail
cd "$(dirname "$0")/.."
export DEBIAN_FRONTEND=noninteractive

updated=""
install() {
  [ -n "$updated" ] || apt-get update -qq
  updated=1
  apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

newest() { find /usr/lib/postgresql -mindepth 1 -maxdepth 1 -printf '%f\n' 2>/dev/null | sort -n | tail -n 1; }

if [ ! -x "/usr/lib/postgresql/$(newest)/bin/initdb" ]; then install postgresql postgresql-contrib; fi
version=$(newest)
share=$(/usr/lib/postgresql/"$version"/bin/pg_config --sharedir 2>/dev/null || echo "/usr/share/postgresql/$version")

build_pgvector() {
  # The newest source package of the mirror this machine installs from.
  [ -x "/usr/lib/postgresql/$version/bin/pg_config" ] || install "postgresql-server-dev-$version"
  command -v make >/dev/null && command -v gcc >/dev/null || install make gcc libc6-dev
  local mirror folder pool archive
  mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
    sed -nE 's/^(URIs: *|deb +(\[[^]]*\] +)?)(https?:\/\/[^ ]+).*/\3/p' | grep -v security | head -n 1)
  pool="${mirror%/}/pool/main/p/pgvector"
  folder=$(mktemp -d)
  fetch() { node -e 'fetch(process.argv[1]).then(async r=>{if(!r.ok)throw new Error(r.status+" "+process.argv[1]);process.stdout.write(Buffer.from(await r.arrayBuffer()))}).catch(e=>{console.error(e.message);process.exit(1)})' "$1"; }
  archive=$(fetch "$pool/" | grep -oE 'pgvector_[0-9.]+\.orig\.tar\.gz' | sort -uV | tail -n 1)
  [ -n "$archive" ] || { echo "The mirror $mirror has no source of pgvector." >&2; return 1; }
  fetch "$pool/$archive" | tar -xz --strip-components=1 -C "$folder"
  make -s -C "$folder" OPTFLAGS="" PG_CONFIG="/usr/lib/postgresql/$version/bin/pg_config" >/dev/null
  make -s -C "$folder" PG_CONFIG="/usr/lib/postgresql/$version/bin/pg_config" install >/dev/null
  rm -rf "$folder"
}

if [ ! -f "$share/extension/vector.control" ]; then
  echo "Installing pgvector for PostgreSQL $version …"
  install "postgresql-$version-pgvector" 2>/dev/null || build_pgvector
fi
exec vitest run --config vitest.postgres.config.ts "$@"
