# shellcheck shell=bash
# Sourced after e2e/lib.sh: creates secrets that look different in each encoding, and searches for them.
#
#   looked_for FILE NAME[=KEY FILE]...   creates them and writes them to FILE as JSON; the secret of a key file is its second line
#   secret NAME [address]                prints one of them; in the form for a URL
#   found FOLDER...                      prints "NAME in PATH" for each secret found, in any encoding

looked_for() {
  secrets_file=$(realpath -m "$1")
  shift
  of_secrets make "$@"
}
of_secrets() { python3 -B "$SOURCE/tests/support/look_for.py" "$secrets_file" "$@"; }
secret() { of_secrets get "$@"; }
found() { of_secrets find "$@"; }
