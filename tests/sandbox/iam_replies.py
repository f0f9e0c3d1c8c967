"""IAM and STS: roles, their policies, simulations, and temporary credentials that are accepted or denied."""
import base64
import json
import time

from replies import client, error_code, expect

ACCOUNT = "123456789012"


def document(actions, resources="*", **more):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": resources, **more}]})


def trust(principal, action="sts:AssumeRole", **more):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": principal, "Action": action, **more}]})


def roles(iam):
    expect("the first role", "ecsTaskExecutionRole", iam.get_role(RoleName="ecsTaskExecutionRole")["Role"]["RoleName"])
    service = iam.get_role(RoleName="ecsTaskRole")["Role"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["Service"]
    expect("its trust", "ecs-tasks.amazonaws.com", service)
    expect("a missing role", "NoSuchEntity", error_code(iam.get_role, RoleName="none"))
    iam.create_role(RoleName="deployer", AssumeRolePolicyDocument=trust({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}), Path="/ci/")
    expect("twice", "EntityAlreadyExists", error_code(iam.create_role, RoleName="deployer", AssumeRolePolicyDocument=trust({"AWS": "*"})))
    expect("no JSON", "MalformedPolicyDocument", error_code(iam.create_role, RoleName="x", AssumeRolePolicyDocument="{"))
    policy = document("ecs:Describe*")
    iam.put_role_policy(RoleName="deployer", PolicyName="ecs", PolicyDocument=policy)
    expect("inline policy", json.loads(policy), iam.get_role_policy(RoleName="deployer", PolicyName="ecs")["PolicyDocument"])
    expect("inline policies", ["ecs"], iam.list_role_policies(RoleName="deployer")["PolicyNames"])
    own = iam.create_policy(PolicyName="own", PolicyDocument=document("ssm:GetParameter"))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="deployer", PolicyArn=own)
    expect("attached", [own], [one["PolicyArn"] for one in iam.list_attached_role_policies(RoleName="deployer")["AttachedPolicies"]])
    expect("attach a missing one", "NoSuchEntity", error_code(iam.attach_role_policy, RoleName="deployer", PolicyArn=own + "x"))
    managed = iam.list_attached_role_policies(RoleName="ecsTaskExecutionRole")["AttachedPolicies"][0]["PolicyArn"]
    version = iam.get_policy(PolicyArn=managed)["Policy"]["DefaultVersionId"]
    statement = iam.get_policy_version(PolicyArn=managed, VersionId=version)["PolicyVersion"]["Document"]["Statement"][0]
    expect("managed policy", True, "ecr:BatchGetImage" in statement["Action"])
    expect("roles", True, len(iam.list_roles()["Roles"]) >= 3)


def simulations(iam):
    secret = f"arn:aws:ssm:us-east-1:{ACCOUNT}:parameter/app/*"
    iam.put_role_policy(RoleName="ecsTaskExecutionRole", PolicyName="secrets", PolicyDocument=document(["ssm:GetParameters"], secret))
    iam.put_role_policy(RoleName="ecsTaskExecutionRole", PolicyName="no", PolicyDocument=json.dumps(
        {"Statement": {"Effect": "Deny", "Action": "ssm:*", "Resource": secret.replace("*", "root")}}))
    role = iam.get_role(RoleName="ecsTaskExecutionRole")["Role"]["Arn"]

    def decision(action, resource="*", **more):
        return iam.simulate_principal_policy(PolicySourceArn=role, ActionNames=[action], ResourceArns=[resource],
                                             **more)["EvaluationResults"][0]["EvalDecision"]

    expect("managed", "allowed", decision("ecr:GetAuthorizationToken"))
    expect("inline", "allowed", decision("ssm:GetParameters", secret.replace("*", "url")))
    expect("another parameter", "implicitDeny", decision("ssm:GetParameters", secret.replace("app/*", "other")))
    expect("a denied one", "explicitDeny", decision("ssm:GetParameters", secret.replace("*", "root")))
    expect("log groups", "implicitDeny", decision("logs:CreateLogGroup"))
    iam.put_role_policy(RoleName="deployer", PolicyName="pass", PolicyDocument=document(
        "iam:PassRole", role, Condition={"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}))
    role, execution = iam.get_role(RoleName="deployer")["Role"]["Arn"], role
    expect("PassRole without its condition", "implicitDeny", decision("iam:PassRole", execution))
    context = [{"ContextKeyName": "iam:PassedToService", "ContextKeyType": "string", "ContextKeyValues": ["ecs-tasks.amazonaws.com"]}]
    expect("PassRole", "allowed", decision("iam:PassRole", execution, ContextEntries=context))


def with_credentials(service, credentials):
    return client(service, aws_access_key_id=credentials["AccessKeyId"], aws_secret_access_key=credentials["SecretAccessKey"],
                  aws_session_token=credentials["SessionToken"])


def assumed_roles(iam):
    sts = client("sts")
    expect("the user", f"arn:aws:iam::{ACCOUNT}:user/sandbox", sts.get_caller_identity()["Arn"])
    arn = iam.get_role(RoleName="deployer")["Role"]["Arn"]
    credentials = sts.assume_role(RoleArn=arn, RoleSessionName="ci")["Credentials"]
    expect("the role", f"arn:aws:sts::{ACCOUNT}:assumed-role/deployer/ci", with_credentials("sts", credentials).get_caller_identity()["Arn"])
    ecs = with_credentials("ecs", credentials)
    expect("an allowed action", 1, len(ecs.describe_clusters(clusters=["prod"])["clusters"]))
    expect("another action", "AccessDeniedException", error_code(ecs.list_clusters))
    wrong = dict(credentials, SessionToken="x" + credentials["SessionToken"][1:])
    expect("a wrong token", "UnrecognizedClientException", error_code(with_credentials("ecs", wrong).list_clusters))
    expect("a role for ECS", "AccessDenied", error_code(
        sts.assume_role, RoleArn=iam.get_role(RoleName="ecsTaskRole")["Role"]["Arn"], RoleSessionName="ci"))
    expect("too long", "ValidationError", error_code(sts.assume_role, RoleArn=arn, RoleSessionName="ci", DurationSeconds=43200))


def web_identity(iam):
    issuer = "token.actions.githubusercontent.com"
    provider = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}"
    condition = {"StringEquals": {f"{issuer}:aud": "sts.amazonaws.com"}, "StringLike": {f"{issuer}:sub": "repo:acme/*"}}
    iam.create_role(RoleName="github", AssumeRolePolicyDocument=trust(
        {"Federated": provider}, "sts:AssumeRoleWithWebIdentity", Condition=condition))
    arn = iam.get_role(RoleName="github")["Role"]["Arn"]
    sts = client("sts")

    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    def assume(token_subject, expires=600):
        claims = {"iss": "https://" + issuer, "aud": "sts.amazonaws.com", "sub": token_subject, "exp": time.time() + expires}
        token = ".".join([part({"alg": "RS256"}), part(claims), part("signature")])
        return sts.assume_role_with_web_identity(RoleArn=arn, RoleSessionName="ci", WebIdentityToken=token)

    made = assume("repo:acme/shop:ref:refs/heads/main")
    expect("by token", "sts.amazonaws.com", made["Audience"])
    with_credentials("sts", made["Credentials"]).get_caller_identity()
    expect("another repository", "AccessDenied", error_code(assume, token_subject="repo:other/shop"))
    expect("an expired token", "ExpiredTokenException", error_code(assume, token_subject="repo:acme/shop", expires=-1))
    expect("no token", "InvalidIdentityToken", error_code(sts.assume_role_with_web_identity, RoleArn=arn, RoleSessionName="ci",
                                                          WebIdentityToken="abcd"))


def main():
    iam = client("iam")
    roles(iam)
    simulations(iam)
    assumed_roles(iam)
    web_identity(iam)
    iam.update_assume_role_policy(RoleName="github", PolicyDocument=trust({"AWS": "*"}))
    expect("delete in use", "DeleteConflict", error_code(iam.delete_role, RoleName="deployer"))
    iam.delete_role_policy(RoleName="deployer", PolicyName="ecs")
    iam.delete_role_policy(RoleName="deployer", PolicyName="pass")
    iam.detach_role_policy(RoleName="deployer", PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/own")
    iam.delete_role(RoleName="deployer")
    for name in ("secrets", "no"):
        iam.delete_role_policy(RoleName="ecsTaskExecutionRole", PolicyName=name)
