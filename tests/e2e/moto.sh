#!/bin/bash
# The migration example with servers that we did not write: moto_server with signature checks, and docker-registry behind
# AWS host names through HTTPS_PROXY. Two images become one Fargate task.
. "$(dirname "$0")/lib.sh"
. "$SOURCE/tests/support/registry.sh"
. "$SOURCE/tests/support/moto.sh"
need jq
start_moto
cp -R "$SOURCE/testdata/migration" project

expect 0 lapstrake -C project push
equal "$(wc -l <<<"$out")" 2 "push prints a line for each of the two images"
matches "$out" "$ecr/my-nginx-app:v1.0.0@sha256:" "the pinned reference is at ECR's host"
nginx=$(grep my-nginx-app <<<"$out") php=$(grep my-php-app <<<"$out")
matches "$(cat front.log)" "CONNECT $ecr" "the way there was the proxy"

forget_requests
expect 0 lapstrake -C project push
equal "$(requests '(POST|PATCH|PUT)' '/v2/[^ ]*/blobs/')" 0 "the second push sends no blob"

expect 0 lapstrake -C project register
equal "$out" "arn:aws:ecs:us-east-1:123456789012:task-definition/my-web-app:1" "register prints the ARN"
expect 0 lapstrake -C project register
matches "$out" 'task-definition/my-web-app:1$' "registered twice it is one revision"
expect 0 lapstrake -C project -e staging register
matches "$out" 'task-definition/my-web-app:2$' "-e staging is another"

if command -v aws >/dev/null; then
  env -u HTTPS_PROXY aws ecs describe-task-definition --task-definition my-web-app:1 >task.json
  equal "$(jq -r '.taskDefinition.containerDefinitions | map(.name) | join(" ")' task.json)" "nginx php-fpm" "one task of both containers"
  equal "$(jq -r '.taskDefinition.containerDefinitions[] | select(.name == "nginx") | .image' task.json)" "$nginx" "nginx by its pushed digest"
  equal "$(jq -r '.taskDefinition.containerDefinitions[] | select(.name == "php-fpm") | .image' task.json)" "$php" "php-fpm by its pushed digest"
  equal "$(jq -r '.taskDefinition | "\(.cpu) \(.memory) \(.networkMode) \(.requiresCompatibilities[0]) \(.executionRoleArn)"' task.json)" \
    "1024 2048 awsvpc FARGATE arn:aws:iam::123456789012:role/ecsTaskExecutionRole" "the rest as its file has it"
else
  part_not_run "the aws command line is not installed"
fi

sed -i 's/^aws_secret_access_key.*/aws_secret_access_key = wrongwrongwrongwrongwrongwrongwrongwrong/' aws-credentials
expect 5 lapstrake -C project register
matches "$(cat err.txt)" 'SignatureDoesNotMatch|[Ss]ignature' "a wrong secret exits 5 and says so"
free_of 'wrongwrong' err.txt "without printing it"
sed -i 's/^aws_access_key_id.*/aws_access_key_id = AKIAIOSFODNN7EXAMPLE/' aws-credentials
expect 5 lapstrake -C project push
says "AKIA" "an unknown key exits 5 and names the key"
