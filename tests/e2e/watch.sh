#!/bin/bash
# build --watch prints a line for each new digest of a changed image until Ctrl-C; with --push the image is in the registry by then.
. "$(dirname "$0")/lib.sh"
have_project registry.example/team/app

watcher=
lines=0
begin() { # command...
  lines=0
  : >watch.out
  : >err.txt
  # bash starts background jobs with SIGINT ignored; a terminal would not.
  env --default-signal=INT "$@" >>watch.out 2>>err.txt </dev/null &
  watcher=$!
  started+=("$watcher")
}
# Waits for what a command says of the watch; an outcome, not a time.
until_true() { # what command...
  local what=$1 _
  shift
  for _ in $(seq 1500); do
    "$@" && return
    kill -0 "$watcher" 2>/dev/null || fail "the watch ended, instead of: $what"
    sleep 0.02
  done
  fail "$what: never came"$'\n'"$(cat watch.out)"
}
has_line() { [[ $(wc -l <watch.out) -gt $lines ]]; }
next_line() { # what: sets $line
  until_true "$1" has_line
  lines=$((lines + 1))
  line=$(sed -n "${lines}p" watch.out)
}
told() { grep -qF -- "$1" err.txt; }
fresh() { lapstrake -C "$project" --store "$work/fresh" --no-cache -q build; }
interrupt() { # signal code
  local code=0
  kill "-$1" "$watcher"
  wait "$watcher" || code=$?
  equal "$code" "$2" "SIG$1 ends it with $2"
}

echo public/out >"$project/.lapstrakeignore"
begin lapstrake -C "$project" build --watch -o "oci:$project/public/out:v1"
next_line "the first build"
first=$line
until_true "it waits" told "watching"
ok "it builds once, then watches"
echo '<h1>edited</h1>' >"$project/public/index.html"
next_line "an edit"
[[ $line == "app sha256:"* && $line != "$first" ]] || fail "an edit gives \`$line\`"
ok "an edit is a new digest"
matches "$(lapstrake inspect "oci:$project/public/out:v1" --json)" "$(digest_of "$line")" "which the output has too"

# Nothing new: only the next real change has a line.
touch "$project/public/index.html"
mkdir -p "$project/public/js/deep"
next_line "the new folders"
equal "$line" "$(fresh)" "a touched file has no line, new folders have"
interrupt INT 130
matches "$(lapstrake store check 2>&1)" "no problems found" "and leaves the store clean"

begin lapstrake -C "$project" build --watch --json
next_line "the first build, as JSON"
equal "$(fresh)" "app $(digest_of "$line")" "it is what a fresh build gives"
equal "$(python3 -c 'import json, sys; print(json.loads(sys.argv[1])["name"])' "$line")" app "each line is an object"
cp "$project/lapstrake.yaml" whole.yaml
printf 'imges: {}\n' >"$project/lapstrake.yaml"
until_true "a broken spec is reported" told "unknown key"
sed 's|/var/www/|/srv/www/|' whole.yaml >"$project/.lapstrake.yaml.swp"
mv "$project/.lapstrake.yaml.swp" "$project/lapstrake.yaml" # as editors save
next_line "the mended spec"
equal "$(fresh)" "app $(digest_of "$line")" "mended, it is built"
printf 'x' >"$project/public/js/deep/x.js"
next_line "a file in a new folder"
mv "$project/public" "$project/elsewhere"
until_true "a missing source is reported" told "\`public\` does not exist"
mv "$project/elsewhere" "$project/public"
printf 'y' >"$project/public/js/deep/y.js"
next_line "a source that is back"
equal "$(fresh)" "app $(digest_of "$line")" "a source that is back is built and watched"
interrupt TERM 143

expect 2 lapstrake -C "$project" build --push
says "lapstrake push" "--push alone is refused, with what to use"
expect 2 lapstrake -C "$project" build --watch appp
says "did you mean" "a name that is not there ends it at once"
expect 3 lapstrake -C "$work" build --watch
ok "a spec that is not there too"

# The kernel's limit, as a user of a name space of its own has it.
if unshare -Ur sh -c 'echo 2 >/proc/sys/user/max_inotify_watches' 2>/dev/null; then
  expect 3 unshare -Ur sh -c 'echo 2 >/proc/sys/user/max_inotify_watches; exec lapstrake -C "$1" build --watch' - "$project"
  says "sudo sysctl fs.inotify.max_user_watches=" "the limit of watches is told, with its cure"
else
  part_not_run "no user name spaces here, to lower the limit of watches in"
fi

# --push, to the sandbox.
sed -i 's|registry.example|123456789012.dkr.ecr.us-east-1.amazonaws.com|' "$project/lapstrake.yaml"
begin lapstrake -q sandbox -- lapstrake -C "$project" build --watch --push
next_line "the first push"
matches "$line" '/team/app:v1@sha256:[0-9a-f]{64}$' "--push prints what push prints"
echo '<h1>pushed</h1>' >"$project/public/index.html"
next_line "the next push"
matches "$line" '/team/app:v1@sha256:[0-9a-f]{64}$' "and pushes each new digest"
kill "$watcher"
wait "$watcher" || true
