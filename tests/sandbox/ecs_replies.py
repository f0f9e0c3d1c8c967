"""Services of ECS: rollouts that succeed, are rolled back, wait for an approval and are superseded; tasks and their logs."""
from replies import client, error_code, expect, fault, wait_until

NETWORK = {"awsvpcConfiguration": {"subnets": ["subnet-11111111"], "securityGroups": ["sg-11111111"], "assignPublicIp": "DISABLED"}}
BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/web:v1@sha256:" + "1" * 64


def register(ecs, **labels):
    container = {"name": "app", "image": IMAGE, "essential": True, "portMappings": [{"containerPort": 8080}],
                 "dockerLabels": {f"lapstrake.sandbox/{name.replace('_', '-')}": value for name, value in labels.items()},
                 "logConfiguration": {"logDriver": "awslogs",
                                      "options": {"awslogs-group": "/ecs/web", "awslogs-region": "us-east-1",
                                                  "awslogs-stream-prefix": "web"}}}
    made = ecs.register_task_definition(family="web", networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256", memory="512",
                                        executionRoleArn="arn:aws:iam::123456789012:role/ecsTaskExecutionRole",
                                        containerDefinitions=[container])
    return made["taskDefinition"]["taskDefinitionArn"]


def service_of(ecs, name="web"):
    return ecs.describe_services(cluster="prod", services=[name], include=["TAGS"])["services"][0]


def deployment_of(ecs, arn):
    return ecs.describe_service_deployments(serviceDeploymentArns=[arn])["serviceDeployments"][0]


def update(ecs, **members):
    return ecs.update_service(cluster="prod", service="web", **members)["service"]["currentServiceDeployment"]


def clusters(ecs):
    arns = ecs.list_clusters()["clusterArns"]
    expect("clusters", ["default", "prod"], [arn.split("/")[-1] for arn in arns])
    ecs.create_cluster(clusterName="more", tags=[{"key": "a", "value": "b"}])
    expect("missing clusters", 1, len(ecs.describe_clusters(clusters=["more", "none"])["failures"]))
    expect("a cluster with a service", "ClusterNotFoundException", error_code(ecs.list_services, cluster="none"))
    ecs.delete_cluster(cluster="more")


def first_deployment(ecs, healthy):
    expect("a missing subnet", "InvalidParameterException",
           error_code(ecs.create_service, cluster="prod", serviceName="web", taskDefinition=healthy, desiredCount=2))
    made = ecs.create_service(cluster="prod", serviceName="web", taskDefinition=healthy, desiredCount=2, launchType="FARGATE",
                              networkConfiguration=NETWORK, deploymentConfiguration=BREAKER, tags=[{"key": "a", "value": "b"}])["service"]
    arn = made["currentServiceDeployment"]
    expect("the first deployment", "SUCCESSFUL", wait_until(lambda: deployment_of(ecs, arn)["status"], "SUCCESSFUL"))
    service = service_of(ecs)
    expect("running", (2, 2, 1), (service["runningCount"], service["desiredCount"], len(service["deployments"])))
    expect("services", [service["serviceArn"]], ecs.list_services(cluster="prod")["serviceArns"])
    revision = ecs.describe_service_revisions(serviceRevisionArns=[service["currentServiceRevisions"][0]["arn"]])["serviceRevisions"][0]
    expect("digest", "sha256:" + "1" * 64, revision["containerImages"][0]["imageDigest"])
    tasks = ecs.list_tasks(cluster="prod", serviceName="web")["taskArns"]
    shown = ecs.describe_tasks(cluster="prod", tasks=tasks, include=["TAGS"])["tasks"]
    expect("tasks", ["RUNNING", "RUNNING"], [task["lastStatus"] for task in shown])
    expect("digests", {"sha256:" + "1" * 64}, {task["containers"][0]["imageDigest"] for task in shown})


def failing_deployments(ecs, healthy):
    for script, stop, code in (("crash-loop", "EssentialContainerExited", 1), ("cannot-pull", "TaskFailedToStart", None),
                               ("out-of-memory", "EssentialContainerExited", 137), ("exec-format", "EssentialContainerExited", 1)):
        arn = update(ecs, taskDefinition=register(ecs, rollout=script))
        expect(script, "ROLLBACK_SUCCESSFUL", wait_until(lambda: deployment_of(ecs, arn)["status"], "ROLLBACK_SUCCESSFUL"))
        service = service_of(ecs)
        expect(f"after {script}", (healthy, 2), (service["taskDefinition"], service["runningCount"]))
        stopped = ecs.list_tasks(cluster="prod", serviceName="web", desiredStatus="STOPPED")["taskArns"]
        last = ecs.describe_tasks(cluster="prod", tasks=stopped)["tasks"][-1]
        expect(f"a task of {script}", (stop, code), (last["stopCode"], last["containers"][0].get("exitCode")))
    expect("breaker", ("TRIGGERED", 3), tuple(deployment_of(ecs, arn)["deploymentCircuitBreaker"][key] for key in ("status", "threshold")))
    arn = update(ecs, taskDefinition=register(ecs, rollout="alarm"))
    expect("alarm", "ROLLBACK_SUCCESSFUL", wait_until(lambda: deployment_of(ecs, arn)["status"], "ROLLBACK_SUCCESSFUL"))
    expect("alarms", "TRIGGERED", deployment_of(ecs, arn)["alarms"]["status"])


def superseded(ecs):
    never = update(ecs, taskDefinition=register(ecs, rollout="never-stable"))
    newer = update(ecs, taskDefinition=register(ecs))
    old = deployment_of(ecs, never)
    expect("superseded", ("STOPPED", "Replaced by a new service deployment."), (old["status"], old["statusReason"]))
    expect("the newer one", "SUCCESSFUL", wait_until(lambda: deployment_of(ecs, newer)["status"], "SUCCESSFUL"))
    stopped = update(ecs, taskDefinition=register(ecs, rollout="never-stable"))
    ecs.stop_service_deployment(serviceDeploymentArn=stopped, stopType="ROLLBACK")
    expect("stopped", "ROLLBACK_SUCCESSFUL", wait_until(lambda: deployment_of(ecs, stopped)["status"], "ROLLBACK_SUCCESSFUL"))
    expect("stopped twice", "ConflictException", error_code(ecs.stop_service_deployment, serviceDeploymentArn=stopped))
    listed = ecs.list_service_deployments(cluster="prod", service="web", status=["STOPPED"])["serviceDeployments"]
    expect("listed", [never], [one["serviceDeploymentArn"] for one in listed])


def approval(ecs):
    hook = {"targetType": "PAUSE", "lifecycleStages": ["POST_TEST_TRAFFIC_SHIFT", "POST_PRODUCTION_TRAFFIC_SHIFT"]}
    arn = update(ecs, taskDefinition=register(ecs), deploymentConfiguration={
        "strategy": "LINEAR", "linearConfiguration": {"stepPercent": 50.0, "stepBakeTimeInMinutes": 1}, "bakeTimeInMinutes": 1,
        "lifecycleHooks": [hook]})

    def waiting():
        return [one["hookId"] for one in deployment_of(ecs, arn).get("lifecycleHookDetails", []) if one["status"] == "AWAITING_ACTION"]

    for stage in hook["lifecycleStages"]:
        expect(f"waits at {stage}", 1, wait_until(lambda: len(waiting()), 1))
        expect("stage", stage, deployment_of(ecs, arn)["lifecycleStage"])
        ecs.continue_service_deployment(serviceDeploymentArn=arn, hookId=waiting()[0], action="CONTINUE")
    expect("approved", "SUCCESSFUL", wait_until(lambda: deployment_of(ecs, arn)["status"], "SUCCESSFUL"))


def one_off_task(ecs):
    definition = register(ecs, exit_code="3", log="one\ntwo")
    overrides = {"containerOverrides": [{"name": "app", "command": ["./migrate"]}]}
    arn = ecs.run_task(cluster="prod", taskDefinition=definition, networkConfiguration=NETWORK, overrides=overrides,
                       launchType="FARGATE", startedBy="test")["tasks"][0]["taskArn"]

    def task():
        return ecs.describe_tasks(cluster="prod", tasks=[arn])["tasks"][0]

    expect("a task", "STOPPED", wait_until(lambda: task()["lastStatus"], "STOPPED"))
    expect("its exit code", 3, task()["containers"][0]["exitCode"])
    logs = client("logs")
    stream = "web/app/" + arn.split("/")[-1]
    events = logs.get_log_events(logGroupName="/ecs/web", logStreamName=stream, startFromHead=True)["events"]
    expect("its log", ["one", "two"], [event["message"] for event in events])
    expect("an unknown container", "InvalidParameterException",
           error_code(ecs.run_task, cluster="prod", taskDefinition=definition, networkConfiguration=NETWORK,
                      overrides={"containerOverrides": [{"name": "none"}]}))


def ending(ecs):
    task = ecs.list_tasks(cluster="prod", serviceName="web")["taskArns"][0]
    ecs.stop_task(cluster="prod", task=task, reason="by hand")
    expect("replaced", 2, wait_until(lambda: service_of(ecs)["runningCount"], 2))
    expect("scaled in use", "InvalidParameterException", error_code(ecs.delete_service, cluster="prod", service="web"))
    ecs.update_service(cluster="prod", service="web", desiredCount=0)
    expect("scaled to nothing", 0, wait_until(lambda: service_of(ecs)["runningCount"], 0))
    expect("draining", "DRAINING", ecs.delete_service(cluster="prod", service="web")["service"]["status"])
    expect("inactive", "INACTIVE", service_of(ecs)["status"])
    expect("updated then", "ServiceNotActiveException", error_code(ecs.update_service, cluster="prod", service="web"))
    expect("an unknown service", "ServiceNotFoundException", error_code(ecs.update_service, cluster="prod", service="none"))
    expect("an unknown cluster", "ClusterNotFoundException", error_code(ecs.update_service, cluster="none", service="web"))


def main():
    ecs = client("ecs")
    clusters(ecs)
    healthy = register(ecs)
    first_deployment(ecs, healthy)
    failing_deployments(ecs, healthy)
    superseded(ecs)
    approval(ecs)
    one_off_task(ecs)
    ending(ecs)
    if not service_of(ecs)["events"]:
        fault("events", "there are none")
