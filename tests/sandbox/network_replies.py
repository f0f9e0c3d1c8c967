"""EC2's networks, load balancers whose targets are tasks of ECS, and automatic scaling."""
import ecs_replies
from replies import client, error_code, expect, wait_until


def networks():
    ec2 = client("ec2")
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": ["vpc-11111111"]}])["Subnets"]
    expect("subnets", ["subnet-11111111", "subnet-22222222"], [subnet["SubnetId"] for subnet in subnets])
    expect("a missing subnet", "InvalidSubnetID.NotFound", error_code(ec2.describe_subnets, SubnetIds=["subnet-1"]))
    expect("a missing group", "InvalidGroup.NotFound", error_code(ec2.describe_security_groups, GroupIds=["sg-1"]))
    made = ec2.create_security_group(GroupName="web", Description="of the tasks", VpcId="vpc-11111111")["GroupId"]
    expect("twice", "InvalidGroup.Duplicate", error_code(ec2.create_security_group, GroupName="web", Description="x", VpcId="vpc-11111111"))
    rules = [{"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, "IpRanges": [{"CidrIp": "10.0.0.0/16"}],
              "UserIdGroupPairs": [{"GroupId": "sg-11111111"}]}]
    ec2.authorize_security_group_ingress(GroupId=made, IpPermissions=rules)
    expect("a rule twice", "InvalidPermission.Duplicate", error_code(ec2.authorize_security_group_ingress, GroupId=made, IpPermissions=rules))
    found = ec2.describe_security_groups(GroupIds=[made])["SecurityGroups"][0]["IpPermissions"][0]
    expect("a rule", (8080, "10.0.0.0/16", "sg-11111111"),
           (found["FromPort"], found["IpRanges"][0]["CidrIp"], found["UserIdGroupPairs"][0]["GroupId"]))
    ec2.revoke_security_group_ingress(GroupId=made, IpPermissions=rules)
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    other = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.1.0/24")["Subnet"]["SubnetId"]
    expect("VPCs", 2, len(ec2.describe_vpcs()["Vpcs"]))
    ecs = client("ecs")
    definition = ecs_replies.register(ecs)
    for subnet, group in (("subnet-1", "sg-11111111"), (other, "sg-11111111"), ("subnet-11111111", "sg-1")):
        network = {"awsvpcConfiguration": {"subnets": [subnet], "securityGroups": [group]}}
        expect(f"{subnet} with {group}", "InvalidParameterException",
               error_code(ecs.run_task, taskDefinition=definition, networkConfiguration=network))


def load_balancer():
    elb, ecs = client("elbv2"), client("ecs")
    group = elb.create_target_group(Name="web", Protocol="HTTP", Port=8080, VpcId="vpc-11111111", TargetType="ip",
                                    HealthCheckPath="/health")["TargetGroups"][0]["TargetGroupArn"]
    expect("twice", "DuplicateTargetGroupName", error_code(elb.create_target_group, Name="web"))
    expect("a missing group", "TargetGroupNotFound", error_code(elb.describe_target_health, TargetGroupArn=group + "x"))
    balancer = elb.create_load_balancer(Name="web", Subnets=["subnet-11111111", "subnet-22222222"],
                                        SecurityGroups=["sg-11111111"])["LoadBalancers"][0]["LoadBalancerArn"]
    elb.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=[{"Type": "forward", "TargetGroupArn": group}])
    expect("listeners", 1, len(elb.describe_listeners(LoadBalancerArn=balancer)["Listeners"]))
    expect("its balancer", [balancer], elb.describe_target_groups(TargetGroupArns=[group])["TargetGroups"][0]["LoadBalancerArns"])
    expect("balancers", 1, len(elb.describe_load_balancers(Names=["web"])["LoadBalancers"]))
    elb.modify_target_group_attributes(TargetGroupArn=group, Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "30"}])
    attributes = {one["Key"]: one["Value"] for one in elb.describe_target_group_attributes(TargetGroupArn=group)["Attributes"]}
    expect("an attribute", "30", attributes["deregistration_delay.timeout_seconds"])
    expect("no target", [], elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"])
    ecs.create_service(cluster="default", serviceName="behind", taskDefinition=ecs_replies.register(ecs), desiredCount=2,
                       networkConfiguration=ecs_replies.NETWORK,
                       loadBalancers=[{"targetGroupArn": group, "containerName": "app", "containerPort": 8080}])

    def states():
        return [one["TargetHealth"]["State"] for one in elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]]

    expect("targets", ["healthy", "healthy"], wait_until(states, ["healthy", "healthy"]))


def scaling():
    scaling_client = client("application-autoscaling")
    target = {"ServiceNamespace": "ecs", "ResourceId": "service/default/behind", "ScalableDimension": "ecs:service:DesiredCount"}
    scaling_client.register_scalable_target(MinCapacity=1, MaxCapacity=4, **target)
    found = scaling_client.describe_scalable_targets(ServiceNamespace="ecs", ResourceIds=[target["ResourceId"]])["ScalableTargets"][0]
    expect("a target", (1, 4), (found["MinCapacity"], found["MaxCapacity"]))
    scaling_client.put_scaling_policy(PolicyName="cpu", PolicyType="TargetTrackingScaling", TargetTrackingScalingPolicyConfiguration={
        "TargetValue": 60.0, "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}}, **target)
    expect("a policy", 1, len(scaling_client.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]))
    other = dict(target, ResourceId="service/default/none")
    expect("a policy without a target", "ObjectNotFoundException",
           error_code(scaling_client.put_scaling_policy, PolicyName="cpu", PolicyType="TargetTrackingScaling", **other))


def main():
    networks()
    load_balancer()
    scaling()
