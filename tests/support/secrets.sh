# shellcheck shell=bash
# Sourced after e2e/lib.sh: secrets whose characters are such that each encoding looks different, and the looking for them.
#
#   looked_for FILE NAME[=KEY FILE]...   makes them and writes them to FILE, as JSON; of a key file its second line is one
#   secret NAME [address]                one of them; as it stands in an address
#   found FOLDER...                      "NAME in PATH" for each that is there, in whatever encoding

looked_for() {
  secrets_file=$(realpath -m "$1")
  shift
  of_secrets make "$@"
}
of_secrets() { python3 -B "$SOURCE/tests/support/look_for.py" "$secrets_file" "$@"; }
secret() { of_secrets get "$@"; }
found() { of_secrets find "$@"; }
