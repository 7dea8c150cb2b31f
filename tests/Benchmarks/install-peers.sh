#!/bin/sh
# Installs the relays that `./relay bench --peers` compares with: Nchan and NATS from Debian, ws from npm. SignalR comes with the SDK.
# Run it as root on a bare machine; it is quick where all is there already. RELAY_TESTS_WITHOUT=nchan,nats,ws leaves those out.
# What no Debian package has goes to RELAY_PEERS (~/.cache/orleans-relay-peers), never into the repository.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
. "$here/../packages.sh"
peers=${RELAY_PEERS:-$HOME/.cache/orleans-relay-peers}

# The module, too: an nginx without it is there on many machines.
if wanted nchan && [ ! -e /usr/lib/nginx/modules/ngx_nchan_module.so ]; then missing="$missing nginx-light libnginx-mod-nchan"; fi
need nats nats-server nats-server
need ws node nodejs
need ws npm npm
installed=$missing
install_missing

# Debian starts a server that it installs; the comparison starts its own, one at a time.
for server in nginx nats-server; do
  case "$installed" in
    *"$server"*) if command -v systemctl >/dev/null; then systemctl disable --now "$server" >/dev/null 2>&1 || true; fi ;;
  esac
done

if wanted ws; then
  mkdir -p "$peers/npm"
  cp "$here/Peers/npm/package.json" "$here/Peers/npm/package-lock.json" "$here/Peers/npm/.npmrc" "$peers/npm/"
  npm_packages "$peers/npm"
fi
