#!/bin/bash
# Process state from the caller: closed descriptors, ignored signals, no threads.
. "$(dirname "$0")/lib.sh"
mkdir -p p/pub
printf 'images: { app: { layers: [ { name: a, copy: [ { from: pub/, to: /pub/ } ] } ] } }\n' >p/lapstrake.yaml
head -c 300000 /dev/urandom >p/pub/noise

# Closed descriptors must not be taken by the store's files.
(exec 0<&- 1>&- 2>&-; exec lapstrake -C p -v --progress bar build) || fail "a build with closed descriptors fails"
expect 0 lapstrake store check
[[ ! -s $LAPSTRAKE_STORE/lock ]] || fail "the store's lock holds output: $(head -c 200 "$LAPSTRAKE_STORE/lock")"
ok "a build with closed standard descriptors leaves the store whole"

# Signals that are ignored stay ignored, in a child too, which gets back all else as it was.
for signal in HUP INT TERM; do
  code=0
  # shellcheck disable=SC2016  # for the inner shell
  (
    trap '' "$signal"
    exec lapstrake sandbox -q -- sh -c 'kill -'"$signal"' $PPID $$; sleep 0.2; echo survived'
  ) >out.txt 2>err.txt || code=$?
  [[ $code == 0 && $(<out.txt) == survived ]] || fail "SIG$signal was ignored by the caller, and ends it with $code"
done
ok "ignored signals stay ignored"
state="grep -E '^Sig(Blk|Ign)|^Max core' /proc/self/status /proc/self/limits"
sh -c "$state" >before.txt
lapstrake sandbox -q -- sh -c "$state" >after.txt 2>err.txt
equal "$(<after.txt)" "$(<before.txt)" "a command in the sandbox has the caller's signals and core limit"

# No thread: an error in words. (LeakSanitizer starts one of its own, and cannot.)
if [[ $(id -u) == 0 ]] && command -v setpriv >/dev/null; then
  chmod 755 "$work"
  cp "$LAPSTRAKE" program
  code=0
  (ulimit -u 1; ASAN_OPTIONS=detect_leaks=0 exec setpriv --reuid 65533 --regid 65533 --clear-groups ./program version) >out.txt 2>err.txt || code=$?
  if [[ $code != 3 ]] || ! grep -q 'cannot start a thread' err.txt; then fail "without threads it ends with $code"; fi
  ok "a process that may start no thread says so"
else
  part_not_run "only root can take the threads of another user"
fi
