#!/bin/bash
# --help is correct: every listed command exists, every page fits a terminal, and typos get a suggestion.
. "$(dirname "$0")/lib.sh"

expect 0 lapstrake --help
cp out.txt overview
equal "$(head -n 1 overview)" "Examples:" "help begins with examples"
readarray -t commands < <(awk '/^Commands:/ { on = 1; next } /^$/ { on = 0 } on { print $1 }' overview)
[[ ${#commands[@]} -ge 9 ]] || fail "only ${#commands[@]} commands are listed"
for command in build plan push register check inspect schema sandbox store version help; do
  [[ " ${commands[*]} " == *" $command "* ]] || fail "\`$command\` is not listed"
done
for page in overview "${commands[@]}" "store check" "store gc" "store path"; do
  # shellcheck disable=SC2086  # "store gc" is two words
  [[ $page == overview ]] || expect 0 lapstrake $page --help
  [[ $page == overview ]] || cp out.txt page
  [[ $page == overview ]] && cp overview page
  [[ -s page && ! -s err.txt ]] || fail "the help of \`$page\` is not on stdout"
  awk 'length($0) > 80 { print FILENAME ": " $0; bad = 1 } END { exit bad }' page || fail "a line of \`$page --help\` is longer than 80 columns"
  grep -q '^Usage: lapstrake' page || fail "the help of \`$page\` has no usage line"
  grep -q '^Example' page || fail "the help of \`$page\` has no example"
  if [[ $page != overview && $page != help ]]; then
    # shellcheck disable=SC2086
    expect 0 lapstrake help $page
    cmp -s out.txt page || fail "\`help $page\` is not \`$page --help\`"
  fi
done
ok "${#commands[@]} commands: each exists and answers --help, in at most 80 columns"

for slip in biuld:build pusj:push paln:plan regsiter:register chekc:check "inspct:inspect" "stroe:store" sandbx:sandbox shcema:schema; do
  expect 2 lapstrake "${slip%:*}"
  grep -q "did you mean .*${slip#*:}" err.txt || fail "\`${slip%:*}\` does not suggest \`${slip#*:}\`"
done
ok "misspelt commands exit 2 and suggest the right one"
expect 2 lapstrake build --platfrom linux/arm64
says "--platform" "a misspelt option too"
expect 2 lapstrake store chekc
says "lapstrake store check" "and a misspelt command of store"
expect 3 lapstrake -C /nonexistent-folder check
ok "an absent folder exits 3"

expect 0 lapstrake version
matches "$out" 'lapstrake [0-9]+\.[0-9]+\.[0-9]+' "version prints the version"
matches "$out" 'libarchive [0-9]' "and what the bytes depend on"
expect 0 lapstrake schema
matches "$out" '"\$schema"' "schema prints a JSON Schema"
expect 0 lapstrake store path
equal "$out" "$LAPSTRAKE_STORE" "store path prints the store's folder"

# The completion of bash, as bash calls it.
expect 0 lapstrake completion bash
cp out.txt completion.bash
if command -v shellcheck >shellcheck.txt; then shellcheck -s bash completion.bash || fail "shellcheck complains about the completion of bash"; fi
compopt() { :; }
# shellcheck source=/dev/null
. ./completion.bash
completed() { # words...
  COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
  _lapstrake
  echo "${COMPREPLY[*]}"
}
equal "$(completed lapstrake bu)" build "bash completes a command"
equal "$(completed lapstrake -C folder build --ex)" --explain "and an option after the value of another"
equal "$(completed lapstrake store '')" "check gc path" "and the commands of store"
equal "$(completed lapstrake --progress b)" bar "and a value"
for shell in zsh fish; do
  expect 0 lapstrake completion $shell
  command -v $shell >shell.txt || continue
  cp out.txt "completion.$shell"
  $shell -n "completion.$shell" || fail "$shell cannot parse its completion"
done
ok "zsh and fish have completions too"

expect 0 lapstrake help --man
cp out.txt lapstrake.1
if command -v man >man.txt; then
  LC_ALL=C.UTF-8 MANROFFSEQ='' man --warnings -E UTF-8 -l -Tutf8 -Z ./lapstrake.1 2>warnings >rendered
  [[ ! -s warnings && -s rendered ]] || fail "man complains about the man page: $(head -n 1 warnings)"
fi
ok "the man page has no mistakes"
