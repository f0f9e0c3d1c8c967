#!/bin/bash
# examples/php-nginx, from the Debian archive of the host: lock, build, push and register in the sandbox; a second machine builds the same
# digests from the vendor folder; then nginx and PHP-FPM run as the two containers of the task and serve a page.
. "$(dirname "$0")/lib.sh"
[[ ${LAPSTRAKE_LONG_TESTS:-} == 1 ]] || not_run "needs LAPSTRAKE_LONG_TESTS=1"
need python3 jq curl umoci
[[ $(id -u) == 0 ]] || not_run "needs root, to run the images"
bash "$SOURCE/scripts/apt-sources.sh" >/dev/null 2>&1 || not_run "apt has no sources here"
cp -R "$SOURCE/examples/php-nginx" project

# --- the first machine
expect 0 lapstrake -C project lock
equal "$(jq '.installs | length' project/lapstrake.lock)" 8 "the lock has the base set and the packages of two images, for two platforms"
free_of 'https?://' project/lapstrake.lock "no address of the archive is in the lock"
jq -r '.installs[].files[].note' project/lapstrake.lock | sort | uniq -c
expect 0 lapstrake -C project check
equal "$out" "" "check finds no mistake"
expect 0 lapstrake -C project build
images=$(sort <<<"$out")
equal "$(wc -l <<<"$images")" 2 "two images are built"
expect 0 lapstrake -C project vendor
cat >inside.sh <<'INSIDE'
set -euo pipefail
lapstrake -C project push >push.out
for environment in development staging production; do
  lapstrake -C project -e "$environment" register >"register-$environment.out"
done
INSIDE
expect 0 lapstrake sandbox -- bash "$work/inside.sh"
equal "$(grep -oE 'sha256:[0-9a-f]{64}' push.out | sort)" "$(grep -oE 'sha256:[0-9a-f]{64}' <<<"$images" | sort)" "push prints the digests that build printed"
equal "$(sed 's|.*task-definition/||' register-development.out register-staging.out register-production.out | xargs)" "my-web-app:1 my-web-app:2 my-web-app:3" "each environment registers its size"

# --- a second machine: another folder, store, home and user settings, no network
mkdir -p second/home
cp -R project second/project
without=()
if unshare -rn true 2>/dev/null; then without=(unshare -rn); else part_not_run "unshare -n is not permitted here"; fi
expect 0 "${without[@]}" env HOME="$work/second/home" TZ=Asia/Tokyo LC_ALL=C bash -c "umask 077; lapstrake --store '$work/second/store' -C second/project --offline --locked build"
equal "$(sort <<<"$out")" "$images" "a second machine builds the same digests from the vendor folder, without a network"

# --- the other platform: its programs are of its architecture
for platform in amd64 arm64; do
  for image in nginx php-fpm; do
    expect 0 lapstrake -C project --offline --platform "linux/$platform" build "$image" -o "oci:$work/images:$image-$platform"
  done
done
machine() { # ELF program: its e_machine
  od -An -t u2 -j 18 -N 2 "$1" | tr -d ' '
}
for image in nginx php-fpm; do
  for platform in amd64 arm64; do
    expect 0 umoci unpack --image "images:$image-$platform" "$image-$platform"
    expect 0 lapstrake inspect --json "oci:images:$image-$platform"
    jq -r '[.. | .layers? // empty][0][].digest' out.txt >"$image-$platform.layers"
  done
done
equal "$(head -n 1 nginx-amd64.layers)" "$(head -n 1 php-fpm-amd64.layers)" "both images share the layer of the base set"
equal "$(machine nginx-amd64/rootfs/usr/sbin/nginx) $(machine nginx-arm64/rootfs/usr/sbin/nginx)" "62 183" "nginx is a program of its platform"
equal "$(machine php-fpm-amd64/rootfs/usr/sbin/php-fpm8.2) $(machine php-fpm-arm64/rootfs/usr/sbin/php-fpm8.2)" "62 183" "and so is PHP-FPM"

if qemu=$(command -v qemu-aarch64-static || command -v qemu-aarch64); then
  matches "$("$qemu" -L nginx-arm64/rootfs nginx-arm64/rootfs/usr/sbin/nginx -v 2>&1)" '^nginx version: nginx/1' "emulated, nginx for arm64 starts"
  matches "$("$qemu" -L php-fpm-arm64/rootfs php-fpm-arm64/rootfs/usr/sbin/php-fpm8.2 -v 2>&1)" '^PHP 8\.2' "and so does PHP-FPM"
else
  part_not_run "the programs for arm64 are not started: qemu-user is not installed"
fi

# --- the task: two containers that share a network
[[ $(uname -m) == x86_64 ]] || { part_not_run "only images for amd64 are run"; exit 0; }
export PATH=$PATH:/usr/sbin:/sbin
runc=(runc --root "$work/runc")
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
web=$(free_port) fpm=$(free_port)
sed -i "s/listen 80;/listen 127.0.0.1:$web;/; s/127.0.0.1:9000/127.0.0.1:$fpm/" nginx-amd64/rootfs/etc/nginx/conf.d/default.conf
sed -i "s/127.0.0.1:9000/127.0.0.1:$fpm/" php-fpm-amd64/rootfs/etc/php/8.2/fpm/pool.d/zz-container.conf
# Capabilities that containers have in Fargate, as far as these programs use them.
capabilities='["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_KILL", "CAP_NET_BIND_SERVICE", "CAP_SETGID", "CAP_SETUID"]'
for image in nginx php-fpm; do
  jq --argjson capabilities "$capabilities" '.process.terminal = false | .linux.namespaces |= map(select(.type != "network")) | del(.linux.resources)
    | .process.capabilities = {bounding: $capabilities, effective: $capabilities, permitted: $capabilities}' "$image-amd64/config.json" >config.json
  cp config.json "$image-amd64/config.json"
done
run_image() { # image [argument...]: in the foreground, with other arguments if given
  local bundle=$1-amd64 program=() environment=() user
  if [[ $# -gt 1 ]]; then
    printf '%s\n' "${@:2}" | jq -R . | jq -s . >arguments.json
    mkdir -p "$bundle-other"
    jq --slurpfile arguments arguments.json --arg root "$work/$bundle/rootfs" '.process.args = $arguments[0] | .root.path = $root' \
      "$bundle/config.json" >"$bundle-other/config.json"
    bundle=$bundle-other
  fi
  if [[ $uses == runc ]]; then "${runc[@]}" run --bundle "$bundle" "lapstrake-$1-${#@}-$$"; return; fi
  readarray -t program < <(jq -r '.process.args[]' "$bundle/config.json")
  readarray -t environment < <(jq -r '.process.env[]' "$bundle/config.json")
  user=$(jq -r '"\(.process.user.uid):\(.process.user.gid)"' "$bundle/config.json")
  exec env -i "${environment[@]}" /usr/sbin/chroot --userspec="$user" "$1-amd64/rootfs" "${program[@]}"
}
running=()
at_end() {
  for container in "${running[@]}"; do "${runc[@]}" delete --force "$container" >/dev/null 2>&1; done
  umount "$work"/*-amd64*/rootfs/proc 2>/dev/null
}
uses=runc
if ! command -v runc >/dev/null || ! run_image php-fpm /usr/sbin/php-fpm8.2 -v >probe.log 2>&1; then
  part_not_run "runc cannot start a container here ($(tail -n 1 probe.log 2>/dev/null)): the programs run under chroot"
  uses=chroot
  for image in nginx php-fpm; do
    mount -t proc proc "$image-amd64/rootfs/proc" || not_run "proc cannot be mounted"
    for name in null stdout stderr; do
      [[ -e $image-amd64/rootfs/dev/$name ]] || cp -a "/dev/$name" "$image-amd64/rootfs/dev/$name"
    done
  done
fi
(run_image php-fpm /usr/sbin/php-fpm8.2 -m) >modules 2>modules.err || fail "PHP-FPM does not start: $(<modules.err)"
for module in exif gd mbstring PDO pdo_mysql xml "Zend OPcache" zip; do
  grep -qx "$module" modules || fail "PHP has no $module: $(xargs <modules)"
done
ok "$uses: PHP has the extensions of the Dockerfile"

start() { # image
  (run_image "$1") >"$1.log" 2>&1 </dev/null &
  started+=($!)
  running+=("lapstrake-$1-1-$$")
}
touch php-fpm.log
chown 33:33 php-fpm.log # as a container engine gives the log to the user of the container
start php-fpm
start nginx
page() { # path: stores the body in page.out, prints the status
  curl -s -o page.out -w '%{http_code}' "http://127.0.0.1:$web$1"
}
for _ in $(seq 100); do
  if [[ $(page / 2>/dev/null) == 200 ]]; then break; fi
  sleep 0.1
done
[[ $(page /) == 200 ]] || fail "no page:"$'\n'"$(tail -n 5 nginx.log php-fpm.log)"
ok "$uses: nginx serves the page of PHP"
matches "$(<page.out)" 'Hello from PHP 8\.2\.[0-9]+ in production' "PHP has the environment of the image, and Composer's autoloader works"
equal "$(page /database.php) $(jq -c .drivers page.out)" '503 ["mysql"]' "PDO has its MySQL driver, and tries to connect"
grep -q 'SQLSTATE\[HY000\] \[2002\]' php-fpm.log || fail "the log of PHP-FPM lacks the reason: $(<php-fpm.log)"
ok "the reason is in the log of the container"
equal "$(page /style.css) $(page /nothing.css) $(page /.htaccess)" "200 404 403" "nginx serves the other files itself"
grep -q '"GET /style.css HTTP/1.1" 200' nginx.log || fail "the log of nginx: $(<nginx.log)"
ok "the access log of nginx is in the log of the container"
