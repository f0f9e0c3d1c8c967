#!/bin/bash
# examples/flask-websocket, with packages of the host's own archive and index: lock, build, push and register in the sandbox;
# a second machine builds the same digests from the vendor folder; then the programs of the images run.
. "$(dirname "$0")/lib.sh"
[[ ${LAPSTRAKE_LONG_TESTS:-} == 1 ]] || not_run "needs LAPSTRAKE_LONG_TESTS=1"
need python3 jq curl umoci
[[ $(id -u) == 0 ]] || not_run "needs root, to run the images"
bash "$SOURCE/scripts/apt-sources.sh" >/dev/null 2>&1 || not_run "apt has no sources here"
cp -R "$SOURCE/examples/flask-websocket" project

# --- the first machine
expect 0 lapstrake -C project lock
equal "$(jq -r '.installs | keys[] | split(" ")[0]' project/lapstrake.lock | sort | uniq -c | xargs)" "12 deb 2 pip" "the lock has the Debian packages and the wheels of two platforms"
expect 0 lapstrake -C project build
images=$(sort <<<"$out")
equal "$(wc -l <<<"$images")" 3 "three images are built"
expect 0 lapstrake -C project vendor
cat >inside.sh <<'INSIDE'
set -euo pipefail
lapstrake -C project push >push.out
for environment in dev staging production; do
  lapstrake -C project -e "$environment" register >"register-$environment.out"
  lapstrake -C project -e "$environment" register --json >/dev/null
done
INSIDE
expect 0 lapstrake sandbox -- bash "$work/inside.sh"
equal "$(grep -oE 'sha256:[0-9a-f]{64}' push.out | sort)" "$(grep -oE 'sha256:[0-9a-f]{64}' <<<"$images" | sort)" "push prints the digests that build printed"
equal "$(sed 's|.*task-definition/||' register-dev.out register-staging.out register-production.out | xargs)" \
  "flask-web:1 flask-worker:1 flask-web:2 flask-worker:1 flask-web:3 flask-worker:2" "each environment registers its sizes"

# --- a second machine: another folder, store, home and user settings, no network
mkdir -p second/home
cp -R project second/project
without=()
if unshare -rn true 2>/dev/null; then without=(unshare -rn); else part_not_run "unshare -n is not permitted here"; fi
expect 0 "${without[@]}" env HOME="$work/second/home" TZ=Asia/Tokyo LC_ALL=C bash -c "umask 077; lapstrake --store '$work/second/store' -C second/project --offline --locked build"
equal "$(sort <<<"$out")" "$images" "a second machine builds the same digests from the vendor folder, without a network"

# --- the programs
for image in api websocket worker; do
  expect 0 lapstrake -C project --store "$work/second/store" --offline --platform linux/amd64 build "$image" -o "oci:$work/images:$image"
  lapstrake inspect --json "oci:images:$image" | jq -r '[.. | .layers? // empty][0][].digest' >"$image.layers"
done
same_file websocket.layers api.layers "the WebSocket server has the layers of the API"
same_file worker.layers api.layers "and so has the worker"
runc=(runc --root "$work/runc")
export PATH=$PATH:/usr/sbin:/sbin
prepare() { # image [argument...]: unpacks it as $image-bundle, to be run with the network of the host
  expect 0 umoci unpack --image "images:$1" "$1-bundle"
  printf '%s\n' "${@:2}" | jq -R . | jq -s . >arguments.json
  jq --slurpfile arguments arguments.json '.process.terminal = false
    | (if ($arguments[0] | map(select(. != "")) | length) > 0 then .process.args = $arguments[0] else . end)
    | .linux.namespaces |= map(select(.type != "network")) | del(.linux.resources)' "$1-bundle/config.json" >config.json
  cp config.json "$1-bundle/config.json"
}
run_image() { # image name: in the foreground
  if [[ $uses == runc ]]; then "${runc[@]}" run --bundle "$1-bundle" "lapstrake-$2-$$"; return; fi
  local program=() environment=()
  readarray -t program < <(jq -r '.process.args[]' "$1-bundle/config.json")
  readarray -t environment < <(jq -r '.process.env[]' "$1-bundle/config.json")
  exec env -i "${environment[@]}" chroot --userspec=10001:10001 "$1-bundle/rootfs" /bin/sh -c 'cd /app && exec "$@"' sh "${program[@]}"
}
prepare worker python3 -c 'import worker, pymysql, sqlalchemy, sys; print("imports", worker.engine.dialect.driver, sys.prefix)'
uses=runc
if ! command -v runc >/dev/null || ! run_image worker probe >probe.log 2>&1; then
  part_not_run "runc cannot start a container here ($(tail -n 1 probe.log)): the programs run under chroot"
  uses=chroot
fi
out=$(run_image worker worker 2>err.txt) || fail "the worker does not import"
equal "$out" "imports pymysql /opt/venv" "$uses: the worker imports its database driver from the environment"

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
start() { # image log
  run_image "$1" "$1" >"$2" 2>&1 </dev/null &
  started+=($!)
  running+=("lapstrake-$1-$$")
}
running=()
at_end() { for container in "${running[@]}"; do "${runc[@]}" delete --force "$container" >/dev/null 2>&1; done; }
port=$(free_port)
prepare api gunicorn --bind "127.0.0.1:$port" --workers 1 --worker-tmp-dir /dev/shm --no-control-socket api:app
start api api.log
for _ in $(seq 200); do
  if curl -sf -o health.json -w '%{http_code}' "http://127.0.0.1:$port/health" >status 2>/dev/null; then break; fi
  sleep 0.1
done
equal "$(<status) $(jq -r '.status + " " + .driver' health.json)" "200 ok pymysql" "$uses: the API answers 200 through gunicorn, with its driver loaded: $(tail -n 1 api.log)"

port=$(free_port)
prepare websocket
sed -i "s|\"PYTHONUNBUFFERED=1\"|\"PYTHONUNBUFFERED=1\", \"PORT=$port\"|" websocket-bundle/config.json
start websocket websocket.log
cat >client.py <<'PY'
import asyncio, sys
from websockets.asyncio.client import connect

async def main():
    for attempt in range(100):
        try:
            async with connect(f"ws://127.0.0.1:{sys.argv[1]}") as connection:
                await connection.send("hello")
                return print("echo", await connection.recv())
        except OSError:
            await asyncio.sleep(0.1)

asyncio.run(main())
PY
cp client.py worker-bundle/rootfs/app/client.py
chmod 644 worker-bundle/rootfs/app/client.py
jq --arg port "$port" '.process.args = ["python3", "client.py", $port]' worker-bundle/config.json >config.json
cp config.json worker-bundle/config.json
out=$(run_image worker client 2>err.txt) || fail "the client fails: $(<websocket.log)"
equal "$out" "echo hello" "$uses: the WebSocket server echoes"
