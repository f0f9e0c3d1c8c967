"""moto_test.py DRIVER TASK_DEFINITION: the aws room against moto_server, which checks signatures and policies."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from moto import Moto  # noqa: E402

DRIVER, DOCUMENT = sys.argv[1:3]
FAILED = []


def run(environment, *arguments):
    ran = subprocess.run([DRIVER, "call", *arguments], env=environment, text=True, capture_output=True, timeout=120, check=False)
    return ran.returncode, ran.stdout.strip(), ran.stderr


def expect(title, got, code, out="", err=""):
    """`out` is the whole output, `err` a part of what was said; None: anything."""
    good = got[0] == code and (out is None or got[1] == out) and err in got[2]
    print("ok    " if good else "FAILED", title)
    if not good:
        print(f"  wanted {code}, {out!r}, {err!r}\n  got    {got}")
        FAILED.append(title)


def revision(number, is_new):
    arn = f"arn:aws:ecs:us-east-1:123456789012:task-definition/shop:{number}"
    return f'{{"arn":"{arn}","is_new":{is_new}}}'


def identities(moto):
    expect("a user's key", run(moto.environment("admin"), "identity"), 0, '"arn:aws:iam::123456789012:user/admin"')
    expect("a role's key and session token", run(moto.environment("deployer"), "identity"), 0,
           '"arn:aws:sts::123456789012:assumed-role/deployer/test"')
    wrong = dict(moto.environment("admin"), AWS_SECRET_ACCESS_KEY="wrong")
    expect("a wrong secret", run(wrong, "identity"), 5, err="the secret access key does not match the access key id")
    expect("a wrong secret, by a JSON service", run(wrong, "login"), 5, err="SignatureDoesNotMatch")
    unknown = dict(moto.environment("admin"), AWS_ACCESS_KEY_ID="AKIAIOSFODNN7EXAMPLE")
    expect("an unknown key", run(unknown, "login"), 5, err="AWS does not accept the access key id `AKIAIOSFODNN7EXAMPLE`")
    lost = {name: value for name, value in moto.environment("deployer").items() if name != "AWS_SESSION_TOKEN"}
    expect("a role's key without its token", run(lost, "login"), 5)
    expect("an action that no policy allows", run(moto.environment("pusher"), "newest", "shop"), 5,
           err='{"Effect":"Allow","Action":"ecs:DescribeTaskDefinition"')


def registries(moto):
    admin = moto.environment("admin")
    expect("a login", run(moto.environment("pusher"), "login"), 0, '"123456789012-auth-token"')
    expect("no repository yet", run(admin, "exists", "123456789012", "team/web"), 0, "false")
    arn = '"arn:aws:ecr:us-east-1:123456789012:repository/team/web"'
    expect("a new repository", run(admin, "create", "123456789012", "team/web"), 0, arn)
    expect("the repository is there", run(admin, "exists", "123456789012", "team/web"), 0, "true")
    expect("the same repository again", run(admin, "create", "123456789012", "team/web"), 0, arn)


def revisions(moto):
    deployer = moto.environment("deployer")
    expect("no revision yet", run(deployer, "newest", "shop"), 0, "null")
    expect("the first revision", run(deployer, "register", DOCUMENT), 0, revision(1, "true"))
    expect("the same again is the same revision", run(deployer, "register", DOCUMENT), 0, revision(1, "false"))
    other = '{"containerDefinitions":[{"name":"app","image":"123456789012.dkr.ecr.us-east-1.amazonaws.com/shop-app:v2"}]}'
    expect("another image is another revision", run(deployer, "register", DOCUMENT, other), 0, revision(2, "true"))
    expect("and that again is the same", run(deployer, "register", DOCUMENT, other), 0, revision(2, "false"))
    tagged = '{"tags":[{"key":"team","value":"shop"}]}'
    expect("a tag makes a revision", run(deployer, "register", DOCUMENT, tagged), 0, revision(3, "true"))
    expect("tags are compared too", run(deployer, "register", DOCUMENT, tagged), 0, revision(3, "false"))


if not Moto.is_installed():
    print("NOT RUN: moto_server is not installed")
    sys.exit(77)
with Moto() as server:
    identities(server)
    registries(server)
    revisions(server)
sys.exit(1 if FAILED else 0)
