"""CloudWatch Logs, SSM parameters and secrets with their versions."""
from replies import client, error_code, expect


def logs():
    api = client("logs")
    api.create_log_group(logGroupName="/own", tags={"a": "b"})
    expect("twice", "ResourceAlreadyExistsException", error_code(api.create_log_group, logGroupName="/own"))
    api.create_log_stream(logGroupName="/own", logStreamName="s/1")
    events = [{"timestamp": 1_800_000_000_000 + i, "message": f"line {i}"} for i in range(5)]
    api.put_log_events(logGroupName="/own", logStreamName="s/1", logEvents=events)
    expect("a missing group", "ResourceNotFoundException", error_code(api.get_log_events, logGroupName="/no", logStreamName="s/1"))
    first = api.get_log_events(logGroupName="/own", logStreamName="s/1", startFromHead=True, limit=2)
    expect("the first page", ["line 0", "line 1"], [one["message"] for one in first["events"]])
    more = api.get_log_events(logGroupName="/own", logStreamName="s/1", nextToken=first["nextForwardToken"])
    expect("the next page", 3, len(more["events"]))
    found = api.filter_log_events(logGroupName="/own", filterPattern="line 3", logStreamNames=["s/1"])["events"]
    expect("filtered", ["line 3"], [one["message"] for one in found])
    expect("by time", 2, len(api.filter_log_events(logGroupName="/own", startTime=events[3]["timestamp"])["events"]))
    page = api.filter_log_events(logGroupName="/own", limit=2)
    expect("a page", (2, True), (len(page["events"]), "nextToken" in page))
    expect("the rest", 3, len(api.filter_log_events(logGroupName="/own", nextToken=page["nextToken"])["events"]))
    expect("streams", ["s/1"], [one["logStreamName"] for one in api.describe_log_streams(logGroupName="/own")["logStreams"]])
    expect("groups", ["/own"], [one["logGroupName"] for one in api.describe_log_groups(logGroupNamePrefix="/own")["logGroups"]])


def parameters():
    ssm = client("ssm")
    expect("version", 1, ssm.put_parameter(Name="/app/url", Value="a", Type="SecureString")["Version"])
    expect("no overwriting", "ParameterAlreadyExists", error_code(ssm.put_parameter, Name="/app/url", Value="b", Type="String"))
    expect("version", 2, ssm.put_parameter(Name="/app/url", Value="b", Type="SecureString", Overwrite=True)["Version"])
    found = ssm.get_parameter(Name="/app/url", WithDecryption=True)["Parameter"]
    expect("the newest", ("b", 2), (found["Value"], found["Version"]))
    expect("encrypted", False, ssm.get_parameter(Name="/app/url")["Parameter"]["Value"] == "b")
    expect("an older one", "a", ssm.get_parameter(Name="/app/url:1", WithDecryption=True)["Parameter"]["Value"])
    expect("by ARN", "b", ssm.get_parameter(Name=found["ARN"], WithDecryption=True)["Parameter"]["Value"])
    expect("a missing version", "ParameterVersionNotFound", error_code(ssm.get_parameter, Name="/app/url:9"))
    expect("a missing one", "ParameterNotFound", error_code(ssm.get_parameter, Name="/none"))
    many = ssm.get_parameters(Names=["/app/url", "/none"], WithDecryption=True)
    expect("many", (1, ["/none"]), (len(many["Parameters"]), many["InvalidParameters"]))


def secrets():
    api = client("secretsmanager")
    made = api.create_secret(Name="app/key", SecretString="one")
    expect("twice", "ResourceExistsException", error_code(api.create_secret, Name="app/key", SecretString="x"))
    newer = api.put_secret_value(SecretId="app/key", SecretString="two")["VersionId"]
    expect("the newest", ("two", newer), tuple(api.get_secret_value(SecretId=made["ARN"])[key] for key in ("SecretString", "VersionId")))
    expect("the previous", "one", api.get_secret_value(SecretId="app/key", VersionStage="AWSPREVIOUS")["SecretString"])
    expect("by version", "one", api.get_secret_value(SecretId="app/key", VersionId=made["VersionId"])["SecretString"])
    stages = api.describe_secret(SecretId="app/key")["VersionIdsToStages"]
    expect("stages", {newer: ["AWSCURRENT"], made["VersionId"]: ["AWSPREVIOUS"]}, stages)
    expect("a missing one", "ResourceNotFoundException", error_code(api.get_secret_value, SecretId="none"))
    binary = api.create_secret(Name="binary", SecretBinary=b"\0\1")
    expect("binary", b"\0\1", api.get_secret_value(SecretId=binary["Name"])["SecretBinary"])


def main():
    logs()
    parameters()
    secrets()
