#!/bin/bash
# The whole workflow in the sandbox, inspected by other clients: aws and skopeo.
. "$(dirname "$0")/lib.sh"
need jq
have_hello

cat >inside.sh <<'INSIDE'
set -euo pipefail
cd "$1"
lapstrake -C "$2" push >push.out
lapstrake -C "$2" register >register1.out
lapstrake -C "$2" register >register2.out 2>register2.err
lapstrake -C "$2" register --dry-run -e production >dry.out 2>dry.err
lapstrake -C "$2" register -e production >register3.out
lapstrake -C "$2" register -e production >register4.out
host=123456789012.dkr.ecr.us-east-1.amazonaws.com
if command -v aws >/dev/null; then
  aws sts get-caller-identity >identity.json
  aws ecs list-task-definitions --family-prefix hello >list.json
  for revision in 1 2; do aws ecs describe-task-definition --task-definition "hello:$revision" >"task$revision.json"; done
  aws ecr describe-images --repository-name hello >images.json
  code=0
  AWS_SECRET_ACCESS_KEY=wrong-secret-of-forty-characters-padded0 aws ecs list-task-definitions >wrong.out 2>wrong.err || code=$?
  echo "$code" >wrong.code
  if command -v skopeo >/dev/null; then
    aws ecr get-login-password | skopeo login --authfile auth.json --username AWS --password-stdin "$host" >/dev/null
    skopeo inspect --authfile auth.json "docker://$host/hello:v1" >skopeo.json
    skopeo copy --quiet --authfile auth.json "docker://$host/hello:v1" "docker://$host/copied:v1"
    skopeo inspect --authfile auth.json "docker://$host/copied:v1" >copied.json
  fi
fi
code=0
AWS_SECRET_ACCESS_KEY=wrong-secret-of-forty-characters-padded0 lapstrake --store fresh -C "$2" register >/dev/null 2>wrong-lapstrake.err || code=$?
echo "$code" >wrong-lapstrake.code
INSIDE

expect 0 lapstrake sandbox -- bash "$work/inside.sh" "$work" "$hello"
pinned=$(cat push.out)
matches "$pinned" '^123456789012\.dkr\.ecr\.us-east-1\.amazonaws\.com/hello:v1@sha256:[0-9a-f]{64}$' "push prints the pinned reference"
equal "$(cat register1.out)" "arn:aws:ecs:us-east-1:123456789012:task-definition/hello:1" "register prints the ARN"
equal "$(cat register2.out)" "$(cat register1.out)" "a second register makes no revision"
matches "$(cat register2.err)" 'hello:1' "and says which one stands"
matches "$(cat dry.out dry.err)" $'\n''[-+ ]*.*"?cpu"?.*512' "a dry run shows what would change"
equal "$(cat register3.out)" "arn:aws:ecs:us-east-1:123456789012:task-definition/hello:2" "-e production registers another revision"
equal "$(cat register4.out)" "$(cat register3.out)" "and again none after it"
equal "$(cat wrong-lapstrake.code)" 5 "a wrong secret exits 5"
matches "$(cat wrong-lapstrake.err)" '[Ss]ignature' "and says what AWS said of the signature"

if [[ -e list.json ]]; then
  matches "$(jq -r .Arn identity.json)" '^arn:aws:' "aws sts get-caller-identity works against the sandbox"
  equal "$(jq '.taskDefinitionArns | length' list.json)" 2 "aws lists two revisions"
  equal "$(jq -r '.taskDefinition.containerDefinitions[0].image' task1.json)" "$pinned" "the image in the revision is the pushed digest"
  equal "$(jq -r '.taskDefinition | "\(.cpu) \(.memory) \(.runtimePlatform.cpuArchitecture)"' task1.json)" "256 512 X86_64" "sizes and platform of the default"
  equal "$(jq -r '.taskDefinition | "\(.cpu) \(.memory)"' task2.json)" "512 1024" "sizes of production"
  equal "$(jq -r '.imageDetails[] | select(.imageTags | index("v1")) | .imageDigest' images.json)" "$(digest_of "$pinned")" "aws ecr describe-images shows the digest"
  [[ $(cat wrong.code) != 0 ]] || fail "aws got through the sandbox with a wrong secret"
  ok "the sandbox refuses a wrong signature of aws, too"
else
  part_not_run "the aws command line is not installed"
fi
if [[ -e skopeo.json ]]; then
  equal "$(jq -r .Digest skopeo.json)" "$(digest_of "$pinned")" "skopeo sees the pushed digest"
  equal "$(jq -r .Digest copied.json)" "$(digest_of "$pinned")" "and copies it within the sandbox"
else
  part_not_run "skopeo (or aws) is not installed"
fi

# The command's exit code is the sandbox's.
expect 7 lapstrake sandbox -- sh -c 'exit 7'
ok "the exit code of the command comes through"
