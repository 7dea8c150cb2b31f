#!/bin/sh
# Installs what the deploy tests need beside the .NET SDK: Caddy and docker-compose (which check their own files and need no container engine), Node.js
# with npm, and the npm packages of npm/. Run it as root on a bare machine; it is quick where all is there already.
# RELAY_TESTS_WITHOUT=caddy,docker-compose,node leaves those out. kubectl is used where it is there and not installed: Debian's renders as of 2019.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
. "$here/../packages.sh"

need caddy caddy caddy
need docker-compose docker-compose docker-compose
need node node nodejs
need node npm npm
install_missing
npm_packages "$here/npm"
