"""validate_botocore.py DRIVER TASK_DEFINITION: every body that lapstrake sends must be valid by botocore's models."""
import json
import subprocess
import sys
import urllib.parse

import botocore
import botocore.loaders
import botocore.model
import botocore.validate

EXPECTED = {"GetAuthorizationToken", "DescribeRepositories", "CreateRepository", "DescribeTaskDefinition",
            "RegisterTaskDefinition", "GetCallerIdentity", "InitiateLayerUpload", "UploadLayerPart", "CompleteLayerUpload",
            "BatchCheckLayerAvailability"}

# Members that an older botocore does not know, and the version that surely does.
NEWER_MEMBERS = {".imageTagMutabilityExclusionFilters": (1, 40)}


def model_of(service):
    return botocore.model.ServiceModel(botocore.loaders.Loader().load_service_model(service, "service-2"))


def unknown_members(value, shape, path=""):
    """ParamValidator lets members pass that the model has not; a slip of ours must not."""
    if shape.type_name == "structure":
        for name, inner in value.items():
            if name not in shape.members:
                yield f"{path}.{name}"
            else:
                yield from unknown_members(inner, shape.members[name], f"{path}.{name}")
    elif shape.type_name == "list":
        for i, inner in enumerate(value):
            yield from unknown_members(inner, shape.member, f"{path}[{i}]")


def parameters(service, operation, body):
    if service != "sts":
        return json.loads(body)
    fields = dict(urllib.parse.parse_qsl(body, strict_parsing=True))
    if fields.pop("Action") != operation or fields.pop("Version") != model_of(service).api_version:
        sys.exit(f"FAILED {operation}: wrong action or version in {body}")
    return fields


def is_older(path):
    """Whether this botocore is older than the member, and so cannot judge it."""
    version = tuple(int(part) for part in botocore.__version__.split(".")[:2])
    if version >= NEWER_MEMBERS.get(path, (0, 0)):
        return False
    print(f"NOT RUN (in part): botocore {botocore.__version__} does not know {path.lstrip('.')}")
    return True


def complaints(sent):
    shape = model_of(sent["service"]).operation_model(sent["operation"]).input_shape
    given = parameters(sent["service"], sent["operation"], sent["body"])
    report = botocore.validate.ParamValidator().validate(given, shape)
    return ([report.generate_report()] if report.has_errors() else []) + [path for path in unknown_members(given, shape) if not is_older(path)]


def main():
    print("botocore", botocore.__version__)
    ran = subprocess.run([sys.argv[1], "bodies", sys.argv[2]], stdout=subprocess.PIPE, text=True, check=True)
    sent = [json.loads(line) for line in ran.stdout.splitlines()]
    failed = False
    for each in sent:
        found = complaints(each)
        print("FAILED" if found else "ok    ", each["operation"], *found)
        failed = failed or bool(found)
    missing = EXPECTED - {each["operation"] for each in sent}
    if missing:
        print("FAILED: not seen:", *sorted(missing))
    sys.exit(1 if failed or missing else 0)


main()
