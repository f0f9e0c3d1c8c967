#!/bin/bash
# The linker and compiler protections of the release program (S60).
. "$(dirname "$0")/lib.sh"
need readelf
[[ $LAPSTRAKE == */build/release/* ]] || not_run "this is about the release program, build/release/bin/lapstrake"
for part in h l d; do readelf -W "-$part" "$LAPSTRAKE" >"$part.txt"; done
readelf -W --dyn-syms "$LAPSTRAKE" >symbols.txt
has() { # extended-regex file what
  grep -qE -- "$1" "$2" || fail "not so: $3"
  ok "$3"
}

has '^ *Type: +DYN' h.txt "the program is position-independent"
has GNU_RELRO l.txt "its relocations are read-only once they are made"
has 'BIND_NOW|FLAGS_1.* NOW' d.txt "and all of them are made at the start"
has 'GNU_STACK.* RW ' l.txt "its stack is not executable"
free_of 'RPATH|RUNPATH' d.txt "libraries are looked for in the system's folders alone"
has '__stack_chk_fail' symbols.txt "the stack is protected"
has '__mem(cpy|set|move)_chk|__pread(64)?_chk|__read_chk' symbols.txt "calls of the C library are checked (_FORTIFY_SOURCE)"
if [[ -e $(cc -print-file-name=libarchive.a 2>/dev/null) ]]; then
  free_of 'NEEDED.*(libarchive|libyaml-cpp|libdeflate|libxml2)' d.txt "libraries of which there are archives are linked statically"
else
  part_not_run "there is no archive of libarchive here"
fi
