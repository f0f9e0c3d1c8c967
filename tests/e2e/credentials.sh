#!/bin/bash
# The program takes its keys from a process, a container's endpoint and an instance's metadata service, and says from which;
# no secret appears in its output. What is set and cannot be used exits with 5 and a cure.
. "$(dirname "$0")/lib.sh"
need python3
have_project 123456789012.dkr.ecr.us-east-1.amazonaws.com/app
mkdir -p "$HOME/.aws" out

# A container's endpoint and an instance's metadata service, with the keys of the sandbox.
cat >services.py <<'PY'
import http.server, json, os, sys
class Services(http.server.BaseHTTPRequestHandler):
    def answer(self, text, status=200):
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())
    def do_PUT(self):
        self.answer("imds-token-of-the-test")
    def do_GET(self):
        keys = json.load(open("keys.json"))
        roles = "/latest/meta-data/iam/security-credentials/"
        asked = self.headers.get("x-aws-ec2-metadata-token") == "imds-token-of-the-test"
        if self.path == "/task" and self.headers.get("Authorization") == "pod-token-of-the-test":
            self.answer(json.dumps(keys))
        elif asked and self.path.startswith(roles):
            self.answer(json.dumps(keys) if self.path != roles else "web")
        elif asked and self.path == "/latest/meta-data/placement/region":
            self.answer("us-east-1")
        else:
            self.answer("no", 403)
    def log_message(self, *_):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Services)
print("listening on", server.server_port, flush=True)
server.serve_forever()
PY

cat >inside.sh <<'INSIDE'
set -euo pipefail
printf '{"Version": 1, "AccessKeyId": "%s", "SecretAccessKey": "%s"}' "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY" >keys.json
printf '%s' "$AWS_SECRET_ACCESS_KEY" >secret
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SHARED_CREDENTIALS_FILE
printf '[profile ci]\ncredential_process = cat "%s/keys.json"\n[default]\n' "$PWD" >"$HOME/.aws/config"
export AWS_CONFIG_FILE=$HOME/.aws/config
push() { # name variable=value...
  local name=$1
  shift
  code=0
  env "$@" lapstrake -v -C project push >"out/$name.out" 2>"out/$name.err" || code=$?
  echo "$code" >"out/$name.code"
}
push process AWS_PROFILE=ci
push container AWS_CONTAINER_CREDENTIALS_FULL_URI="http://127.0.0.1:$1/task" AWS_CONTAINER_AUTHORIZATION_TOKEN=pod-token-of-the-test
push instance AWS_EC2_METADATA_DISABLED=false AWS_EC2_METADATA_SERVICE_ENDPOINT="http://127.0.0.1:$1"
push denied AWS_CONTAINER_CREDENTIALS_FULL_URI="http://127.0.0.1:$1/task" AWS_CONTAINER_AUTHORIZATION_TOKEN=another-token-of-the-test
push half AWS_ACCESS_KEY_ID=AKIDHALF
push none AWS_REGION=us-east-1 REGISTRY_AUTH_FILE=/nonexistent DOCKER_CONFIG=/nonexistent
INSIDE
touch services.log
python3 services.py >services.log 2>&1 </dev/null &
started+=($!)
for _ in {1..100}; do grep -q listening services.log && break; sleep 0.1; done
port=$(grep -oE '[0-9]+$' services.log) || fail "the services did not start"
expect 0 lapstrake sandbox -- bash "$work/inside.sh" "$port"

told() { # name code text
  cp "out/$1.err" err.txt
  equal "$(cat "out/$1.code")" "$2" "$1: exit code $2"
  says "$3" "$1: $3"
}
told process 0 'AWS credentials from `credential_process` of profile `ci`'
told container 0 "AWS credentials from the container's credential endpoint (AWS_CONTAINER_CREDENTIALS_FULL_URI)"
told instance 0 'AWS credentials from the role `web` of this EC2 instance'
told denied 5 "the container's credential endpoint http://127.0.0.1:$port returned 403"
told half 5 'the environment has `AWS_ACCESS_KEY_ID` but not `AWS_SECRET_ACCESS_KEY`'
told none 5 'no AWS credentials found'
if grep -rlF -f secret out; then fail "the secret key is in the output"; fi
if grep -rlE '(imds|pod|another)-token-of-the-test' out; then fail "a token is in the output"; fi
ok "no secret appears in the output"
