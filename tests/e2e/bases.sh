#!/bin/bash
# An image on a base from disk, in each supported form and compression, written by lapstrake and by skopeo.
. "$(dirname "$0")/lib.sh"
need skopeo jq

# The base: usr-merged as Debian is, with a user of its own, and longer than one buffer.
mkdir base app
head -c 700000 /dev/zero | tr '\0' x >base/filler
make_base() { # codec
  cat >base/lapstrake.yaml <<YAML
images:
  base:
    compression: $1
    users: [ { name: alice, uid: 1500 } ]
    layers:
      - name: root
        directories: [ { path: /usr/bin } ]
        symlinks: [ { path: /bin, target: usr/bin } ]
        copy: [ { from: filler, to: /usr/share/filler } ]
YAML
  expect 0 lapstrake -C base build -o "oci:$work/$1:v1" -o "oci-archive:$work/$1-oci.tar:v1" -o "docker-archive:$work/$1-docker.tar"
  expect 0 skopeo copy --quiet "oci:$work/$1:v1" "docker-archive:$work/$1-skopeo.tar:foo:v1"
  expect 0 skopeo copy --quiet "oci:$work/$1:v1" "oci-archive:$work/$1-skopeo-oci.tar:v1"
}

check_base() { # reference
  local out_dir=$work/out root=$work/root blobs=$work/out/blobs/sha256 manifest layer
  rm -rf "$out_dir" "$root" "$LAPSTRAKE_STORE"
  mkdir "$root"
  cat >app/lapstrake.yaml <<YAML
images:
  app:
    base: "$1"
    users: [ { name: bob, uid: 1600 } ]
    layers:
      - name: app
        files:
          - { path: /bin/run, text: "#!/bin/sh", mode: "0755", owner: bob }
          - { path: /srv/data, text: data, owner: alice }
YAML
  expect 0 lapstrake -C app build -o "oci:$out_dir:v1"
  expect 0 skopeo inspect "oci:$out_dir:v1"
  manifest=$blobs/$(jq -r '.Digest | ltrimstr("sha256:")' <<<"$out")
  expect 0 skopeo copy --quiet "oci:$out_dir:v1" "docker-archive:$work/read.tar:app:v1"
  rm read.tar
  : >entries.txt
  for layer in $(jq -r '.layers[].digest | ltrimstr("sha256:")' "$manifest"); do
    tar -xf "$blobs/$layer" -C "$root" --no-same-owner
    tar --numeric-owner -tvf "$blobs/$layer" >>entries.txt
  done
  [[ $(readlink "$root/bin") == usr/bin ]] || fail "$1: the base's link /bin is gone"
  free_of ' bin/run$' entries.txt "$1: nothing is written through the base's link"
  grep -qE ' 1600/1600 .* usr/bin/run$' entries.txt || fail "$1: /bin/run is not in usr/bin"$'\n'"$(<entries.txt)"
  grep -qE ' 1500/1500 .* srv/data$' entries.txt || fail "$1: the base's user is not found"$'\n'"$(<entries.txt)"
  equal "$(cut -d: -f1 "$root/etc/passwd" | xargs)" "alice bob" "$1: the image has the users of both"
  equal "$(stat -c %s "$root/usr/share/filler")" 700000 "$1: the base's files are whole"
}

for codec in gzip none; do
  make_base $codec
  check_base "oci:../$codec:v1"
  check_base "oci-archive:../$codec-oci.tar:v1"
  check_base "oci-archive:../$codec-skopeo-oci.tar:v1"
  check_base "docker-archive:../$codec-docker.tar"
  check_base "docker-archive:../$codec-skopeo.tar:foo:v1"
  check_base "docker-archive:../$codec-skopeo.tar"
done
