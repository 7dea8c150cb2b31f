# For the install.sh of test projects, which read it with `.`: what they need beside the .NET SDK, from Debian and from npm.
# RELAY_TESTS_WITHOUT=name,name leaves parts out; their tests are then reported as not run.

fail() {
  echo "install.sh: $1" >&2
  exit 1
}

# wanted NAME: whether that part has not been left out.
wanted() {
  case ",${RELAY_TESTS_WITHOUT:-}," in *,"$1",*) return 1 ;; *) return 0 ;; esac
}

missing=
# need PART COMMAND PACKAGE...: these packages, if the part is wanted and the command isn't there.
need() {
  need_part=$1
  need_command=$2
  shift 2
  if wanted "$need_part" && ! command -v "$need_command" >/dev/null; then missing="$missing $*"; fi
}

# Installs what was found missing, all at once.
install_missing() {
  [ -n "$missing" ] || return 0
  echo "install.sh: installing$missing"
  [ "$(id -u)" = 0 ] || fail "needs root to install$missing. Install them by hand, or leave parts out with RELAY_TESTS_WITHOUT."
  command -v apt-get >/dev/null || fail "this machine has no apt-get. Install$missing by hand, or leave parts out with RELAY_TESTS_WITHOUT."
  log=$(mktemp)
  # shellcheck disable=SC2086 # a list of packages
  if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    fail "apt-get could not install$missing; its last words are above. RELAY_TESTS_WITHOUT leaves parts out."
  fi
  rm -f "$log"
}

# npm_packages FOLDER: what its lock file names. npm ci empties node_modules first, so only when the lock file is another than the one installed.
npm_packages() {
  if wanted node && ! cmp -s "$1/package-lock.json" "$1/node_modules/.installed-lock.json"; then
    echo "install.sh: npm ci in $1"
    npm ci --prefix "$1" --ignore-scripts --no-audit --no-fund --loglevel=error \
      || fail "npm ci failed; is the npm registry reachable? RELAY_TESTS_WITHOUT=node leaves its tests out."
    cp "$1/package-lock.json" "$1/node_modules/.installed-lock.json"
  fi
}
