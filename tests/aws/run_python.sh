#!/bin/sh
# run_python.sh SCRIPT [ARGUMENT...]: runs SCRIPT with the first python3 that has botocore; 77 (skipped) when there is none.
for python in python3 /usr/bin/python3; do
  if "$python" -c 'import botocore' 2>/dev/null; then exec "$python" "$@"; fi
done
echo "NOT RUN: python3-botocore is not installed"
exit 77
