"""files_botocore.py DRIVER: odd and random ~/.aws files, read by lapstrake and by botocore, must mean the same.

If botocore rejects a file, lapstrake may accept more than botocore (a duplicate key, a byte order
mark). The seed is printed; LAPSTRAKE_SEED repeats a run.
"""
import json
import os
import random
import subprocess
import sys
import tempfile
import unittest.mock

import botocore
import botocore.configprovider
import botocore.exceptions
import botocore.session

SEED = int(os.environ.get("LAPSTRAKE_SEED", random.randrange(2**32)))
PICK = random.Random(SEED)
COUNT = 400
PAIR = "aws_access_key_id = AKIDA\naws_secret_access_key = secret/+=\n"

# (credentials, config, environment)
ODD = [
    (PAIR, "", {}),
    ("[default]\n" + PAIR, "", {}),
    ("[default]\n  aws_access_key_id = AKIDA\n  aws_secret_access_key = s\n  aws_session_token = t\n", "", {}),
    ("[default]\n\taws_access_key_id=AKIDA\n\taws_secret_access_key=s\n", "", {}),
    ("  [default]\n  aws_access_key_id=AKIDA\n  aws_secret_access_key=s\n", "", {}),
    ("[default]\n    aws_access_key_id=AKIDA\n  aws_secret_access_key=s\n", "", {}),
    ("[default]\naws_access_key_id=AKIDA\n  aws_secret_access_key=s\n", "", {}),
    ("[default]\n  aws_access_key_id=AKIDA\n\n# note\n  aws_secret_access_key=s\n", "", {}),
    ("[default]\naws_access_key_id: AKIDA\naws_secret_access_key: s\n", "", {}),
    ("[default]\naws_access_key_id : AKIDA\naws_secret_access_key : a=b:c\n", "", {}),
    ("[default]\naws_access_key_id = AKIDA\naws_secret_access_key = a:b=c\n", "", {}),
    ("[default]\nAWS_ACCESS_KEY_ID = AKIDA\nAws_Secret_Access_Key = s\n", "", {}),
    ("[default]\r\n" + PAIR.replace("\n", "\r\n"), "", {}),
    ("[default] ; mine\n" + PAIR, "", {}),
    ("; x\n# y\n[default]\n# z\n" + PAIR, "", {}),
    ("[default]\n" + PAIR + "aws_security_token = old\n", "", {}),
    ("[default]\n" + PAIR + "aws_security_token = old\naws_session_token = new\n", "", {}),
    ("[default]\n" + PAIR + "aws_session_token = new\n", "", {}),
    ("[default]\naws_access_key_id = AKIDA\n", "", {}),
    ("[default]\nnonsense\n" + PAIR, "", {}),
    ("[default]\n= x\n" + PAIR, "", {}),
    ("[DEFAULT]\n" + PAIR + "[default]\nregion = x\n", "", {}),
    ("[DEFAULT]\nregion = eu-west-3\n[default]\n" + PAIR, "", {}),
    ("[ci]\n" + PAIR, "[profile ci]\nregion = eu-west-1\n", {"AWS_PROFILE": "ci"}),
    ("[ci]\n" + PAIR + "region = eu-north-1\n", "[profile ci]\nregion = eu-west-1\n", {"AWS_PROFILE": "ci"}),
    ("[profile ci]\n" + PAIR, "", {"AWS_PROFILE": "ci"}),
    ("", "[ci]\n" + PAIR, {"AWS_PROFILE": "ci"}),
    ("", "[profile ci]\n" + PAIR, {"AWS_PROFILE": "ci"}),
    ("", "[profile   ci]\n" + PAIR, {"AWS_PROFILE": "ci"}),
    ("", "[profile\tci]\n" + PAIR, {"AWS_PROFILE": "ci"}),
    ("", "[profile \"a b\"]\n" + PAIR, {"AWS_PROFILE": "a b"}),
    ("", "[profile 'a b']\n" + PAIR, {"AWS_PROFILE": "a b"}),
    ("", "[default]\n" + PAIR + "region = eu-west-1\n", {}),
    ("", "[profile default]\n" + PAIR + "region = eu-west-1\n", {}),
    ("[default]\n" + PAIR, "[default]\nregion = a\n", {"AWS_DEFAULT_REGION": "b"}),
    ("[default]\n" + PAIR, "[default]\ns3 =\n  region = nested\n  x = y\nregion = eu-west-1\n", {}),
    ("[default]\n" + PAIR, "[default]\n  s3 =\n    region = nested\n  region = eu-west-1\n", {}),
    ("[default]\n" + PAIR, "[default]\nendpoint_url = http://127.0.0.1:1\n", {}),
    ("[default]\n" + PAIR + "endpoint_url = http://127.0.0.1:2\n", "[default]\nendpoint_url = http://127.0.0.1:1\n", {}),
    ("[default]\n" + PAIR, "[default]\nendpoint_url: http://127.0.0.1:1\n", {}),
    ("[default]\n" + PAIR, "[default]\nservices = s\n[services s]\necs =\n  endpoint_url = http://127.0.0.1:3\n", {}),
    ("[default]\n" + PAIR, "[default]\nservices = s\nendpoint_url = http://127.0.0.1:1\n[services s]\necr =\n  endpoint_url = http://127.0.0.1:3\n", {}),
    ("[default]\n" + PAIR, "[default]\nservices = s\n[services s]\necs =\n  endpoint_url = http://127.0.0.1:3\n", {"AWS_ENDPOINT_URL": "http://127.0.0.1:4"}),
    ("[default]\n" + PAIR, "[default]\nservices = none\n", {}),
    ("[default]\n" + PAIR, "[default]\nservices = none\n", {"AWS_ENDPOINT_URL_ECS": "http://127.0.0.1:5"}),
    ("[default]\n" + PAIR, "[default]\nendpoint_url = http://127.0.0.1:1\n", {"AWS_ENDPOINT_URL_ECS": "http://127.0.0.1:5"}),
    ("", "", {"AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": "e"}),
    ("[default]\n" + PAIR, "[default]\nregion = r\nendpoint_url = http://127.0.0.1:1\n", {"AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": "e"}),
    ("[default]\n" + PAIR, "", {"AWS_PROFILE": "none"}),
    ("", "", {}),
]


def random_file(header):
    lines = []
    for section in PICK.sample(["default", "ci", "other"], PICK.randrange(1, 4)):
        lines.append(PICK.choice(["", "", " "]) + "[" + (header + section if section != "default" else section) + "]")
        indent = PICK.choice(["", "", "  ", "\t"])
        names = ["aws_access_key_id", "aws_secret_access_key", "aws_session_token", "aws_security_token", "region", "endpoint_url"]
        for name in PICK.sample(names, PICK.randrange(2, 7)):
            if PICK.random() < 0.15:
                lines.append(PICK.choice(["", "# x = y", "  ; [z]", "   "]))
            value = "http://127.0.0.1:" + str(PICK.randrange(1, 9)) if name == "endpoint_url" else "v" + str(PICK.randrange(99))
            own = PICK.choice([indent] * 8 + ["", "    "])
            lines.append(own + PICK.choice([name, name, name.upper()]) + PICK.choice(["=", " = ", ":", " : ", "\t=\t"]) + value)
    return PICK.choice(["\n", "\n", "\r\n"]).join(lines) + PICK.choice(["", "\n"])


def random_case():
    return random_file(""), random_file("profile "), PICK.choice([{}, {}, {"AWS_PROFILE": "ci"}])


def by_botocore(environment):
    """None where botocore refuses; an empty object where it finds no credentials."""
    with unittest.mock.patch.dict(os.environ, environment, clear=True):
        try:
            session = botocore.session.Session()
            found = session.get_credentials()
            if found is None:
                return {}
            endpoint = None
            if hasattr(botocore.configprovider, "ConfiguredEndpointProvider"):  # botocore 1.31
                endpoint = botocore.configprovider.ConfiguredEndpointProvider(
                    full_config=session.full_config, scoped_config=session.get_scoped_config(), client_name="ecs",
                    environ=os.environ).provide()
            return {"id": found.access_key, "secret": found.secret_key, "token": found.token or "",
                    "region": session.get_config_variable("region") or "", "endpoint": endpoint or ""}
        except botocore.exceptions.BotoCoreError:
            return None


def agrees(want, got):
    if want is None or want == {}:
        return "id" not in got or want is None
    if any(c.isspace() for c in want["id"] + want["secret"] + want["token"]):
        return "id" not in got  # botocore would send it, and AWS refuse it
    if not hasattr(botocore.configprovider, "ConfiguredEndpointProvider"):
        got.pop("endpoint", None)
        want.pop("endpoint")
    return want == got


def main():
    print(f"botocore {botocore.__version__}, seed {SEED}")
    cases = ODD + [random_case() for _ in range(COUNT)]
    with tempfile.TemporaryDirectory() as folder:
        asked = []
        for number, (credentials, config, variables) in enumerate(cases):
            environment = {"HOME": folder, "AWS_EC2_METADATA_DISABLED": "true", **variables}
            for variable, text in (("AWS_SHARED_CREDENTIALS_FILE", credentials), ("AWS_CONFIG_FILE", config)):
                environment[variable] = os.path.join(folder, f"{variable}{number}")
                with open(environment[variable], "w", newline="") as file:
                    file.write(text)
            asked.append(environment)
        ran = subprocess.run([sys.argv[1], "settings"], input="".join(json.dumps(each) + "\n" for each in asked), text=True,
                             stdout=subprocess.PIPE, check=True)
        ours = [json.loads(line) for line in ran.stdout.splitlines()]
        theirs = [by_botocore(environment) for environment in asked]
    if len(ours) != len(cases):
        sys.exit(f"{len(cases)} cases, {len(ours)} answers")
    wrong = [(case, want, got) for case, want, got in zip(cases, theirs, ours) if not agrees(want, got)]
    for case, want, got in wrong[:5]:
        print(f"FAILED\n--- credentials\n{case[0]}\n--- config\n{case[1]}\n--- {case[2]}\nbotocore:  {want}\nlapstrake: {got}")
    read = sum(1 for want in theirs if want)
    print(f"{len(cases) - len(wrong)} of {len(cases)} cases agree; botocore finds credentials in {read}")
    sys.exit(1 if wrong or read < len(ODD) // 2 else 0)


main()
