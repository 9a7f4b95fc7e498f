#!/usr/bin/env bash
# The step of action.yml: replay the saved cases, compare, write the reports. Inputs are DRT_ACTION_* variables; DRT
# names an installed `drt`, otherwise the harness beside this script is installed. Writes exit-code to GITHUB_OUTPUT.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
output=${DRT_ACTION_OUTPUT:-drt-output}
corpus=${DRT_ACTION_CORPUS:-corpus}
mkdir -p "$output" "$corpus"

if [ -z "${DRT:-}" ]; then
    environment=$(mktemp -d)
    python -m venv "$environment"
    "$environment/bin/python" -m pip install --quiet --disable-pip-version-check "${here}[proofs]"
    if [ "${DRT_ACTION_ORACLE:-true}" = true ]; then
        "$environment/bin/python" -m pip install --quiet --disable-pip-version-check "${here}[oracles]" ||
            echo "cedarpy cannot be installed here: no arbiter is asked."
    fi
    DRT=$environment/bin/drt
fi

# the settings of the checkout, also where it is no git repository
[ ! -f drt.toml ] || export DRT_CONFIG="${DRT_CONFIG:-drt.toml}"

engines=()
while IFS= read -r engine; do
    [ -z "$engine" ] || engines+=("--engine=$engine")
done <<<"${DRT_ACTION_ENGINE:-}"

options=(--for "${DRT_ACTION_FOR:-5m}" --jobs "${DRT_ACTION_JOBS:-auto}" --corpus "$corpus" --log "$output/run")
[ -z "${DRT_ACTION_SEED:-}" ] || options+=(--seed "$DRT_ACTION_SEED")
[ -z "${DRT_ACTION_PROFILE:-}" ] || options+=(--profile "$DRT_ACTION_PROFILE")
more=()
if [ -n "${DRT_ACTION_ARGUMENTS:-}" ]; then
    # xargs takes the text apart as a shell would, and runs nothing of it
    while IFS= read -r -d '' argument; do more+=("$argument"); done \
        < <(xargs -r printf '%s\0' <<<"$DRT_ACTION_ARGUMENTS")
fi

replayed=0
if [ "${DRT_ACTION_REPLAY:-true}" = true ]; then
    "$DRT" replay --corpus "$corpus" ${engines[@]+"${engines[@]}"} || replayed=$?
    # an empty corpus holds nothing to replay: 5, and no fault
    [ "$replayed" -ne 5 ] || replayed=0
fi

compared=0
"$DRT" run "${options[@]}" ${engines[@]+"${engines[@]}"} ${more[@]+"${more[@]}"} || compared=$?

if [ -f "$output/run/run.jsonl" ]; then
    "$DRT" report "$output/run" --format html --output "$output/report.html"
    "$DRT" report "$output/run" --format junit --output "$output/junit.xml"
    "$DRT" report "$output/run" --format badge --output "$output/badge.json"
fi
for folder in counterexamples flaky; do
    [ ! -d "$corpus/$folder" ] || cp -R "$corpus/$folder" "$output/"
done

code=$compared
[ "$code" -ne 0 ] || code=$replayed
echo "exit-code=$code" >>"${GITHUB_OUTPUT:-/dev/null}"
[ -n "${GITHUB_OUTPUT:-}" ] || exit "$code"
