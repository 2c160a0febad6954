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

# Downloads a source package of a newer Debian into the folder $2, by apt itself: signed, with its checksum, and
# without a listing of the mirror's folders, which not every mirror gives. The machine's own lists stay as they are.
source_of() {
  local name=$1 folder=$2 mirror suite apt
  mirror=$( (cat /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources} 2>/dev/null || true) |
    sed -nE 's/^(URIs: *|deb +(\[[^]]*\] +)?)(https?:\/\/[^ ]+debian\/?)( .*)?$/\3/p' | head -n 1)
  mirror=${mirror:-http://deb.debian.org/debian}
  mkdir -p "$folder/lists/partial"
  for suite in stable testing sid; do
    echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$folder/sources.list"
    apt=(apt-get -qq -o "Dir::Etc::SourceList=$folder/sources.list" -o Dir::Etc::SourceParts=- -o "Dir::State::Lists=$folder/lists"
      -o Dir::Cache::srcpkgcache= -o Dir::Cache::pkgcache= -o APT::Sandbox::User=root -o Acquire::Languages=none)
    if "${apt[@]}" update >&2 && (cd "$folder" && "${apt[@]}" source --download-only "$name" >&2); then return; fi
  done
  echo "No source package $name at $mirror (tried stable, testing and sid)." >&2
  return 1
}

build_pgvector() {
  # pg_config comes with the server too; the headers do not.
  [ -f "/usr/include/postgresql/$version/server/postgres.h" ] || install "postgresql-server-dev-$version"
  command -v make >/dev/null && command -v gcc >/dev/null || install make gcc libc6-dev
  local folder
  folder=$(mktemp -d)
  source_of pgvector "$folder"
  mkdir "$folder/build"
  tar -xzf "$folder"/pgvector_*.orig.tar.gz --strip-components=1 -C "$folder/build"
  make -s -C "$folder/build" OPTFLAGS="" PG_CONFIG="/usr/lib/postgresql/$version/bin/pg_config" >/dev/null
  make -s -C "$folder/build" PG_CONFIG="/usr/lib/postgresql/$version/bin/pg_config" install >/dev/null
  rm -rf "$folder"
}

if [ ! -f "$share/extension/vector.control" ]; then
  echo "Installing pgvector for PostgreSQL $version …"
  # A plain `a || b` would run b without `set -e`, and go on behind its failures.
  if apt-cache show "postgresql-$version-pgvector" >/dev/null 2>&1; then install "postgresql-$version-pgvector"; else build_pgvector; fi
fi
exec vitest run --config vitest.postgres.config.ts "$@"
