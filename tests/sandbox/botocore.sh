#!/bin/bash
# botocore calls every operation of the sandbox; its models judge the replies.
source "$(dirname "$0")/peer.sh"
enter_sandbox "$@"
sh "$(dirname "$0")/../aws/run_python.sh" "$(dirname "$0")/replies_botocore.py"
