#!/bin/bash
# kill -9 during build and push: the store stays consistent, and the next run gives the same digest.
. "$(dirname "$0")/lib.sh"
. "$SOURCE/tests/support/registry.sh"
need jq
seed=${LAPSTRAKE_SEED:-$RANDOM}
RANDOM=$seed
echo "seed $seed (LAPSTRAKE_SEED=$seed repeats it)"
start_registry joe secret
mkdir -p "$HOME/.docker"
printf '{"auths": {"%s": {"auth": "%s"}}}\n' "$registry" "$(printf joe:secret | base64)" >"$HOME/.docker/config.json"
have_project "$registry/team/app" 12000000
cp ca.pem "$project/"
printf 'registries:\n  %s: { ca: ca.pem }\n' "$registry" >>"$project/lapstrake.yaml"

now() { date +%s%N; }
begin=$(now)
expect 0 lapstrake -C "$project" push
push_ns=$(($(now) - begin))
wanted=$(digest_of "$out")
rm -rf "$LAPSTRAKE_STORE"
begin=$(now)
expect 0 lapstrake -C "$project" build
build_ns=$(($(now) - begin))
equal "$(digest_of "$out")" "$wanted" "build takes $((build_ns / 1000000)) ms, push $((push_ns / 1000000)) ms"

whole() { # what
  run lapstrake store check
  [[ $code == 0 ]] || fail "$1: the store is not whole"$'\n'"$out"
}
ended() { # what: the next run ends with the same digest
  run lapstrake -C "$project" "$command"
  [[ $code == 0 ]] || fail "$1: the next run fails with $code"
  [[ $(digest_of "$out") == "$wanted" ]] || fail "$1: the next run ends with $(digest_of "$out") instead of $wanted"
}

killed=0 round=0
while [[ $killed -lt 30 && $round -lt 60 ]]; do
  round=$((round + 1))
  if ((round % 2)); then command=build length=$build_ns; else command=push length=$push_ns; fi
  # A store and a repository of its own, so that there is work to be cut off.
  rm -rf "$LAPSTRAKE_STORE"
  sed -i "s|repository: .*|repository: $registry/team/app$round|" "$project/lapstrake.yaml"
  after=$((length * (RANDOM % 100) / 100))
  "$LAPSTRAKE" -C "$project" "$command" >/dev/null 2>killed.err </dev/null &
  child=$!
  sleep "$(printf '%d.%09d' $((after / 1000000000)) $((after % 1000000000)))"
  kill -9 "$child" 2>/dev/null || true
  code=0
  wait "$child" 2>/dev/null || code=$?
  [[ $code == 0 ]] || killed=$((killed + 1))
  [[ $code == 0 || $code == 137 ]] || fail "$command ended with $code: $(cat killed.err)"
  whole "$command killed after $((after / 1000000)) ms"
  ended "$command killed after $((after / 1000000)) ms"
done
[[ $killed -ge 30 ]] || fail "only $killed of $round runs were killed in time"
ok "$killed kills of build and push at random moments"

# Two at once on one store, one of them killed.
command=build
for _ in 1 2 3; do
  rm -rf "$LAPSTRAKE_STORE"
  "$LAPSTRAKE" -C "$project" build >/dev/null 2>&1 </dev/null &
  child=$!
  "$LAPSTRAKE" -C "$project" build >neighbour.out 2>neighbour.err </dev/null &
  neighbour=$!
  sleep "$(printf '0.%03d' $((build_ns / 2000000 % 1000)))"
  kill -9 "$child" 2>/dev/null || true
  wait "$child" 2>/dev/null || true
  wait "$neighbour" || fail "a neighbour's kill breaks a build: $(cat neighbour.err)"
  [[ $(digest_of "$(cat neighbour.out)") == "$wanted" ]] || fail "a neighbour's kill changes a digest"
  whole "a neighbour was killed"
done
ok "a build whose neighbour is killed ends well"

# Exactly at each system call that publishes something.
if ! command -v strace >/dev/null || ! strace -qq -o /dev/null true 2>/dev/null; then
  part_not_run "strace is not installed or not permitted: no kill at each fsync and rename"
  exit 0
fi
export ASAN_OPTIONS=detect_leaks=0 # the leak check cannot run under a tracer
for calls in fsync,fdatasync rename,renameat,renameat2; do
  for ((k = 1; k <= 60; k++)); do
    rm -rf "$LAPSTRAKE_STORE"
    code=0
    # In a subshell that waits: bash reports a killed child on the stderr of whoever does.
    (strace -f -qq -o /dev/null -e "trace=$calls" -e "inject=$calls:signal=SIGKILL:when=$k" \
      "$LAPSTRAKE" -C "$project" build -j 1 >/dev/null 2>strace.err </dev/null; exit $?) 2>/dev/null || code=$?
    [[ $code != 0 ]] || break
    [[ $code == 137 ]] || fail "killed at call $k of $calls it ended with $code: $(cat strace.err)"
    whole "killed at call $k of $calls"
    ended "killed at call $k of $calls"
  done
  [[ $k -gt 2 ]] || fail "no kill happened at $calls"
  ok "killed at each of $((k - 1)) calls of $calls"
done

# A full disk, as far as the program can see.
for k in 1 2 5; do
  rm -rf "$LAPSTRAKE_STORE"
  code=0
  strace -f -qq -o /dev/null -e trace=write,pwrite64 -e "inject=write,pwrite64:error=ENOSPC:when=$k" \
    "$LAPSTRAKE" -C "$project" --progress none build -j 1 >/dev/null 2>err.txt </dev/null || code=$?
  [[ $code == 3 || $code == 0 ]] || fail "a full disk at write $k ends with $code"
  [[ $code == 0 ]] || grep -q 'No space left' err.txt || fail "a full disk is not named"
  whole "a full disk at write $k"
  ended "a full disk at write $k"
done
ok "a full disk exits 3 and leaves the store whole"
run lapstrake store gc
[[ $code == 0 && -z $(find "$LAPSTRAKE_STORE/tmp" -type f) ]] || fail "gc leaves files of killed runs: $(find "$LAPSTRAKE_STORE/tmp" -type f)"
whole "after gc"
ok "gc sweeps what was left"
