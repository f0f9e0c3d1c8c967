#!/bin/bash
# Installs missing packages, builds, and runs every test, also with sanitizers. CI runs it (S57).
#
#   scripts/test.sh            every test once, about 15 minutes on two cores from a clean checkout
#   scripts/test.sh STAGE...   some stages: format release bench asan tsan tidy package, and dev (g++ without optimisation)
#   scripts/test.sh quick      before a commit: format, the dev build with the unit tests, clang-tidy of the change
#   scripts/test.sh nightly    all stages, with the slow tests, more of ThreadSanitizer and clang-tidy of all sources
#
# The change is what differs from LAPSTRAKE_BASE: by default the upstream's main branch, or the commit before this one.
# Its last line is `N passed, N failed` for all tests of all stages; above it are the tests that this machine could not run, with reasons.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
export CTEST_OUTPUT_ON_FAILURE=1 NINJA_STATUS='[%f/%t %es] '
each_change=(format release asan tsan bench tidy package)
stages=("$@")
[[ $# != 0 ]] || stages=("${each_change[@]}")
tidy_all=no
tsan_rooms=(base layers store registry)
if [[ ${stages[*]} == nightly ]]; then
  stages=(dev "${each_change[@]}")
  tsan_rooms+=(app_{images,packages,build,pin,publish,inspect,tasks,watch} http sandbox)
  tidy_all=yes
  export LAPSTRAKE_LONG_TESTS=1
fi
[[ ${stages[*]} != quick ]] || stages=(format unit tidy)
for stage in "${stages[@]}"; do
  [[ " dev unit ${each_change[*]} " == *" $stage "* ]] || { sed -n '2,12p' "$0"; exit 2; }
done
jobs=$(nproc)
log=build/log
mkdir -p "$log"
: >"$log/not-run"
passed=0 failed=0 skipped=0 began=$SECONDS
failures=() times=()

pass() { passed=$((passed + 1)); echo "ok   $*"; }
fault() { failed=$((failed + 1)); failures+=("$*"); echo "FAIL $*"; }
skip() { skipped=$((skipped + 1)); echo "$*" | tee -a "$log/not-run"; }

# Builds a preset; the targets, if not all, are given. A build that fails is one failed test.
build() { # preset cmake-options... [-- target...]
  local preset=$1 options=()
  shift
  while [[ $# != 0 && $1 != -- ]]; do options+=("$1"); shift; done
  [[ $# == 0 ]] || shift
  local from=$SECONDS
  if cmake --preset "$preset" "${options[@]}" >"$log/$preset-configure" 2>&1 &&
    cmake --build "build/$preset" -j "$jobs" ${1:+--target "$@"} >"$log/$preset-build" 2>&1; then
    pass "the build of $preset ($((SECONDS - from)) s)"
  else
    fault "the build of $preset"
    tail -n 40 "$log/$preset-configure" "$log/$preset-build" 2>/dev/null | grep -v '^\[' | tail -n 60
    return 1
  fi
}

# Runs ctest in a build folder, and adds its tests to the sums.
run_tests() { # preset ctest-options...
  local preset=$1 report from=$SECONDS
  report=$PWD/$log/$preset-tests.xml
  shift
  rm -f "$report"
  ctest --test-dir "build/$preset" -j "$jobs" --output-junit "$report" "$@" >"$log/$preset-tests" 2>&1
  if [[ ! -s $report ]]; then
    fault "ctest of $preset did not run"
    tail -n 20 "$log/$preset-tests"
    return
  fi
  local total failing left name
  read -r total failing left < <(awk '
    /<testcase/ { exit }
    match($0, /(tests|failures|skipped|disabled)="[0-9]+"/) { split(substr($0, RSTART, RLENGTH), pair, "\""); value[pair[1]] = pair[2] }
    END { print value["tests="] + 0, value["failures="] + 0, value["skipped="] + value["disabled="] + 0 }' "$report")
  passed=$((passed + total - failing - left))
  failed=$((failed + failing))
  skipped=$((skipped + left))
  while IFS= read -r name; do failures+=("$preset: $name"); done < <(sed -n '/The following tests FAILED/,/^Errors/p' "$log/$preset-tests" | grep -E '^[[:space:]]+[0-9]+ - ' | grep -v 'Skipped' | sed 's/^ *//')
  if [[ $failing != 0 ]]; then cat "$log/$preset-tests"; fi
  # What was left out, whole tests and parts of tests, with the reason that each gave.
  awk '/^[0-9]+\/[0-9]+ Test(ing)?: / { name = $3 } /^ *(NOT RUN|NOT TESTED|not run)/ { sub(/^ +/, ""); print name ": " $0 }' \
    "build/$preset/Testing/Temporary/LastTest.log" >>"$log/not-run"
  grep -hE '^[0-9]+ of [0-9]+ call sites failed' "build/$preset/Testing/Temporary/LastTest.log" || true
  echo "$preset: $((total - failing - left)) tests passed, $failing failed, $left skipped ($((SECONDS - from)) s)"
}

stage_format() {
  local files
  readarray -t files < <(git ls-files '*.cpp' '*.hpp')
  if clang-format --dry-run -Werror "${files[@]}" 2>"$log/format"; then
    pass "clang-format: ${#files[@]} files"
  else
    fault "clang-format: run clang-format -i on $(sed -nE 's/^([^: ]+):[0-9]+:[0-9]+: error.*/\1/p' "$log/format" | sort -u | paste -sd' ')"
  fi
  if ! command -v shellcheck >/dev/null; then
    skip "format: NOT RUN (in part): shellcheck is not installed"
  elif shellcheck -x .ci/run bench/*.sh scripts/*.sh tests/rooms.sh tests/e2e/*.sh tests/support/*.sh; then
    pass "shellcheck"
  else
    fault "shellcheck"
  fi
}

# The scripts that are run with the program that users run: they measure time and memory, or would only be slower with
# AddressSanitizer. The output of each is a log.
of_release=(memory processors readers hardened hostile_base kill kill_outputs docs help unread watch rough_network)
is_of_release="^e2e\\.($(printf '%s\n' "${of_release[@]}" | paste -sd'|'))\$"

# g++ without optimisation: every test but those that measure the optimised program.
stage_dev() { build dev && run_tests dev -E '^e2e\.(memory|processors|readers|hardened|hostile_base)$'; }

stage_unit() { build dev && run_tests dev -L unit; }

# What users run; the package is made of it.
stage_release() {
  build release -DLAPSTRAKE_TESTS=OFF -DLAPSTRAKE_WERROR=ON || return
  local name code from=$SECONDS
  rm -f "$log"/release-*.code
  printf '%s\n' "${of_release[@]}" | LAPSTRAKE=$PWD/build/release/bin/lapstrake SOURCE=$PWD xargs -P $((jobs + 1)) -I {} \
    sh -c 'timeout "${LAPSTRAKE_LONG_TESTS:+6}600" bash "tests/e2e/$1.sh" >"$2/release-$1" 2>&1; echo $? >"$2/release-$1.code"' sh {} "$log"
  for name in "${of_release[@]}"; do
    code=$(cat "$log/release-$name.code" 2>/dev/null)
    sed -nE "s/^ *(NOT RUN|NOT TESTED|not run)/e2e.$name: \\1/p" "$log/release-$name" >>"$log/not-run"
    case $code in
      0) pass "e2e.$name" ;;
      77) skipped=$((skipped + 1)) ;;
      *) fault "e2e.$name" && cat "$log/release-$name" ;;
    esac
  done
  echo "release: ${of_release[*]} ($((SECONDS - from)) s)"
}

# Instructions of small fixed builds, compared with those that are kept (bench/README.md).
stage_bench() {
  build release -DLAPSTRAKE_TESTS=OFF -DLAPSTRAKE_WERROR=ON -- lapstrake lapstrake_limit || return
  if python3 -B -m unittest bench/bench_test.py >"$log/bench-unit" 2>&1; then pass "the bench's arithmetic"; else fault "bench/bench_test.py" && tail -n 30 "$log/bench-unit"; fi
  local code=0
  LAPSTRAKE=build/release/bin/lapstrake bench/bench --check >"$log/bench" 2>&1 || code=$?
  case $code in
    0) pass "bench --check: no more instructions than are kept" ;;
    77) skip "bench: $(head -n 1 "$log/bench")" ;;
    *) fault "bench --check" && cat "$log/bench" ;;
  esac
}

# clang with AddressSanitizer, LeakSanitizer and UBSan: no warning, no finding in any test that is not run with the release, and the
# same digests as the other compiler makes. The comparison with dpkg's roots is slow and rarely fails: the dev stage of the nightly run has it.
stage_asan() {
  build asan || return
  run_tests asan -E "$is_of_release|^packages-deb-oracle\$"
  same_digests build/release/bin/lapstrake build/asan/bin/lapstrake
}

same_digests() { # program...
  local program project compression digests first=""
  for program; do
    [[ -x $program ]] || { skip "digests: NOT RUN (in part): there is no $program to compare"; continue; }
    digests=$(for project in testdata/migration testdata/from-scratch; do
      for compression in gzip zstd; do
        rm -rf build/digests build/digests-store
        cp -R "$project" build/digests
        sed -i "s/^\( *\)layers:/\1compression: $compression\n&/" build/digests/lapstrake.yaml
        "$program" --store build/digests-store -C build/digests --progress none build
      done
    done 2>&1)
    first=${first:-$digests}
    if [[ $digests == "$first" && $(grep -c 'sha256:' <<<"$digests") == 8 ]]; then
      pass "$program makes the same 8 digests"
    else
      fault "$program makes other digests"
      diff <(echo "$first") <(echo "$digests")
    fi
  done
  rm -rf build/digests build/digests-store
}

# ThreadSanitizer over what has threads.
stage_tsan() {
  build tsan -- "${tsan_rooms[@]/%/_test}" && run_tests tsan -R "^($(printf '%s\n' "${tsan_rooms[@]}" | paste -sd'|'))\$"
}

# The commit that the change is compared with.
base_of_change() {
  local upstream
  if [[ -n ${LAPSTRAKE_BASE-} ]]; then
    echo "$LAPSTRAKE_BASE"
  elif upstream=$(git merge-base HEAD origin/HEAD 2>/dev/null) && [[ $upstream != "$(git rev-parse HEAD)" ]]; then
    echo "$upstream"
  else
    git rev-parse --verify --quiet HEAD~1
  fi
}

# The sources that clang-tidy checks: those that changed, or whose header did.
sources_to_tidy() {
  local base file
  if [[ $tidy_all == yes ]] || ! base=$(base_of_change); then
    git ls-files 'src/*.cpp' 'layers/*.cpp' 'registry/*.cpp' 'packages/*.cpp'
    return
  fi
  git diff --name-only "$base" -- '*.cpp' '*.hpp' | while IFS= read -r file; do
    file=$(basename "${file%.*}").cpp
    git ls-files "src/**/$file" "layers/$file" "registry/$file" "packages/**/$file"
  done | sort -u
}

stage_tidy() {
  local files from=$SECONDS
  # Its commands are those of sources that compile alone.
  cmake --preset asan -B build/tidy -DLAPSTRAKE_UNITY=OFF -DLAPSTRAKE_PCH=OFF -DLAPSTRAKE_TESTS=OFF >"$log/tidy-configure" 2>&1
  readarray -t files < <(sources_to_tidy)
  rm -f "$log"/tidy "$log"/tidy-failed "$log"/tidy.err
  : >"$log/tidy"
  [[ ${#files[@]} == 0 ]] || printf '%s\n' "${files[@]}" | xargs -P "$jobs" -I {} \
    sh -c 'clang-tidy --quiet -p build/tidy "$1" >>"$2" 2>>"$2.err" || echo "$1" >>"$2-failed"' sh {} "$log/tidy"
  if [[ -s $log/tidy-failed ]]; then
    fault "clang-tidy: $(sort -u "$log/tidy-failed" | paste -sd' ')"
    grep -E '(warning|error):' "$log/tidy" | sort -u | head -n 40
  else
    pass "clang-tidy: ${#files[@]} sources ($((SECONDS - from)) s)"
  fi
}

# The Debian package: made, installed into a bare system of this release, and run there.
stage_package() {
  [[ -x build/release/bin/lapstrake ]] || build release -DLAPSTRAKE_TESTS=OFF || return
  rm -f build/release/*.deb
  if ! (cd build/release && cpack -G DEB) >"$log/cpack" 2>&1; then
    fault "cpack -G DEB"
    tail -n 20 "$log/cpack"
    return
  fi
  local package
  package=$(ls build/release/lapstrake_*.deb)
  pass "cpack: $(basename "$package"), needs $(dpkg-deb -f "$package" Depends)"
  local stage=$PWD/build/installed
  rm -rf "$stage"
  if DESTDIR=$stage cmake --install build/release >"$log/install" 2>&1 && "$stage"/usr/local/bin/lapstrake version >/dev/null; then
    pass "cmake --install"
  else
    fault "cmake --install"
    tail -n 20 "$log/install"
  fi
  if [[ $(id -u) != 0 ]]; then skip "package: NOT RUN (in part): only root can make a bare system to install it into"; return; fi
  command -v mmdebstrap >/dev/null || { skip "package: NOT RUN (in part): mmdebstrap is not installed"; return; }
  local codename root=$PWD/build/bare
  codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
  rm -rf "$root"
  # A spec, built by nobody in a system that has the package and nothing else.
  if scripts/apt-sources.sh | mmdebstrap --quiet --variant=minbase \
    --customize-hook='cp '"$package"' "$1/tmp/lapstrake.deb" && chroot "$1" apt-get install -q -y --no-install-recommends /tmp/lapstrake.deb' \
    --customize-hook='cp -R testdata/from-scratch "$1/tmp/project" && chroot "$1" setpriv --reuid 65534 --regid 65534 --clear-groups env -i PATH=/usr/bin:/bin LAPSTRAKE_STORE=/tmp/store lapstrake -C /tmp/project build >'"$PWD/$log/bare-build" \
    --customize-hook='chroot "$1" lapstrake version && chroot "$1" test -s /usr/share/doc/lapstrake/copyright -a -s /usr/share/lapstrake/lapstrake.schema.json -a -s /usr/share/man/man1/lapstrake.1' \
    "$codename" "$root" - >"$log/bare" 2>&1 && [[ $(grep -c sha256: "$log/bare-build") == 2 ]]; then
    pass "the package installs into a bare $codename and builds an image there, as nobody"
    if [[ $(build/release/bin/lapstrake --store build/bare-store -C testdata/from-scratch --progress none build 2>/dev/null) == "$(<"$log/bare-build")" ]]; then
      pass "with the same digests as here"
    else
      fault "the package makes other digests in a bare $codename"
    fi
  else
    fault "the package in a bare $codename"
    tail -n 30 "$log/bare"
  fi
  rm -rf "$root" "$stage" build/bare-store
}

if ! bash scripts/install-deps.sh --tests >"$log/install-deps" 2>&1; then
  tail -n 20 "$log/install-deps"
  echo "what the tests need is not installed"
  echo "0 passed, 1 failed"
  exit 1
fi
echo "installed what was missing: $((SECONDS - began)) s"

for stage in "${stages[@]}"; do
  from=$SECONDS
  printf '\n=== %s\n' "$stage"
  "stage_$stage"
  times+=("$stage $((SECONDS - from)) s")
done

printf '\n=== What this machine could not run\n'
if [[ -s $log/not-run ]]; then sort -u "$log/not-run"; else echo "nothing"; fi
if [[ ${#failures[@]} != 0 ]]; then
  printf '\n=== What failed\n'
  printf '%s\n' "${failures[@]}"
fi
printf '\n=== Times: %s; all %d s\n' "$(printf '%s, ' "${times[@]}" | sed 's/, $//')" "$((SECONDS - began))"
summary="$passed passed, $failed failed"
[[ $skipped == 0 ]] || summary="$summary, $skipped skipped"
echo "$summary"
[[ $failed == 0 ]]
