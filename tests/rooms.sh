#!/bin/bash
# Checks that rooms include only headers of the rooms that they depend on. The linker checks calls; this checks includes.
#
#   tests/rooms.sh SOURCE ROOMS.TXT   check a tree against the list that cmake wrote (`room folder : room room`)
#   tests/rooms.sh --self-test        plant one violation of each rule in a temporary tree and expect it to be found
# shellcheck disable=SC2016,SC2094  # awk programs; the list is only read
set -euo pipefail
export LC_ALL=C

complain() { # the lines on stdin are violations of the rule $1
  sed "s|^|rooms: |; s|\$|: $1|" >>"$scratch/found"
}

# Prints FILE:LINE:TEXT of the lines that match, comments cut off, in the C++ sources of the folders; with -1 without subfolders.
lines_with() { # [-1] pattern folder...
  local depth=()
  if [[ $1 == -1 ]]; then depth=(-maxdepth 1) && shift; fi
  local pattern=$1
  shift
  local folders=()
  for folder in "$@"; do [[ -d $folder ]] && folders+=("$folder"); done
  [[ ${#folders[@]} != 0 ]] || return 0
  find "${folders[@]}" "${depth[@]}" \( -name '*.cpp' -o -name '*.hpp' \) -print0 | sort -z |
    xargs -0r awk -v pattern="$pattern" '{ text = $0; sub(/(^|[ \t])\/\/.*/, "", text); if (text ~ pattern) print FILENAME ":" FNR ": " $0 }'
}

# Every room that can be reached from room $1 along the arrows, itself too.
reachable() { # room rooms.txt
  awk -v room="$1" '
    { arrows[$1] = ""; for (i = 4; i <= NF; i++) arrows[$1] = arrows[$1] " " $i }
    function visit(name,  n, i, next_rooms) {
      if (name in seen) return
      seen[name] = 1
      n = split(arrows[name], next_rooms, " ")
      for (i = 1; i <= n; i++) visit(next_rooms[i])
    }
    END { visit(room); for (name in seen) print name }' "$2" | sort
}

check_arrows() { # rooms.txt
  local room folder
  while read -r room folder _; do
    local allowed
    allowed=$(reachable "$room" "$1" | paste -sd'|')
    lines_with -1 '#[ \t]*include' "$folder" "$folder/commands" "include/lapstrake/$room" >"$scratch/includes"
    { grep -E '[<"]lapstrake/' "$scratch/includes" || true; } | { grep -vE "<lapstrake/($allowed)/[^/]*>" || true; } |
      complain "room $room may include only <lapstrake/{${allowed//|/,}}/...>"
    # A private header of another room: by a path, since a bare name is found only in the room's own folder.
    { grep -E '"[^"]*\.\./|"(src|layers|registry|packages)/' "$scratch/includes" || true; } |
      complain "a room's own headers are its own; make it public in include/lapstrake/"
  done <"$1"
}

# No two units of a room (x.hpp and x.cpp are one) include each other, directly or through others.
check_circles() { # rooms.txt
  local room folder
  while read -r room folder _; do
    lines_with -1 '#[ \t]*include' "$folder" "include/lapstrake/$room" |
      sed -nE 's|^([^:]*/)?([^/:]+)\.[ch]pp:[0-9]+: #[ \t]*include[ \t]*("\|<lapstrake/'"$room"'/)([^/">]+)\.hpp[">].*|\2 \4|p' |
      awk '$1 != $2' >"$scratch/edges"
    { tsort "$scratch/edges" 2>&1 >/dev/null || true; } | sed -n 's/^tsort: \([^ :]*\)$/\1/p' | paste -sd' ' | sed '/^$/d' |
      complain "a circle of includes in room $room"
  done <"$1"
}

# ARCHITECTURE.md describes every room, and the files that it names exist.
check_page() { # rooms.txt
  local room
  [[ -e ARCHITECTURE.md ]] || return 0
  while read -r room _; do
    grep -qF "| \`$room\` |" ARCHITECTURE.md || echo "ARCHITECTURE.md" | complain "no row for the room $room"
  done <"$1"
  local file
  while read -r file; do
    [[ -e $file || -e src/$file || -e include/lapstrake/$file ]] || echo "ARCHITECTURE.md" | complain "no file $file"
  done < <(grep -oE '`[a-z0-9_/]+/[a-z0-9_]+\.[ch]pp`' ARCHITECTURE.md | tr -d '`' | sort -u)
}

# Heavy headers cost seconds a file: none in the public headers, each in its own rooms only.
check_heavy() {
  local heavy='<(CLI/|CLI11|yaml-cpp/|curl/|boost/|archive|openssl/|zlib\.h|zstd|libdeflate|nlohmann/json\.hpp)'
  lines_with "#[ \t]*include[ \t]*$heavy" include | complain "no heavy header in include/ (nlohmann/json_fwd.hpp is light)"
  local all=(src layers registry packages)
  lines_with '#[ \t]*include[ \t]*<CLI' "${all[@]}" | { grep -v '^src/cli/' || true; } | complain "CLI11 belongs to src/cli"
  lines_with '#[ \t]*include[ \t]*<boost/' "${all[@]}" | { grep -v '^src/sandbox/' || true; } | complain "Boost belongs to src/sandbox"
  lines_with '#[ \t]*include[ \t]*<curl/' "${all[@]}" | { grep -v '^src/http/' || true; } | complain "libcurl belongs to src/http"
  lines_with '#[ \t]*include[ \t]*<archive' "${all[@]}" | { grep -vE '^(layers|src/store)/' || true; } |
    complain "libarchive belongs to layers and src/store"
  lines_with '#[ \t]*include[ \t]*<yaml-cpp/' "${all[@]}" | cut -d: -f1 | sort -u >"$scratch/yaml"
  if [[ $(wc -l <"$scratch/yaml") -gt 1 ]]; then
    complain "yaml-cpp belongs to one file of src/spec" <"$scratch/yaml"
  fi
  { grep -v '^src/spec/' "$scratch/yaml" || true; } | complain "yaml-cpp belongs to src/spec"
}

# Errors carry a code for callers that decide by the kind of failure: their text is for people, and may change.
check_errors() {
  local text='\.(reason|summary|what)\(\)'
  lines_with "$text(\\.(find|rfind|starts_with|ends_with|contains|compare|substr|empty)\\(|[ ]*[!=]=)|[!=]=[ ]*[A-Za-z_]+$text|auto&?[ ]+[a-z_]+ = [A-Za-z_]+$text;" \
    src layers registry packages include | { grep -vE '^src/(cli/|base/error\.cpp)' || true; } | complain "decide by Error::code(), not by the text of an error"
}

# One place prints and one place exits.
check_doors() {
  local others=(src layers registry packages include)
  lines_with '(^|[^A-Za-z0-9_.>])(exit|quick_exit)[ \t]*\\(' "${others[@]}" | { grep -v '^src/cli/' || true; } | complain "only src/cli exits"
  lines_with 'std::(cout|cerr|clog)|(^|[^A-Za-z0-9_])(printf|puts|putchar|perror)[ \t]*\\(|(fprintf|fputs|fwrite)[ \t]*\\([^;]*(stdout|stderr)' \
    "${others[@]}" | { grep -v '^src/cli/' || true; } | complain "only src/cli prints"
}

check() { # source rooms.txt
  local rooms
  rooms=$(realpath "$2")
  cd "$1"
  check_arrows "$rooms"
  check_circles "$rooms"
  check_page "$rooms"
  check_heavy
  check_errors
  check_doors
  if [[ -s $scratch/found ]]; then
    cat "$scratch/found"
    echo "rooms: $(wc -l <"$scratch/found") found (ARCHITECTURE.md shows which way the arrows point)"
    return 1
  fi
  echo "rooms: $(wc -l <"$rooms") rooms keep to their arrows"
}

self_test() {
  local tree=$scratch/tree failed=0
  fresh() {
    rm -rf "$tree"
    mkdir -p "$tree"/{src/{base,spec,http,cli,sandbox,store},layers,registry,include/lapstrake/{base,spec,http,store}}
    printf '%s\n' 'base src/base : ' 'http src/http : base' 'store src/store : base' 'spec src/spec : base' 'cli src/cli : spec http' >"$tree/rooms.txt"
    echo '#include <lapstrake/base/text.hpp>' >"$tree/include/lapstrake/spec/read.hpp"
    echo '#include <lapstrake/base/text.hpp>  // through spec' >"$tree/src/cli/main.cpp"
    printf '%s\n' '// exit(1), std::cout and <boost/asio.hpp> in a comment are none' 'int n = snprintf(text, 8, "x"); _exit(1);' >"$tree/src/base/text.cpp"
  }
  expect() { # yes|no title file line
    fresh
    if [[ -n ${3:-} ]]; then
      mkdir -p "$(dirname "$tree/$3")"
      printf '%b\n' "$4" >>"$tree/$3"
    fi
    local outcome=yes
    bash "$0" "$tree" "$tree/rooms.txt" >"$scratch/out" 2>&1 || outcome=no
    if [[ $outcome == "$1" ]]; then
      echo "ok   $2"
    else
      echo "FAIL $2: wanted clean=$1, got clean=$outcome"
      cat "$scratch/out"
      failed=1
    fi
  }
  expect_finding() { # title text, in the tree as it is
    if bash "$0" "$tree" "$tree/rooms.txt" >"$scratch/out" || ! grep -q "$2" "$scratch/out"; then
      echo "FAIL $1"
      failed=1
    else
      echo "ok   $1"
    fi
  }
  expect yes "a clean tree passes"
  expect no "an upward include" src/base/bad.cpp '#include <lapstrake/spec/read.hpp>'
  expect no "an upward include in a public header" include/lapstrake/base/bad.hpp '#include <lapstrake/http/url.hpp>'
  expect no "a sideways include" src/spec/bad.cpp '#include <lapstrake/http/url.hpp>'
  expect no "an include of a room in quotes" src/spec/bad.cpp '#include "lapstrake/http/url.hpp"'
  expect no "another room's private header" src/spec/bad.cpp '#include "../http/easy.hpp"'
  expect no "json.hpp in a public header" include/lapstrake/spec/bad.hpp '#include <nlohmann/json.hpp>'
  expect yes "json_fwd.hpp in a public header" include/lapstrake/spec/good.hpp '#include <nlohmann/json_fwd.hpp>'
  expect no "CLI11 outside of cli" src/spec/bad.cpp '#include <CLI/CLI.hpp>'
  expect yes "CLI11 in cli" src/cli/options.cpp '#include <CLI/CLI.hpp>'
  expect no "Boost outside of the sandbox" src/http/bad.cpp '#include <boost/beast.hpp>'
  expect no "libcurl outside of http" registry/bad.cpp '#include <curl/curl.h>'
  expect no "libarchive outside of layers and store" src/spec/bad.cpp '#include <archive_entry.h>'
  expect yes "libarchive in store" src/store/good.cpp '#include <archive.h>'
  expect no "yaml-cpp outside of spec" src/cli/bad.cpp '#include <yaml-cpp/yaml.h>'
  expect no "exit outside of cli" src/spec/bad.cpp 'void f() { std::exit(1); }'
  expect no "std::cout outside of cli" layers/bad.cpp 'void f() { std::cout << 1; }'
  expect no "fprintf(stderr) outside of cli" layers/bad.cpp 'void f() { std::fprintf(stderr, "x"); }'
  expect no "a search in the text of an error" registry/bad.cpp 'if (error.reason().starts_with("no")) return;'
  expect no "a comparison with the text of an error" layers/bad.cpp 'if ("no" != error.summary()) return;'
  expect no "a name for the text of an error" layers/bad.cpp 'const auto& why = error.reason();'
  expect yes "the text of an error in a message" layers/good.cpp 'throw Error(kind, error.summary()).because(error.reason());'
  expect yes "printing in cli" src/cli/good.cpp 'void f() { std::cout << 1; std::exit(0); }'
  expect no "an include of a room below" src/base/bad.cpp '#include <lapstrake/base/deep/text.hpp>'
  expect no "a room that ARCHITECTURE.md does not list" ARCHITECTURE.md '| `base` | bytes |'
  fresh
  echo 'See `src/base/gone.cpp`.' >"$tree/ARCHITECTURE.md"
  expect_finding 'a missing file in ARCHITECTURE.md' 'no file src/base/gone.cpp'
  fresh
  echo '#include "b.hpp"' >"$tree/src/http/a.hpp"
  echo '#include <lapstrake/http/c.hpp>' >"$tree/src/http/b.cpp"
  echo '#include "a.hpp"' >"$tree/include/lapstrake/http/c.hpp"
  expect_finding 'a circle of units' 'circle of includes in room http'
  fresh
  echo '#include <yaml-cpp/yaml.h>' | tee "$tree/src/spec/a.cpp" >"$tree/src/spec/b.cpp"
  if bash "$0" "$tree" "$tree/rooms.txt" >/dev/null; then
    echo "FAIL yaml-cpp in two files"
    failed=1
  else
    echo "ok   yaml-cpp in two files"
  fi
  return $failed
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
case ${1:-} in
  --self-test) self_test ;;
  "" | -*)
    sed -n '2,6p' "$0"
    exit 2
    ;;
  *) check "$1" "$2" ;;
esac
