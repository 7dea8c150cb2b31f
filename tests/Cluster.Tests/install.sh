#!/bin/sh
# Installs what the cluster's tests need beside the .NET SDK: Debian's PostgreSQL server. Its own service is not used and not started;
# the tests start servers of their own. Run it as root on a bare machine; it is quick where all is there already.
# RELAY_TESTS_WITHOUT=postgresql leaves it out.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
. "$here/../packages.sh"

# Debian keeps the server's programs off the path.
for folder in /usr/lib/postgresql/*/bin; do
  PATH=$folder:$PATH
done
need postgresql initdb postgresql
if [ -n "$missing" ] && [ "$(id -u)" = 0 ]; then
  # Or the package makes a cluster of its own and runs it.
  mkdir -p /etc/postgresql-common/createcluster.d
  echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.d/relay-tests.conf
fi
install_missing
