#!/bin/bash
# The AWS CLI calls the sandbox's ECR, ECS and STS, with nothing but the environment that the sandbox sets.
source "$(dirname "$0")/peer.sh"
need aws
enter_sandbox "$@"

cd "$PEER_FOLDER" || exit 1
export HOME=$PEER_FOLDER AWS_PAGER= AWS_MAX_ATTEMPTS=1
host=$LAPSTRAKE_SANDBOX_REGISTRY
task() { # cpu memory: a task definition
  cat >task.json <<J
{"family": "web", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "$1", "memory": "$2",
 "executionRoleArn": "arn:aws:iam::123456789012:role/exec",
 "containerDefinitions": [{"name": "app", "image": "$host/web@sha256:$(printf '%064d' 1)",
   "portMappings": [{"containerPort": 8080}], "environment": [{"name": "A", "value": "1"}]}]}
J
}
expect "who am I" '"Arn": "arn:aws:iam::123456789012:user/sandbox"' aws sts get-caller-identity
expect "a wrong secret, by STS" 'SignatureDoesNotMatch' env AWS_SECRET_ACCESS_KEY=wrong aws sts get-caller-identity
expect "an unknown key, by STS" 'InvalidClientTokenId' env AWS_ACCESS_KEY_ID=AKIAUNKNOWN aws sts get-caller-identity
expect "a wrong secret" 'InvalidSignatureException' env AWS_SECRET_ACCESS_KEY=wrong aws ecr describe-repositories
expect "an unknown key" 'UnrecognizedClientException' env AWS_ACCESS_KEY_ID=AKIAUNKNOWN aws ecs list-task-definitions
expect "a new repository" "\"repositoryUri\": \"$host/web\"" aws ecr create-repository --repository-name web
expect "the same once more" 'RepositoryAlreadyExistsException' aws ecr create-repository --repository-name web
expect "an absent one" "RepositoryNotFoundException.*The repository with name 'none' does not exist in the registry with id '123456789012'" aws ecr describe-repositories --repository-names none
expect "a name that cannot be" 'InvalidParameterException' aws ecr create-repository --repository-name Web
expect "no image yet" 'ImageNotFoundException' aws ecr describe-images --repository-name web --image-ids imageTag=v1
expect "a login of some length" '^[A-Za-z0-9+/=]{1500,}$' aws ecr get-login-password
expect "another region is another world" '"repositories": \[\]' aws --region eu-central-1 ecr describe-repositories
task 256 512
expect "a task definition" 'task-definition/web:1"' aws ecs register-task-definition --cli-input-json file://task.json
expect "its second revision, with what ECS fills in" '^\[2, true, 8080, "tcp", \["EC2", "FARGATE"\], "ACTIVE"\]$' bash -c \
  "aws ecs register-task-definition --cli-input-json file://task.json --output json --query \
   'taskDefinition.[revision, containerDefinitions[0].essential, containerDefinitions[0].portMappings[0].hostPort, containerDefinitions[0].portMappings[0].protocol, compatibilities, status]' \
   | tr -d '\n' | sed 's/ \{2,\}//g; s/,\([^ ]\)/, \1/g'"
expect "the newest of a family" 'task-definition/web:2' aws ecs describe-task-definition --task-definition web
expect "the list" 'web:1.*web:2' bash -c "aws ecs list-task-definitions --output text | tr '\n' ' '"
expect "one revision put away" '"status": "INACTIVE"' aws ecs deregister-task-definition --task-definition web:2
expect "then the one before is the newest" 'task-definition/web:1"' aws ecs describe-task-definition --task-definition web
task 256 8192
expect "a size that Fargate lacks" 'ClientException.*No Fargate configuration exists for given values' aws ecs register-task-definition --cli-input-json file://task.json
expect "an operation that is not played" 'UnknownOperationException' aws ecs list-container-instances
task 256 512
expect "a third revision" 'task-definition/web:3"' aws ecs register-task-definition --cli-input-json file://task.json
network='awsvpcConfiguration={subnets=[subnet-11111111],securityGroups=[sg-11111111]}'
expect "the clusters of the start" 'cluster/default.*cluster/prod' bash -c "aws ecs list-clusters --output text | tr '\n' ' '"
expect "a cluster that does not exist" 'ClusterNotFoundException' aws ecs describe-services --cluster none --services web
expect "a service" '"serviceName": "web"' aws ecs create-service --cluster prod --service-name web --task-definition web:3 \
  --desired-count 2 --launch-type FARGATE --network-configuration "$network"
expect "a service without a network" 'Network Configuration must be provided' aws ecs create-service --cluster prod --service-name web2 \
  --task-definition web:3 --launch-type FARGATE
sleep 3
aws ecs wait services-stable --cluster prod --services web
expect "its tasks run after a while" '^[[] 2, 2, "COMPLETED" []]$' bash -c \
  "aws ecs describe-services --cluster prod --services web --output json \
   --query 'services[0].[desiredCount, runningCount, deployments[0].rolloutState]' | tr -s '\n ' ' ' | sed 's/ $//'"
expect "the tasks have the digest that is pinned" "sha256:$(printf '%064d' 1)" bash -c \
  'aws ecs describe-tasks --cluster prod --tasks $(aws ecs list-tasks --cluster prod --service-name web --output text --query "taskArns[]")'
expect "a newer deployment" 'service-deployment/prod/web/' aws ecs update-service --cluster prod --service web --force-new-deployment
expect "the list of deployments" 'PENDING|IN_PROGRESS|SUCCESSFUL' aws ecs list-service-deployments --cluster prod --service web
expect "one task by itself" '"lastStatus": "PROVISIONING"' aws ecs run-task --cluster prod --task-definition web --network-configuration "$network"
expect "a parameter" '"Version": 1' aws ssm put-parameter --name /app/url --value x --type SecureString
expect "its next version" '"Version": 2' aws ssm put-parameter --name /app/url --value y --type SecureString --overwrite
expect "a secret" '"Name": "app/key"' aws secretsmanager create-secret --name app/key --secret-string x
expect "a log group" '^$' aws logs create-log-group --log-group-name /ecs/app
expect "the list of log groups" '"logGroupName": "/ecs/app"' aws logs describe-log-groups
expect "a scalable target" 'ScalableTargetARN' aws application-autoscaling register-scalable-target --service-namespace ecs \
  --resource-id service/prod/web --scalable-dimension ecs:service:DesiredCount --min-capacity 1 --max-capacity 4
finish
