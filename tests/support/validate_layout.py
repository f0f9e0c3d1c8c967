"""Validates an OCI image layout by the image-spec: its JSON schemas, and rules that the schemas lack.

usage: validate_layout.py SCHEMAS LAYOUT [TAG]; prints the errors and exits with 1, or prints a one-line summary.
"""
import gzip
import hashlib
import json
import pathlib
import subprocess
import sys
import warnings

warnings.simplefilter("ignore", DeprecationWarning)
import jsonschema  # noqa: E402

schemas, layout = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
tag = sys.argv[3] if len(sys.argv) > 3 else None
BASE = "https://schemas.invalid/"


def without_ids(node):
    """The schemas' nested ids would move the base of their own relative references."""
    if isinstance(node, dict):
        return {key: without_ids(value) for key, value in node.items() if not (key == "id" and isinstance(value, str))}
    return [without_ids(item) for item in node] if isinstance(node, list) else node


STORE = {BASE + file.name: without_ids(json.loads(file.read_text())) for file in schemas.glob("*.json")}
problems = []


def valid(document, schema, what):
    resolver = jsonschema.RefResolver(BASE + schema, STORE[BASE + schema], store=STORE)
    for error in jsonschema.Draft4Validator(STORE[BASE + schema], resolver=resolver).iter_errors(document):
        problems.append(f"{what}: {'/'.join(map(str, error.path))}: {error.message}")


def blob(descriptor, what):
    name, _, value = descriptor["digest"].partition(":")
    data = (layout / "blobs" / name / value).read_bytes()
    if hashlib.sha256(data).hexdigest() != value:
        problems.append(f"{what}: its bytes have another digest than {descriptor['digest']}")
    if len(data) != descriptor["size"]:
        problems.append(f"{what}: {len(data)} bytes, the descriptor says {descriptor['size']}")
    return data


def tar_of(data, media_type):
    if media_type.endswith("+gzip"):
        return gzip.decompress(data)
    if media_type.endswith("+zstd"):
        return subprocess.run(["zstd", "-dcq"], input=data, stdout=subprocess.PIPE, check=True).stdout
    return data


def check_manifest(descriptor):
    manifest = json.loads(blob(descriptor, "manifest"))
    valid(manifest, "image-manifest-schema.json", "manifest")
    if manifest.get("mediaType") != descriptor["mediaType"]:
        problems.append("manifest: its mediaType is not its descriptor's")
    config = json.loads(blob(manifest["config"], "config"))
    valid(config, "config-schema.json", "config")
    diff_ids = config["rootfs"]["diff_ids"]
    if len(diff_ids) != len(manifest["layers"]):
        problems.append(f"config: {len(diff_ids)} diff_ids for {len(manifest['layers'])} layers")
    history = [step for step in config.get("history", []) if not step.get("empty_layer")]
    if config.get("history") and len(history) != len(diff_ids):
        problems.append(f"config: the history has {len(history)} layers, not {len(diff_ids)}")
    for number, (layer, diff_id) in enumerate(zip(manifest["layers"], diff_ids), 1):
        tar = tar_of(blob(layer, f"layer {number}"), layer["mediaType"])
        if "sha256:" + hashlib.sha256(tar).hexdigest() != diff_id:
            problems.append(f"layer {number}: its tar is not what the config's diff_id says")
    return len(diff_ids)


valid(json.loads((layout / "oci-layout").read_text()), "image-layout-schema.json", "oci-layout")
index = json.loads((layout / "index.json").read_text())
valid(index, "image-index-schema.json", "index.json")
entries = [e for e in index["manifests"] if tag is None or e.get("annotations", {}).get("org.opencontainers.image.ref.name") == tag]
if not entries:
    problems.append(f"index.json: no manifest is tagged {tag}")
layers = 0
for entry in entries:
    if entry["mediaType"].endswith("image.index.v1+json"):
        nested = json.loads(blob(entry, "index"))
        valid(nested, "image-index-schema.json", "index")
        layers += sum(check_manifest(child) for child in nested["manifests"])
    else:
        layers += check_manifest(entry)
if problems:
    print("\n".join(problems))
    sys.exit(1)
print(f"{len(entries)} image(s), {layers} layer(s): valid")
