# shellcheck shell=bash disable=SC2034  # variables that the scripts read
# Sourced after registry.sh: the AWS APIs of moto_server, which checks signatures and policies, and a proxy that connects
# AWS host names to moto_server and docker-registry.
#
#   start_moto   starts docker-registry too (user AWS, moto's token); sets and exports AWS_ENDPOINT_URL, HTTPS_PROXY,
#                SSL_CERT_FILE and the credentials of a user with all permissions; $ecr is the registry's host name

start_moto() {
  need moto_server python3 curl
  local account=123456789012 region=us-east-1 port
  ecr=$account.dkr.ecr.$region.amazonaws.com
  start_registry AWS "$account-auth-token" # the password in moto's token

  # A launcher of another python may stand between: the process that listens is the group's, so end the group.
  MOTO_ALLOW_NONEXISTENT_REGION=true setsid moto_server -H 127.0.0.1 -p 0 >"$work/moto.log" 2>&1 </dev/null &
  started+=("-$!")
  port=$(wait_for_line "$work/moto.log" 'http://127\.0\.0\.1:[0-9]+' 60) || fail "moto_server did not start"
  port=${port##*:}
  python3 "$SOURCE/tests/support/aws_front.py" "$port" "$registry_port" "$work/tls.pem" "$work/tls.key" >"$work/front.log" 2>&1 </dev/null &
  started+=($!)
  local proxy
  proxy=$(wait_for_line "$work/front.log" 'proxy 127\.0\.0\.1:[0-9]+' 20) || fail "the proxy did not start"
  python3 "$SOURCE/tests/support/moto_user.py" "$port" "$work/aws-credentials" || fail "moto_server makes no user"
  curl -fsS -o /dev/null -H 'Content-Type: text/plain' --data-binary 0 "http://127.0.0.1:$port/moto-api/reset-auth" || fail "moto_server cannot be locked"

  export AWS_ENDPOINT_URL=http://127.0.0.1:$port HTTPS_PROXY=http://${proxy#proxy } SSL_CERT_FILE=$work/ca.pem AWS_CA_BUNDLE=$work/ca.pem
  export AWS_SHARED_CREDENTIALS_FILE=$work/aws-credentials AWS_CONFIG_FILE=$work/no-config AWS_REGION=$region AWS_DEFAULT_REGION=$region
}
