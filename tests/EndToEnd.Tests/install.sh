#!/bin/sh
# Installs what the end-to-end tests need beside the .NET SDK: Debian's Chromium, Node.js with npm, and the npm packages of npm/.
# Run it as root on a bare machine; it is quick where all is there already. RELAY_TESTS_WITHOUT=chromium,node leaves those out.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
. "$here/../packages.sh"

need chromium chromium chromium fonts-noto-core
need node node nodejs
need node npm npm
install_missing
npm_packages "$here/npm"
