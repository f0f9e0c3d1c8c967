#!/bin/bash
# Runs the fuzz targets of tests/fuzz and prints libFuzzer's counters, one line for each
# target (S56).
#
#   scripts/fuzz.sh [SECONDS] [TARGET...]     60 seconds each, all targets
#
# Inputs that reach new code are kept in build/corpus/TARGET for the next run. After a finding it prints the path of the input and exits
# with 1; without libFuzzer it exits with 77.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
seconds=60
if [[ ${1:-} =~ ^[0-9]+$ ]]; then
  seconds=$1
  shift
fi
targets=("$@")
[[ $# != 0 ]] || readarray -t targets < <(sed -nE 's/^lapstrake_fuzz\(([a-z_]+) .*/\1/p' tests/fuzz/CMakeLists.txt)
for target in "${targets[@]}"; do
  [[ -e tests/fuzz/$target.cpp ]] || { echo "there is no target \`$target\`" >&2; exit 2; }
done

mkdir -p build/log build/corpus build/findings
has_libfuzzer() {
  echo 'extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }' |
    clang++ -fsanitize=fuzzer,address -x c++ - -o build/log/has-libfuzzer 2>/dev/null
}
has_libfuzzer || { echo "NOT RUN: clang's libFuzzer is not installed"; exit 77; }
if ! { cmake --preset fuzz && cmake --build --preset fuzz "-j${JOBS:-$(nproc)}" --target "${targets[@]/%/_fuzz}"; } >build/log/fuzz-build 2>&1; then
  tail -n 30 build/log/fuzz-build
  exit 1
fi

counter() { sed -nE "s/^stat::$1: *([0-9]+)$/\1/p" "$log" | tail -n 1; } # name
edges() { sed -nE 's/.* cov: ([0-9]+) .*/\1/p' "$log" | tail -n 1; }

printf '%-14s %12s %8s %10s %8s %8s\n' target executions exec/s 'new units' edges crashes
all=0 crashes=0 new=0
for target in "${targets[@]}"; do
  log=build/log/fuzz-$target findings=build/findings/$target
  mkdir -p "build/corpus/$target" "$findings"
  before=$(find "$findings" -type f | wc -l)
  # The limits: an input may take 5 s and 512 MB.
  "build/fuzz/tests/fuzz/${target}_fuzz" "-max_total_time=$seconds" -max_len=4096 -timeout=5 -rss_limit_mb=512 -print_final_stats=1 \
    -artifact_prefix="$findings/" "build/corpus/$target" "testdata/fuzz/$target" >"$log" 2>&1
  code=$?
  found=$(($(find "$findings" -type f | wc -l) - before))
  [[ $code == 0 || $found != 0 ]] || found=1
  executions=$(counter number_of_executed_units) units=$(counter new_units_added)
  printf '%-14s %12s %8s %10s %8s %8s\n' "$target" "${executions:-?}" "$(counter average_exec_per_sec)" "${units:-?}" "$(edges)" "$found"
  if [[ $found != 0 ]]; then
    grep -E '^it does not hold|ERROR: |Test unit written to|runtime error' "$log"
  fi
  all=$((all + ${executions:-0})) crashes=$((crashes + found)) new=$((new + ${units:-0}))
done
echo "${#targets[@]} targets, $all executions, $new new units, $crashes crashes"
[[ $crashes == 0 ]]
