"""Judges replies of the sandbox by botocore's models: members that the model lacks, wrong types, values outside of an enum."""
import json
import xml.etree.ElementTree as ElementTree

import botocore.config
import botocore.session

session = botocore.session.get_session()
found = []  # what is wrong
seen = set()  # "ecs CreateCluster"


def fault(path, text):
    found.append(f"{path}: {text}")


KINDS = {"string": str, "integer": int, "long": int, "float": (int, float), "double": (int, float), "boolean": bool,
         "timestamp": (int, float)}


def judge_json(value, shape, path):
    kind = shape.type_name
    if kind == "structure":
        if not isinstance(value, dict):
            return fault(path, f"{value!r} is no structure")
        for name in shape.required_members:
            if name not in value:
                fault(path, f"{name} is missing")
        for name, inner in value.items():
            if name not in shape.members:
                fault(f"{path}.{name}", "the model has no such member")
            else:
                judge_json(inner, shape.members[name], f"{path}.{name}")
    elif kind == "list":
        if not isinstance(value, list):
            return fault(path, f"{value!r} is no list")
        for i, inner in enumerate(value):
            judge_json(inner, shape.member, f"{path}[{i}]")
    elif kind == "map":
        for name, inner in value.items():
            judge_json(inner, shape.value, f"{path}.{name}")
    elif not isinstance(value, KINDS.get(kind, str)) or (isinstance(value, bool) and kind != "boolean"):
        fault(path, f"{value!r} is no {kind}")
    elif getattr(shape, "enum", None) and value not in shape.enum:
        fault(path, f"{value!r} is not in the enum")


def local_name(element):
    return element.tag.split("}")[-1]


def judge_xml(element, shape, path):
    kind = shape.type_name
    if kind == "structure":
        known = {inner.serialization.get("name", name): inner for name, inner in shape.members.items()}
        for child in element:
            name = local_name(child)
            if name not in known:
                fault(f"{path}.{name}", "the model has no such member")
            else:
                judge_xml(child, known[name], f"{path}.{name}")
    elif kind == "list":
        wanted = shape.member.serialization.get("name", "member")
        for child in element:
            if local_name(child) != wanted:
                fault(path, f"<{local_name(child)}> where <{wanted}> is expected")
            judge_xml(child, shape.member, f"{path}[]")
    elif kind == "map":
        return
    else:
        text = element.text or ""
        if kind in ("integer", "long") and not text.lstrip("-").isdigit():
            fault(path, f"{text!r} is no {kind}")
        if kind == "boolean" and text not in ("true", "false"):
            fault(path, f"{text!r} is no boolean")
        if getattr(shape, "enum", None) and text not in shape.enum:
            fault(path, f"{text!r} is not in the enum")


def judge(model, response):
    path = f"{model.service_model.service_name} {model.name}"
    seen.add(path)
    shape = model.output_shape
    if shape is None or response["status_code"] >= 300:
        return
    body = response["body"]
    if model.service_model.protocol in ("json", "rest-json"):
        return judge_json(json.loads(body), shape, path)
    element = ElementTree.fromstring(body)
    wrapper = shape.serialization.get("resultWrapper")
    if wrapper:
        inner = [child for child in element if local_name(child) == wrapper]
        if len(inner) != 1:
            return fault(path, f"no <{wrapper}>")
        element = inner[0]
    else:
        for child in [child for child in element if local_name(child) == "requestId"]:
            element.remove(child)
    judge_xml(element, shape, path)


def client(service, **options):
    made = session.create_client(service, config=botocore.config.Config(retries={"total_max_attempts": 1}), **options)
    made.meta.events.register("before-parse", lambda operation_model, response_dict, **_: judge(operation_model, response_dict))
    return made


def expect(what, wanted, got):
    if wanted != got:
        fault(what, f"wanted {wanted!r}, got {got!r}")


def error_code(call, **parameters):
    try:
        call(**parameters)
    except Exception as error:  # of whatever class
        return getattr(error, "response", {}).get("Error", {}).get("Code", repr(error))
    return None


def wait_until(read, wanted, seconds=20):
    import time
    end = time.monotonic() + seconds
    while (got := read()) != wanted and time.monotonic() < end:
        time.sleep(0.1)
    return got
