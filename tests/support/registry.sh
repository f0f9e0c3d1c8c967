# shellcheck shell=bash disable=SC2034  # variables that the scripts read
# Sourced after e2e/lib.sh: Debian's docker-registry over TLS with a password, on a free port of 127.0.0.1.
#
#   make_ca                       $work/ca.pem and, signed by it, $work/tls.pem for localhost, 127.0.0.1 and AWS's names
#   start_registry USER PASSWORD  sets $registry (host:port) and $registry_port; requests go to $registry_log
#   requests METHOD-REGEX PATH-REGEX   prints the number of such requests in the log

make_ca() {
  [[ ! -e $work/tls.pem ]] || return 0
  local ec=(-newkey ec -pkeyopt "ec_paramgen_curve:prime256v1" -nodes)
  openssl req -x509 "${ec[@]}" -days 3 -subj "/CN=lapstrake test CA" -addext "basicConstraints=critical,CA:TRUE" \
    -addext "keyUsage=critical,keyCertSign" -keyout "$work/ca.key" -out "$work/ca.pem" 2>/dev/null
  openssl req "${ec[@]}" -subj "/CN=lapstrake test" -keyout "$work/tls.key" -out "$work/tls.csr" 2>/dev/null
  printf '%s\n' "subjectAltName=DNS:localhost,IP:127.0.0.1,DNS:*.dkr.ecr.us-east-1.amazonaws.com,DNS:*.us-east-1.amazonaws.com,DNS:sts.amazonaws.com" \
    "extendedKeyUsage=serverAuth" >"$work/tls.ext"
  openssl x509 -req -in "$work/tls.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" -CAcreateserial -days 3 \
    -extfile "$work/tls.ext" -out "$work/tls.pem" 2>/dev/null
}

# Waits until a file holds a line that matches, and prints the line.
wait_for_line() { # file extended-regex seconds
  local i
  for ((i = 0; i < $3 * 20; i++)); do
    grep -oEm 1 -- "$2" "$1" 2>/dev/null && return 0
    sleep 0.05
  done
  echo "after $3 s there is no /$2/ in $1:" >&2
  tail -n 20 "$1" >&2
  return 1
}

start_registry() { # user password
  need docker-registry htpasswd openssl
  make_ca
  htpasswd -Bbn -C 5 "$1" "$2" >"$work/htpasswd"
  cat >"$work/registry.yml" <<YAML
version: 0.1
log: { level: info, accesslog: { disabled: false } }
storage:
  filesystem: { rootdirectory: $work/registry }
  delete: { enabled: true }
http:
  addr: 127.0.0.1:0
  tls: { certificate: $work/tls.pem, key: $work/tls.key }
auth:
  htpasswd: { realm: test, path: $work/htpasswd }
YAML
  registry_log=$work/registry.log
  docker-registry serve "$work/registry.yml" >>"$registry_log" 2>&1 </dev/null &
  started+=($!)
  local line
  line=$(wait_for_line "$registry_log" 'listening on 127\.0\.0\.1:[0-9]+' 20) || fail "docker-registry did not start"
  registry_port=${line##*:}
  registry=127.0.0.1:$registry_port
}

requests() { grep -cE "\"$1 $2[^\"]*\" [0-9]+ " "$registry_log" || true; }
forget_requests() { : >"$registry_log"; }

# The login that docker would have kept for the registry.
login() { # user password
  mkdir -p "$HOME/.docker"
  printf '{"auths": {"%s": {"auth": "%s"}}}\n' "$registry" "$(printf '%s' "$1:$2" | base64 -w0)" >"$HOME/.docker/config.json"
}
