#!/bin/bash
# Prints the apt sources of this machine's release as one-line entries, for mmdebstrap: `mmdebstrap ... CODENAME ROOT -`.
set -euo pipefail
. /etc/os-release
codename=${VERSION_CODENAME:?no VERSION_CODENAME in /etc/os-release}
{
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [[ -e $file ]] && grep -E '^deb ' "$file"
  done
  for file in /etc/apt/sources.list.d/*.sources; do
    [[ -e $file ]] || continue
    # The deb822 format: stanzas of fields; each suite in a list becomes an entry.
    awk -v RS= '{
      split("", field)
      n = split($0, lines, "\n")
      for (i = 1; i <= n; i++) if (match(lines[i], /^[A-Za-z-]+:/)) {
        name = substr(lines[i], 1, RLENGTH - 1)
        field[name] = substr(lines[i], RLENGTH + 1)
      }
      if (field["Types"] !~ /deb( |$)/ || field["Enabled"] ~ /no/) next
      count = split(field["Suites"], suites, " ")
      uris = split(field["URIs"], uri, " ")
      signed = field["Signed-By"] ~ /^ *\// ? "[signed-by=" substr(field["Signed-By"], 2) "] " : ""
      for (u = 1; u <= uris; u++) for (s = 1; s <= count; s++) print "deb " signed uri[u] " " suites[s] field["Components"]
    }' "$file"
  done
} 2>/dev/null | grep -E " ${codename}(-updates|-security)? " || {
  echo "no apt source of $codename on this machine" >&2
  exit 1
}
