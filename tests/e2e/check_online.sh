#!/bin/bash
# `check --online` with the IAM, EC2, load balancing, SSM and CloudWatch Logs of moto_server: each mistake is found before anything is
# registered, with its cure.
. "$(dirname "$0")/lib.sh"
. "$SOURCE/tests/support/registry.sh"
. "$SOURCE/tests/support/moto.sh"
need aws jq
start_moto
export HTTPS_PROXY='' AWS_PAGER='' # the APIs are reached by AWS_ENDPOINT_URL

lacks() { # text extended-regex what
  ! grep -qE -- "$2" <<<"$1" || fail "$3: /$2/ is in the output"
  ok "$3"
}

mkdir -p project/bin project/www
echo '#!/bin/sh' >project/bin/busybox
cp "$SOURCE/examples/services/www/index.html" project/www/
aws iam delete-role --role-name ecsTaskExecutionRole 2>/dev/null || true
vpc=$(aws ec2 create-vpc --cidr-block 10.9.0.0/16 --query Vpc.VpcId --output text)
subnet=$(aws ec2 create-subnet --vpc-id "$vpc" --cidr-block 10.9.0.0/24 --query Subnet.SubnetId --output text)
subnet2=$(aws ec2 create-subnet --vpc-id "$vpc" --cidr-block 10.9.1.0/24 --availability-zone us-east-1b --query Subnet.SubnetId --output text)
group=$(aws ec2 create-security-group --vpc-id "$vpc" --group-name app --description app --query GroupId --output text)
balancer_group=$(aws ec2 create-security-group --vpc-id "$vpc" --group-name balancer --description balancer --query GroupId --output text)
target=$(aws elbv2 create-target-group --name app --protocol HTTP --port 8080 --target-type ip --vpc-id "$vpc" --query 'TargetGroups[0].TargetGroupArn' --output text)
balancer=$(aws elbv2 create-load-balancer --name app --subnets "$subnet" "$subnet2" --security-groups "$balancer_group" --query 'LoadBalancers[0].LoadBalancerArn' --output text)
aws elbv2 create-listener --load-balancer-arn "$balancer" --protocol HTTP --port 80 --default-actions "Type=forward,TargetGroupArn=$target" >listener.json
# Only the API, behind the load balancer.
sed "s/subnet-11111111, subnet-22222222/$subnet, $subnet2/; s/sg-11111111/$group/; /^  websocket: { cluster/d; /^  worker: { cluster/d; /^environments:/,\$d" \
  "$SOURCE/examples/services/lapstrake.yaml" >project/lapstrake.yaml
sed -i "s|^    desiredCount: 2|    desiredCount: 2\n    loadBalancers: [ { targetGroupArn: \"$target\", containerName: app, containerPort: 8080 } ]|" project/lapstrake.yaml

expect 0 lapstrake -C project check
equal "$out" "" "offline there is nothing to find"

expect 2 lapstrake -C project check --online
matches "$out" 'the role `ecsTaskExecutionRole` does not exist \(ECS pulls the images' "a missing execution role, and what it is for"
matches "$out" 'aws iam create-role --role-name ecsTaskExecutionRole' "... with the command that creates it"
matches "$out" 'the role `ecsTaskRole` does not exist \(the program in the container calls AWS' "a missing task role"
matches "$out" 'the parameter `arn:aws:ssm:us-east-1:123456789012:parameter/app/database-url` does not exist' "a missing parameter"
matches "$out" 'aws logs create-log-group --log-group-name /ecs/app' "a missing log group, with the command"
matches "$out" "no security group of the service admits the load balancer to port 8080" "a closed security group"
matches "$out" "aws ec2 authorize-security-group-ingress --group-id $group --protocol tcp --port 8080 --source-group $balancer_group" "... with the command that opens it"
matches "$out" 'the repository `app` does not exist' "a missing repository"
matches "$out" 'at least 7 min 30 s a deployment: 5 min of it deregistration delay' "a slow deployment, with its cause"

echo '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}}' >wrong.json
lapstrake -C project policy trust >trust.json
aws iam create-role --role-name ecsTaskExecutionRole --assume-role-policy-document file://wrong.json >role.json
aws iam create-role --role-name ecsTaskRole --assume-role-policy-document file://trust.json >role.json
aws ssm put-parameter --type SecureString --name /app/database-url --value hunter2-4711 >put.json
aws logs create-log-group --log-group-name /ecs/app
aws ec2 authorize-security-group-ingress --group-id "$group" --protocol tcp --port 8080 --source-group "$balancer_group" >rule.json
expect 2 lapstrake -C project check --online
matches "$out" 'the role `ecsTaskExecutionRole` does not trust ecs-tasks.amazonaws.com' "a role that trusts another service"
lacks "$out" 'database-url' "the parameter exists now"
lacks "$out" 'admits' "the port is open now"

aws iam update-assume-role-policy --role-name ecsTaskExecutionRole --policy-document file://trust.json
expect 2 lapstrake -C project check --online
matches "$out" 'the execution role `ecsTaskExecutionRole` lacks .*ssm:GetParameters on arn:aws:ssm:us-east-1:123456789012:parameter/app/database-url' "missing permissions"
matches "$out" 'add to its policy: .*"Effect":"Allow"' "... with the statement that adds them"
lacks "$out" "hunter2" "no value of a secret is shown"

lapstrake -C project policy execution >execution.json
aws iam put-role-policy --role-name ecsTaskExecutionRole --policy-name app --policy-document file://execution.json
expect 0 lapstrake -C project check --online
lacks "$out" 'error:' "with the policy that lapstrake prints, nothing is missing"

# A pipeline's user that may not pass the roles.
aws iam create-user --user-name ci >user.json
lapstrake -C project policy deployer | jq 'del(.Statement[] | select(.Action | index("iam:PassRole")))' >ci.json
jq '.Statement += [{"Effect": "Allow", "Action": ["iam:Get*", "iam:List*", "ec2:Describe*", "elasticloadbalancing:Describe*", "ssm:GetParameters",
  "logs:DescribeLogGroups", "ecr:GetLifecyclePolicy", "application-autoscaling:Describe*", "sts:GetCallerIdentity"], "Resource": "*"}]' ci.json >ci2.json
aws iam put-user-policy --user-name ci --policy-name ci --policy-document file://ci2.json
aws iam create-access-key --user-name ci >key.json
expect 2 env AWS_ACCESS_KEY_ID="$(jq -r .AccessKey.AccessKeyId key.json)" AWS_SECRET_ACCESS_KEY="$(jq -r .AccessKey.SecretAccessKey key.json)" \
  lapstrake -C project check --online
matches "$out" 'the caller arn:aws:iam::123456789012:user/ci lacks iam:PassRole on arn:aws:iam::123456789012:role/ecsTask' "a missing iam:PassRole"
