#!/bin/bash
# plan and build --explain show what changed since the last build, and why; plan does so before the image gets its name.
. "$(dirname "$0")/lib.sh"
have_project registry.example/team/app

plan() { expect 0 lapstrake -C "$project" plan "$@"; }
member() { # python expression over `all`, the JSON of the last command
  python3 -c 'import json, sys; all = json.load(open("out.txt")); print(eval(sys.argv[1]))' "$1"
}

plan
matches "$out" $'^app: new sha256:[0-9a-f]{64}\n  layer program: new\n  layer site: new$' "a first plan says that all is new"
planned=$(digest_of "$out")
plan
equal "$(digest_of "$out")" "$planned" "a second plan says the same"
expect 0 lapstrake -C "$project" build --explain
equal "$out" "app $planned" "the build gives the digest that was planned"
says "app: new $planned" "and explains it on stderr, for a plan is no build"
plan
equal "$out" "app: unchanged $planned"$'\n  layer program: unchanged\n  layer site: unchanged' "after the build nothing changes"

# What changed, in files and in the spec.
echo '<h1>edited</h1>' >"$project/public/index.html"
mv "$project/public/css/site.css" "$project/public/css/main.css"
printf 'x' >"$project/public/"$'esc\033[2J.html'
sed -i 's|/usr/local/bin/run \]|/usr/local/bin/run, -v ]|; s|    tags|    env: { TZ: UTC }\n    tags|' "$project/lapstrake.yaml"
plan
cat >wanted <<TEXT
app: $planned -> $(digest_of "${out#*-> }")
  layer program: unchanged
  layer site: rebuilt: 4 changed paths
    /var/www/css/main.css: added
    /var/www/esc\\x1b[2J.html: added
    /var/www/index.html: content
    /var/www/css/site.css: removed
  changed settings: entrypoint, env
TEXT
same_file out.txt wanted "a plan names what changed"
cp out.txt planned.txt
plan
same_file out.txt planned.txt "again and again"
expect 0 lapstrake -C "$project" build --explain --progress none
same_file err.txt planned.txt "the build says on stderr what the plan said"
equal "$out" "app $(digest_of "$(sed 's/.*-> //; q' planned.txt)")" "and keeps stdout for its result"
plan
matches "$out" "^app: unchanged " "then nothing changes any more"

# Ten changes, and all of them in JSON.
for i in $(seq 10 35); do echo "$i" >"$project/public/page$i.html"; done
plan
matches "$out" 'page19.html: added'$'\n''    \.\.\. and 16 more$' "ten changes are shown, the others counted"
plan --json
equal "$(member 'len(all[0]["platforms"][0]["layers"][1]["changes"])')" 26 "JSON has them all"
equal "$(member 'all[0]["platforms"][0]["layers"][1]["changes"][25]')" "{'path': '/var/www/page35.html', 'what': 'added'}" "path and kind"
expect 0 lapstrake -C "$project" build --explain --json --progress none
equal "$(member 'len(all[0]["explanation"]["platforms"][0]["layers"][1]["changes"])')" 26 "build --json has them too"
[[ ! -s err.txt ]] || fail "build --explain --json talks on stderr"
expect 0 lapstrake -C "$project" build --json
equal "$(member '"explanation" in all[0]')" False "and not unless it is asked"

expect 0 env SOURCE_DATE_EPOCH=86400 lapstrake -C "$project" plan
matches "$out" 'layer program: rebuilt: SOURCE_DATE_EPOCH was 0 and is 86400' "an epoch changes all bytes"
rm -rf "$LAPSTRAKE_STORE/cache"
echo '<h1>forgotten</h1>' >"$project/public/index.html"
plan
matches "$out" 'layer program: unchanged'$'\n''  layer site: rebuilt: previous contents unknown' "without the cache it says what it does not know"
matches "$(lapstrake store check 2>&1)" "no problems found" "plans leave the store whole"

expect 2 lapstrake -C "$project" plan appp
says "did you mean \`app\`?" "a name that is not there is refused"
expect 2 lapstrake -C "$project" build --watch --push --explain
says "\`--explain\` cannot be used with \`--push\`" "so is an option that would say nothing"
