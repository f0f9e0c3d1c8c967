#!/bin/bash
# The commands in the docs work, and print the output that the docs show (tests/support/run_page.py has the convention). Each page runs in
# a copy of the repository, in the sandbox.
. "$(dirname "$0")/lib.sh"
. "$SOURCE/tests/support/registry.sh"
. "$SOURCE/tests/support/python_packages.sh"
need python3
have_hello

# For the page on Python packages: an index with small wheels of these names, and a base.
mkdir wheels
python3 - <<'PY'
from package_index import wheel

wheel("wheels", "flask", "3.1.3", needs=["Werkzeug>=3.1.0", "Jinja2>=3.1.2", "MarkupSafe>=2.1.1"], entry_points="[console_scripts]\nflask = flask.cli:main\n")
wheel("wheels", "werkzeug", "3.1.9", needs=["MarkupSafe>=2.1.1"])
wheel("wheels", "jinja2", "3.1.6", needs=["MarkupSafe>=2.0"])
for machine in ("x86_64", "aarch64"):
    wheel("wheels", "markupsafe", "3.0.4", tag=f"cp311-cp311-manylinux_2_17_{machine}")
PY
serve_index wheels index.log
export PIP_INDEX_URL=http://127.0.0.1:$port/simple
make_python_base python 123456789012.dkr.ecr.us-east-1.amazonaws.com/python
cat >in_sandbox.sh <<'INSIDE'
lapstrake -q -C "$1/python" --store "$1/python-store" push >/dev/null && python3 "$2" "$3"
INSIDE

# A page that lies is found out.
mkdir lies
for lie in '$ echo yes\nno' '$ false' '$ true\n[exit 3]'; do
  printf '```console\n%b\n```\n' "$lie" >lies/page.md
  run python3 "$SOURCE/tests/support/run_page.py" lies/page.md
  [[ $code != 0 ]] || fail "a page that lies passes: $lie"
done
printf '<!-- not run: why -->\n```console\n$ false\n```\n' >lies/page.md
expect 0 python3 "$SOURCE/tests/support/run_page.py" lies/page.md
matches "$out" ' 0 commands' "a block that is not to be run is not"
printf '```console\n$ echo sha256:0123 in 12 ms; (exit 3)\nsha256:4567... in 9.5 s\n[exit 3]\n```\n' >lies/page.md
expect 0 python3 "$SOURCE/tests/support/run_page.py" lies/page.md
ok "a page that lies is found out"

pages=(README.md docs/tutorial.md)
readarray -t -O 2 pages < <(cd "$SOURCE" && find docs/how-to docs/reference -name '*.md' | sort)
for page in "${pages[@]}"; do
  [[ -e $SOURCE/$page ]] || continue
  grep -q '^```console' "$SOURCE/$page" || continue
  rm -rf copy
  mkdir copy
  (cd "$SOURCE" && cp -R README.md docs examples scripts "$work/copy/" 2>/dev/null) || true
  mkdir -p copy/examples/hello/bin
  cp busybox copy/examples/hello/bin/busybox
  mkdir -p copy/examples/services/bin && cp busybox copy/examples/services/bin/busybox
  code=0
  (cd copy && LAPSTRAKE_STORE=$work/store-$RANDOM "$LAPSTRAKE" -q sandbox -- \
    bash "$work/in_sandbox.sh" "$work" "$SOURCE/tests/support/run_page.py" "$page") 2>&1 | tee page.out || code=$?
  [[ $code == 0 ]] || fail "$page does not tell the truth"
done

# Every link within the docs leads somewhere.
dead=0
cd "$SOURCE" || exit 1
for page in *.md docs/*.md docs/*/*.md examples/*/*.md; do
  [[ -e $page ]] || continue
  while IFS= read -r link; do
    target=${link%%#*}
    [[ -z $target || $target == *://* || -e $(dirname "$page")/$target ]] || { echo "$page: a dead link to $link" && dead=1; }
  done < <(grep -oE '\]\([^) ]+\)' "$page" | sed 's/^](//; s/)$//')
done
[[ $dead == 0 ]] || fail "dead links"
ok "no dead links in the docs"
