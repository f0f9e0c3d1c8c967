"""replies_botocore.py: botocore calls every operation of the sandbox, and its models judge the replies. Runs inside of a sandbox."""
import sys

import botocore
import ecs_replies
import iam_replies
import network_replies
import replies
import store_replies

print("botocore", botocore.__version__)
if tuple(map(int, botocore.__version__.split(".")[:3])) < (1, 43, 10):
    print("NOT RUN: this botocore has no ContinueServiceDeployment")
    sys.exit(77)
for part in (ecs_replies, iam_replies, network_replies, store_replies):
    part.main()
print(len(replies.seen), "operations")
for line in replies.found:
    print("FAILED", line)
sys.exit(1 if replies.found else 0)
