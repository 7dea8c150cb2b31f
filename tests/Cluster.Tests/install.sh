#!/bin/sh
# Installs what the cluster's tests need beside the .NET SDK: Debian's PostgreSQL server. Its own service is not used and not started;
# the tests start servers of their own. Run it as root on a bare machine; it is quick where all is there already.
set -eu

fail() {
  echo "install.sh: $1" >&2
  exit 1
}

have_server() {
  command -v initdb >/dev/null && return
  for initdb in /usr/lib/postgresql/*/bin/initdb; do
    [ -x "$initdb" ] && return
  done
  return 1
}

if have_server; then
  exit 0
fi

echo "install.sh: installing postgresql"
[ "$(id -u)" = 0 ] || fail "needs root to install postgresql. Install it by hand: the programs initdb, pg_ctl, psql and createdb are needed."
command -v apt-get >/dev/null || fail "this machine has no apt-get. Install PostgreSQL by hand: the programs initdb, pg_ctl, psql and createdb are needed."
log=$(mktemp)
# Debian's package would make a cluster of its own and run it.
mkdir -p /etc/postgresql-common/createcluster.d
echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.d/relay-tests.conf
if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql; } >"$log" 2>&1; then
  tail -n 20 "$log" >&2
  fail "apt-get could not install postgresql; its last words are above."
fi
rm -f "$log"
have_server || fail "postgresql is installed, but its initdb is not where Debian puts it."
