#!/bin/bash
# Measures the test coverage of lapstrake's code (S58): builds the preset `coverage`, runs the unit tests, the tests with peers and the
# end-to-end scripts, and prints gcov's figures, by line and by branch. Branches that the compiler adds for exceptions do not count.
#
#   scripts/coverage.sh
#
# The figures of each file are written to build/coverage/files.txt.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
command -v gcovr >/dev/null || { echo "NOT RUN: gcovr is not installed"; exit 77; }
jobs=${JOBS:-$(nproc)} log=build/log build=build/coverage
mkdir -p "$log"
if ! { cmake --preset coverage && cmake --build --preset coverage "-j$jobs"; } >"$log/coverage-build" 2>&1; then
  tail -n 30 "$log/coverage-build"
  exit 1
fi
find "$build" -name '*.gcda' -delete
# Excludes the tests that measure time and memory of the optimised program.
ctest --test-dir "$build" "-j$jobs" -E '^e2e\.(memory|processors|hardened|readers|hostile_base|rough_network)$' >"$log/coverage-test" 2>&1
sed -nE '/^[0-9]+% tests passed|^Total Test time|^\t *[0-9]+ - /p' "$log/coverage-test"

gcovr --root . --object-directory "$build" --filter src/ --filter layers/ --filter registry/ --filter include/ \
  --exclude-throw-branches --exclude-unreachable-branches --print-summary -j "$jobs" --output "$build/files.txt" "$build" >"$log/coverage" 2>"$log/coverage-err" ||
  { tail -n 20 "$log/coverage-err"; exit 1; }
sed -nE '/^(lines|branches): /p' "$log/coverage"
