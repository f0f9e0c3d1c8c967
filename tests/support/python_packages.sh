# shellcheck shell=bash disable=SC2034  # variables that the scripts read
# Sourced after e2e/lib.sh and registry.sh: package indexes and a base image for tests of `pip:`.
#
#   serve_index FOLDER LOG [OPTION...]   sets $port (tests/support/package_index.py has the options)
#   make_python_base FOLDER [REPOSITORY] writes the spec of a base with Python 3.11 and glibc 2.36, as far as files say so

export PIP_CONFIG_FILE=/dev/null PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$SOURCE/tests/support

serve_index() {
  python3 "$SOURCE/tests/support/package_index.py" serve "$@" >"$2.port" 2>"$2.err" </dev/null &
  started+=($!)
  port=$(wait_for_line "$2.port" '^[0-9]+$' 20) || fail "the index did not start: $(<"$2.err")"
}

make_python_base() {
  mkdir -p "$1"
  cat >"$1/lapstrake.yaml" <<YAML
images:
  python:
    repository: ${2:-localhost/python}
    tags: ["3.11"]
    platforms: [linux/amd64, linux/arm64]
    layers:
      - name: root
        files:
          - { path: /usr/bin/python3.11, text: "not run", mode: "0755" }
          - { path: /usr/lib/python3.11/encodings/__init__.py, text: "" }
          - { path: /var/lib/dpkg/status, text: "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.36-9+deb12u7\n\n" }
        symlinks: [ { path: /usr/bin/python3, target: python3.11 } ]
YAML
}
