"""model_botocore.py DRIVER: the table of ECS's model rejects all documents that botocore's validator rejects.

2,000 mutations of documents generated from the model: wrong types, missing required members, too small sizes and wrong unions must be
rejected at the same positions. (The validator does not check maximum sizes, enums or patterns; an older botocore lacks members.)"""
import json
import random
import re
import subprocess
import sys

import botocore
import botocore.loaders
import botocore.model
import botocore.validate

COUNT = 2000
SEED = 11


def input_shape():
    model = botocore.loaders.Loader().load_service_model("ecs", "service-2")
    return botocore.model.ServiceModel(model).operation_model("RegisterTaskDefinition").input_shape


def value_of(shape, depth=0):
    kind = shape.type_name
    if kind == "structure":
        names = list(shape.members)
        if getattr(shape, "is_tagged_union", False):
            names = [random.choice(names)]
        elif depth:
            names = [name for name in names if name in shape.required_members or random.random() < 0.3]
        return {name: value_of(shape.members[name], depth + 1) for name in names}
    if kind == "list":
        return [value_of(shape.member, depth + 1) for _ in range(random.randint(0, 2))]
    if kind == "map":
        return {"a": value_of(shape.value, depth + 1)}
    if kind == "boolean":
        return random.random() < 0.5
    if kind in ("integer", "long"):
        return 64
    return random.choice(shape.enum) if getattr(shape, "enum", None) else "a"


# No true: it is an integer to Python.
ODD = [None, [], {}, "", "a", 0, -1, 1, 1.5, [None], [[]], [{}], {"a": None}, {"name": 5}, ["a", 1], {"0": 1}]


def places(value, found):
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        found.append((value, key))
        places(each, found)
    return found


def mutate(document):
    for _ in range(random.randint(0, 3)):
        found = places(document, [])
        if not found:
            return
        holder, key = random.choice(found)
        what = random.random()
        if what < 0.3 and isinstance(holder, dict):
            del holder[key]
        elif what < 0.5:
            holder[key] = [holder[key]]
        else:
            holder[key] = json.loads(json.dumps(random.choice(ODD)))


def without_nulls(value):
    """A member that is null is absent in AWS's JSON protocol; the validator knows Python's None alone."""
    if isinstance(value, dict):
        return {name: without_nulls(inner) for name, inner in value.items() if inner is not None}
    return [without_nulls(inner) for inner in value] if isinstance(value, list) else value


def pointer(name):
    name = re.sub(r" \(key: .*\)$", "", name)
    return re.sub(r"\[(\d+)\]", r".\1", name).replace(".", "/").lstrip("/")


def is_known(place, shape):
    for step in place.split("/"):
        if shape.type_name == "structure":
            if step not in shape.members:
                return False
            shape = shape.members[step]
        else:
            shape = shape.member if shape.type_name == "list" else shape.value
    return True


def refused_by_botocore(document, shape):
    report = botocore.validate.ParamValidator().validate(document, shape)
    found = set()
    for reason, name, more in report._errors:
        if reason == "unknown field":
            continue  # the table takes members that it does not know
        if reason == "missing required field":
            name += "." + more["required_name"]
            if re.search(r"resourceRequirements\[\d+\]\.value$", name):
                continue  # required until botocore 1.44
        found.add(pointer(name))
    return found


def main():
    print("botocore", botocore.__version__)
    random.seed(SEED)
    shape = input_shape()
    documents = []
    for _ in range(COUNT):
        document = value_of(shape)
        mutate(document)
        documents.append(without_nulls(document))
    ran = subprocess.run([sys.argv[1], "violations"], input="\n".join(map(json.dumps, documents)), stdout=subprocess.PIPE, text=True,
                         check=True)
    ours = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(ours) == COUNT
    refused = different = 0
    for document, line in zip(documents, ours):
        theirs = refused_by_botocore(document, shape)
        refused += bool(theirs)
        # "kinds": of another kind, missing, not one of a choice; "others": what the validator checks in part.
        missed = theirs - set(line["kinds"]) - set(line["others"])
        more = {place for place in set(line["kinds"]) - theirs if is_known(place, shape)}
        if missed or more:
            different += 1
            if different < 10:
                print("FAILED: refused by botocore alone:", sorted(missed), "by the table alone:", sorted(more))
                print(json.dumps(document))
    print(f"{COUNT} documents, {refused} refused by both, {different} differ")
    sys.exit(1 if different or not refused else 0)


main()
