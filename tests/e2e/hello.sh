#!/bin/bash
# examples/hello is valid by the image-spec, unpacks to the tree that its spec describes, and runs in runc.
. "$(dirname "$0")/lib.sh"
need python3 umoci jq
have_hello

expect 0 lapstrake -C "$hello" build -o "oci:$work/out:v1"
matches "$out" '^hello sha256:[0-9a-f]{64}$' "build prints one line: the image's name and digest"
digest=$(digest_of "$out")
equal "$(jq -r '.manifests[] | select(.annotations["org.opencontainers.image.ref.name"] == "v1") | .digest' out/index.json)" "$digest" \
  "the layout's tag v1 is that digest"

if python3 -c 'import jsonschema' 2>/dev/null; then
  expect 0 python3 "$SOURCE/tests/support/validate_layout.py" "$SOURCE/testdata/oci/schema" out v1
  ok "image-spec: $out"
else
  part_not_run "python3-jsonschema is not installed: the layout was not held to image-spec's schemas"
fi
if command -v skopeo >/dev/null; then
  expect 0 skopeo inspect --config "oci:$work/out:v1"
  equal "$(jq -r '.config.Entrypoint[1], .config.User, .architecture' <<<"$out" | paste -sd' ')" "httpd web amd64" "skopeo reads its config"
else
  part_not_run "skopeo is not installed"
fi

unpack=(umoci unpack --image "$work/out:v1" "$work/bundle")
[[ $(id -u) == 0 ]] || unpack=(umoci unpack --rootless --image "$work/out:v1" "$work/bundle")
expect 0 "${unpack[@]}"
(cd bundle/rootfs && find . -mindepth 1 -printf '%y %m %U:%G %P%l\n' | sort -k4) >tree
cat >wanted <<'TREE'
d 755 0:0 bin
f 755 0:0 bin/busybox
d 755 0:0 etc
f 644 0:0 etc/group
f 644 0:0 etc/passwd
d 755 0:0 www
f 644 0:0 www/index.html
f 644 0:0 www/style.css
TREE
if [[ $(id -u) != 0 ]]; then sed -i -E "s/ [0-9]+:[0-9]+ / 0:0 /" tree; fi
same_file tree wanted "umoci unpacks the tree that the spec describes, owners and modes too"
same_file bundle/rootfs/www/index.html "$hello/public/index.html" "its files have their bytes"
same_file bundle/rootfs/bin/busybox "$hello/bin/busybox" "busybox too"
equal "$(cat bundle/rootfs/etc/passwd)" "web:x:1000:1000::/www:/usr/sbin/nologin" "its /etc/passwd is the spec's users"

# Does runc run anything here? If its own smallest container does not, neither can ours.
command -v runc >/dev/null || PATH=$PATH:/usr/sbin
command -v runc >/dev/null || { part_not_run "runc is not installed: no page was fetched from the image"; exit 0; }
runc_root=(--root "$work/runc")
name=lapstrake-hello-$$
at_end() { runc "${runc_root[@]}" delete -f "$name" >/dev/null 2>&1; }
jq '.process.terminal = false | .process.args = ["/bin/busybox", "true"]' bundle/config.json >config.probe
cp bundle/config.json config.json && cp config.probe bundle/config.json
if ! runc "${runc_root[@]}" run --bundle bundle "$name-probe" >probe.log 2>&1; then
  part_not_run "runc cannot start a container here ($(tail -n 1 probe.log)): no page was fetched from the image"
  exit 0
fi
jq '.process.terminal = false' config.json >bundle/config.json
runc "${runc_root[@]}" run --bundle bundle "$name" >run.log 2>&1 </dev/null &
started+=($!)
fetched=""
for _ in $(seq 100); do
  # Inside its network, so that no port of this machine is needed.
  fetched=$(runc "${runc_root[@]}" exec "$name" /bin/busybox wget -qO- http://127.0.0.1:8080/ 2>fetch.log) && [[ -n $fetched ]] && break
  sleep 0.1
done
[[ -n $fetched ]] || fail "no page came from the running image"$'\n'"$(cat run.log fetch.log)"
equal "$fetched" "$(cat "$hello/public/index.html")" "runc runs the image and a page comes from it"
equal "$(runc "${runc_root[@]}" exec "$name" /bin/busybox id -u)" 1000 "as the spec's user"
runc "${runc_root[@]}" kill "$name" KILL
