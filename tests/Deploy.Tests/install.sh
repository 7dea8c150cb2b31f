#!/bin/sh
# Installs what the deploy tests need beside the .NET SDK: Caddy and docker-compose (which check their own files and need no engine), Node.js
# with npm, and the npm packages of npm/. Run it as root on a bare machine; it is quick where all is there already.
# RELAY_TESTS_WITHOUT=caddy,docker-compose,node leaves those out. kubectl is used where it is there and not installed: Debian's renders as of 2019.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
without=",${RELAY_TESTS_WITHOUT:-},"

fail() {
  echo "install.sh: $1" >&2
  exit 1
}

wanted() {
  case $without in *,"$1",*) return 1 ;; *) return 0 ;; esac
}

missing=
if wanted caddy && ! command -v caddy >/dev/null; then missing="$missing caddy"; fi
if wanted docker-compose && ! command -v docker-compose >/dev/null; then missing="$missing docker-compose"; fi
if wanted node && ! command -v node >/dev/null; then missing="$missing nodejs"; fi
if wanted node && ! command -v npm >/dev/null; then missing="$missing npm"; fi

if [ -n "$missing" ]; then
  echo "install.sh: installing$missing"
  [ "$(id -u)" = 0 ] || fail "needs root to install$missing. Install them by hand, or name what to leave out: RELAY_TESTS_WITHOUT=caddy,docker-compose,node"
  command -v apt-get >/dev/null || fail "this machine has no apt-get. Install$missing by hand, or name what to leave out: RELAY_TESTS_WITHOUT=caddy,docker-compose,node"
  log=$(mktemp)
  # shellcheck disable=SC2086 # a list of packages
  if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    fail "apt-get could not install$missing; its last words are above. RELAY_TESTS_WITHOUT=caddy,docker-compose,node leaves them out."
  fi
  rm -f "$log"
fi

# npm ci empties node_modules first: only when the lock file is another than the one installed.
if wanted node && ! cmp -s "$here/npm/package-lock.json" "$here/npm/node_modules/.installed-lock.json"; then
  echo "install.sh: npm ci in tests/Deploy.Tests/npm"
  npm ci --prefix "$here/npm" --ignore-scripts --no-audit --no-fund --loglevel=error \
    || fail "npm ci failed; is the npm registry reachable? RELAY_TESTS_WITHOUT=node leaves its tests out."
  cp "$here/npm/package-lock.json" "$here/npm/node_modules/.installed-lock.json"
fi
