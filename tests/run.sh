#!/usr/bin/env bash
# Installs what the tests need and runs them: on the Embedded engine always, as a bare machine would (its own empty package folder,
# default NuGet settings), and on the Orleans engine where its packages restore. Says which engines ran, and which did not and why.
# Arguments name test projects (Grains.Tests ...); none means all. RELAY_ENGINE=Embedded|Orleans runs one engine with your own packages.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
projects=("$@")
if [ ${#projects[@]} -eq 0 ]; then
  for project in tests/*.Tests; do projects+=("$(basename "$project")"); done
fi
results=()
status=0

say() { printf '\n== %s\n' "$*"; }

install_tools() {
  local project
  for project in "${projects[@]}"; do
    if [ -x "tests/$project/install.sh" ]; then
      say "installing what $project needs"
      "tests/$project/install.sh"
    fi
  done
}

# One engine's suites, one after another: two at once on two cores would make each other's waits longer.
run_suites() {
  local engine=$1 project log
  dotnet build OrleansRelay.sln -p:RelayEngine="$engine" -v:quiet -clp:NoSummary
  for project in "${projects[@]}"; do
    [ "$project" != Cluster.Tests ] || [ "$engine" = Orleans ] || continue
    say "$project on $engine"
    log=$scratch/$engine-$project.log
    if ! dotnet test "tests/$project" --no-build -p:RelayEngine="$engine" --blame-hang-timeout 5m | tee "$log"; then
      status=1
      results+=("$engine $project FAILED")
    elif ! grep -q 'Passed!' "$log"; then
      # A project that the solution doesn't build, or that has no tests, must not pass for want of any.
      status=1
      results+=("$engine $project RAN NO TESTS")
    fi
  done
}

# What a machine has on which nothing of NuGet was ever set up.
run_bare() {
  HOME=$scratch/home NUGET_PACKAGES=$scratch/packages DOTNET_CLI_HOME=$scratch/home run_suites Embedded
}

orleans_restores() {
  dotnet restore OrleansRelay.sln -p:RelayEngine=Orleans --verbosity quiet >"$scratch/restore.log" 2>&1
}

install_tools
mkdir -p "$scratch/home"
case ${RELAY_ENGINE:-} in
  "")
    say "Embedded engine: as on a bare machine"
    run_bare
    if orleans_restores; then
      say "Orleans engine: its packages restore here"
      run_suites Orleans
    else
      results+=("Orleans engine NOT RUN: its packages do not restore from this machine's registries ($(grep -o 'NU1[0-9]*' "$scratch/restore.log" | sort -u | tr '\n' ' '))")
    fi
    ;;
  *) run_suites "$RELAY_ENGINE" ;;
esac

sum() { cat "$scratch"/*-*.log 2>/dev/null | { grep -oE "$1: +[0-9]+" || true; } | awk '{ total += $2 } END { print total + 0 }'; }
say "summary"
for result in "${results[@]}"; do echo "$result"; done
for log in "$scratch"/*-*.log; do
  [ -e "$log" ] || continue
  printf '%-40s %s\n' "$(basename "$log" .log)" "$(grep -oE 'Failed: +[0-9]+, Passed: +[0-9]+, Skipped: +[0-9]+' "$log" | tail -n 1 || echo 'no result')"
done
echo "$(sum Passed) passed, $(sum Failed) failed, $(sum Skipped) skipped"
[ "$(sum Passed)" -gt 0 ] || status=1
exit "$status"
