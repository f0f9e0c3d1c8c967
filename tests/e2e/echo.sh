#!/bin/bash
# Registries, token servers, AWS APIs, storage and proxies return errors that repeat the whole request, in any encoding and any header. Each
# command that uses the network prints no secret at any of its steps: quiet, verbose and as JSON (S07).
# Tests a sample of the responses; with LAPSTRAKE_LONG_TESTS=1, each response at each step.
. "$(dirname "$0")/lib.sh"
. "$SOURCE/tests/support/registry.sh"
. "$SOURCE/tests/support/secrets.sh"
need python3 openssl
make_ca
mkdir -p in out project/files stores layouts echoes

looked_for in/secrets.json password identity granted bearer presigned state proxy key session ecr
port_of() { wait_for_line server.log "$1 on [0-9]+" 20 || fail "the server did not start"; }
echo none 0 raw >in/mode
touch in/seen
python3 -B "$SOURCE/tests/support/echo_server.py" in/secrets.json tls.pem tls.key ca.pem in/seen in/mode echoes >server.log 2>&1 </dev/null &
started+=($!)
port=$(port_of listening) proxy=$(port_of proxy)
registry=127.0.0.1:${port##* } ecr=123456789012.dkr.ecr.us-east-1.amazonaws.com

# Three kinds of logins; AWS's are good for all.
logins=(password identity granted)
for login in "${logins[@]}"; do
  mkdir "in/$login"
  case $login in
    password) entry='"auth": "'$(printf 'joe:%s' "$(secret password)" | base64 -w0)'"' ;;
    identity) entry='"identitytoken": "'$(secret identity)'"' ;;
    granted) entry='"registrytoken": "'$(secret granted)'"' ;;
  esac
  printf '{"auths": {"%s": {%s}}}\n' "$registry" "$entry" >"in/$login/config.json"
done
export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE AWS_REGION=us-east-1 SSL_CERT_FILE=$work/ca.pem
AWS_SECRET_ACCESS_KEY=$(secret key)
AWS_SESSION_TOKEN=$(secret session)
HTTPS_PROXY="http://joe:$(secret proxy address)@127.0.0.1:${proxy##* }"
export AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN HTTPS_PROXY
for api in ECR ECS STS; do export "AWS_ENDPOINT_URL_$api=https://$registry"; done

cat >project/lapstrake.yaml <<YAML
images:
  base:
    repository: $registry/ok/app
    tags: [base]
    layers: [ { name: base, files: [ { path: /base, text: base } ] } ]
  app:
    repository: $registry/\${vars.into}/app
    tags: [v1]
    base: $registry/ok/app:base
    layers: [ { name: app, files: [ { path: /x, text: hello } ] } ]
    attachments: [ { from: files/sbom.json, type: application/spdx+json, required: true } ]
  cloud:
    repository: $ecr/\${vars.into}/app
    tags: [v1]
    layers: [ { name: app, files: [ { path: /x, text: hello } ] } ]
  mirrored:
    base: upstream.invalid/ok/app:base
    layers: [ { name: app, files: [ { path: /x, text: hello } ] } ]
registries: { upstream.invalid: { mirrors: ["$registry"], mirrors_only: true } }
vars: { into: ok }
tasks:
  app:
    containerDefinitions: [ { name: app, image: "\${images.cloud}", essential: true, memory: 64 } ]
YAML
echo '{"spdxVersion": "SPDX-2.3"}' >project/files/sbom.json

statuses=(403 400 401 here 404 500 realm away 409 clear near 200 429 login nonsense)
forms=(raw address json base64 code text hex xml)
manners=("" "-v" "--json" "-vv" "-v --json --progress plain" "--progress bar" "-q") # no two of these numbers have a factor in common
rounds=1
[[ -z ${LAPSTRAKE_LONG_TESTS:-} ]] || rounds=${#statuses[@]}
runs=0 position=0 round=0

# A command that is refused at each of its steps in turn, each time with another answer. NEW in its arguments is a name that no run
# had before; all that it says goes to out/.
refused() { # steps arguments...
  local step answer login struck name arguments
  for step in $1; do
    name=run$((++runs)) answer=$((position++ + round))
    login=${logins[answer / 8 % 3]}
    [[ $step != token || $login != granted ]] || login=password
    struck=$(grep -c struck in/seen || true)
    echo "$step ${statuses[answer % ${#statuses[@]}]} ${forms[answer % ${#forms[@]}]}" >in/mode
    arguments=("${@:2}") code=0
    # shellcheck disable=SC2086  # a manner is several words
    DOCKER_CONFIG=$work/in/$login lapstrake ${manners[answer % ${#manners[@]}]} --store "stores/$name" -C project "${arguments[@]//NEW/$name}" \
      >"out/$name.out" 2>"out/$name.err" </dev/null || code=$?
    cp "out/$name.err" err.txt
    [[ $code != 1 && $code -le 6 ]] || fail "${*:2}, refused at $(<in/mode): exit code $code"
    [[ $(grep -c struck in/seen) -gt $struck ]] || fail "${*:2}: nothing was refused at $(<in/mode), exit code $code"
    echo none 0 raw >in/mode
    rm -rf "stores/$name" layouts/* project/lapstrake.lock
  done
}
well() { DOCKER_CONFIG=$work/in/password expect 0 lapstrake -C project "$@"; }

well push base app
well build base -o "oci:$work/base:v1" --cache-to "$registry/cache/app"

there=$registry/ok/app:v1
pull="token manifest blob storage" push="token blob begin upload put"
for ((round = 0; round < rounds; ++round)); do
  position=0
  refused "any head $pull" build app -o oci:../layouts/NEW
  refused "head $pull" build mirrored -o oci:../layouts/NEW
  refused "head $pull" plan app
  refused "any $pull" build base --cache-from "$registry/cache/app"
  refused "$push" build base --cache-to "$registry/NEW/app"
  refused "any head token" lock
  refused "$pull" vendor ../layouts/NEW
  refused "any $pull" verify "$there"
  refused "any $pull" inspect --files "$there"
  refused "token referrers" inspect --referrers "$there"
  refused "any $pull" diff "$there" "oci:$work/base:v1"
  refused "any head $pull" copy "$there" oci:../layouts/NEW
  refused "any $push" copy "oci:$work/base:v1" "$registry/NEW/app:v1"
  refused "$pull begin" copy "$there" "$registry/NEW/app:v1"
  refused "any $push referrers" --set into=NEW push app
  refused "connect GetAuthorizationToken blob begin upload put" --set into=NEW push cloud
  refused CreateRepository --set into=missing push --create-repository cloud
  refused "any connect GetAuthorizationToken begin put DescribeTaskDefinition RegisterTaskDefinition" --set into=NEW register
  refused DescribeTaskDefinition --set into=NEW register --dry-run
done

equal "$(sort -u in/seen | xargs)" "bearer ecr granted identity password presigned proxy session state struck" "each secret was sent where it belongs, and none astray"
equal "$(found echoes | cut -d' ' -f1 | sort -u | xargs)" "bearer ecr granted identity key password presigned proxy session state" "each secret was repeated, and is found"
equal "$(found out)" "" "$runs runs print none of them"
