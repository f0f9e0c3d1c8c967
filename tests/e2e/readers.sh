#!/bin/bash
# All readers of tars unpack layers of each codec and level to the same tree, which contains entries that readers often get wrong, and as the
# spec says.
. "$(dirname "$0")/lib.sh"
need python3 jq tar
listing() { python3 "$SOURCE/tests/support/listing.py" "$@"; }

mkdir "$work/project"
while IFS= read -r line; do part_not_run "the tree lacks what this file system refuses: $line"; done \
  < <(python3 "$SOURCE/tests/support/nasty_tree.py" "$work/project/tree")
variants=(gzip gzip-1 gzip-6 gzip-12 zstd zstd-1 zstd-3 zstd-19 none)
{
  echo "images:"
  for variant in "${variants[@]}"; do
    level=${variant#"${variant%%-*}"}
    echo "  $variant: { compression: { type: ${variant%%-*}${level:+, level: ${level#-}} }, layers: [ { name: all, copy: [ { from: tree/, to: /, owner: '1234:70000', mode: keep, xattrs: keep } ] } ] }"
  done
} >"$work/project/lapstrake.yaml"
listing source "$work/project/tree" 1234:70000 >wanted
[[ $(wc -l <wanted) -gt 80 ]] || fail "the tree has only $(wc -l <wanted) entries"

# sees WHAT LISTING [listing.py's options]: the listing is the one wanted.
sees() {
  local what=$1 got=$2
  shift 2
  [[ $# == 0 ]] || listing source "$work/project/tree" 1234:70000 "$@" >wanted-less
  if ! diff "wanted${1:+-less}" "$got" >differs; then fail "$what: the spec says <, it sees >"$'\n'"$(cut -c1-300 differs | head -n 20)"; fi
  ok "$what: all $(wc -l <"$got") entries${*:+ ($*)}"
}
# decodes WHAT DIGEST CMD...: what the command writes has the digest.
decodes() {
  local what=$1 digest=$2 got
  shift 2
  got=$("$@" 2>err.txt | sha256sum) || fail "$what fails"
  [[ ${got%% *} == "$digest" ]] || fail "$what: reads ${got%% *} instead of $digest"
}
have() { # tool...
  local tool
  for tool; do
    command -v "$tool" >/dev/null || { part_not_run "$tool is not installed"; return 1; }
  done
}
tools=()
for tool in gzip pigz igzip zstd skopeo umoci buildah bsdtar; do
  if have "$tool"; then tools+=("$tool"); fi
done
has() { [[ " ${tools[*]} " == *" $1 "* ]]; }

# One tar, whatever compresses it: every decompressor must find it again.
for variant in "${variants[@]}"; do
  rm -rf "$LAPSTRAKE_STORE"
  expect 0 lapstrake -C "$work/project" --no-cache build "$variant" -o "oci:$work/$variant.oci:v1" -o "oci-archive:$work/$variant.tar:v1"
  blobs=$work/$variant.oci/blobs/sha256
  manifest=$(jq -r '.manifests[0].digest[7:]' "$variant.oci/index.json")
  layer=$blobs/$(jq -r '.layers[0].digest[7:]' "$blobs/$manifest")
  now=$(jq -r '.rootfs.diff_ids[0][7:]' "$blobs/$(jq -r '.config.digest[7:]' "$blobs/$manifest")")
  diff_id=${diff_id:-$now}
  [[ $now == "$diff_id" ]] || fail "$variant: the diff_id is $now, and $diff_id for ${variants[0]}"
  ln -s "$layer" "$variant.layer"
  read_by=()
  if [[ $variant == gzip* ]]; then
    [[ $(python3 "$SOURCE/tests/support/one_member.py" "$layer") == "$diff_id" ]] || fail "$variant: python's zlib and gzip read something else"
    read_by+=(zlib python-gzip)
    for tool in gzip pigz igzip; do
      has "$tool" || continue
      ln -sf "$layer" layer.tar.gz
      # These look at the name, and refuse links: by stdin there is neither.
      "$tool" -t <layer.tar.gz 2>err.txt || fail "$variant: $tool -t fails"
      decodes "$variant: $tool -dc" "$diff_id" "$tool" -dc <layer.tar.gz
      read_by+=("$tool")
    done
  elif [[ $variant == zstd* ]] && has zstd; then
    zstd -qt <"$layer" 2>err.txt || fail "$variant: zstd -t fails"
    decodes "$variant: zstd -dc" "$diff_id" zstd -dc <"$layer"
    read_by+=(zstd)
  fi
  if has skopeo; then
    rm -rf skopeo-dir
    # Where it is too old to decompress a copy, it still checks what it copies.
    option=--dest-decompress
    skopeo copy --help | grep -q -- --dest-decompress || option=-q
    expect 0 skopeo copy "$option" "oci:$work/$variant.oci:v1" "dir:$work/skopeo-dir"
    [[ $option == -q || $(sha256sum <"skopeo-dir/$diff_id") == "$diff_id "* ]] || fail "$variant: skopeo decompresses something else"
    read_by+=("skopeo $option")
  fi
  ok "$variant: read by $(printf '%s, ' "${read_by[@]}" | sed 's/, $//')"
done

# The readers of tars, on what each codec makes. Those of the machine run in a UTF-8 locale, as their users have it.
export LC_ALL=C.UTF-8
as_root=()
if [[ $(id -u) != 0 ]]; then
  part_not_run "not root: unpacked files have this user's owners, and umoci is left away"
  as_root=(--no-owners)
fi
unpacked() { # what options...: lists $work/unpacked and removes it
  local what=$1
  shift
  listing folder "$work/unpacked" "${as_root[@]}" "$@" >got
  sees "$what" got "${as_root[@]}" "$@"
  chmod -R u+rwx "$work/unpacked"
  rm -rf "$work/unpacked"
}
listing tar none.layer >got
sees "python's tarfile, none" got
listing tar gzip.layer >got
sees "python's tarfile, gzip" got
declare -A by=([gzip]=--gzip [zstd]=--zstd [none]="")
for codec in gzip zstd none; do
  if [[ $codec != zstd ]] || has zstd; then
    mkdir unpacked
    expect 0 tar ${by[$codec]:+"${by[$codec]}"} --xattrs --xattrs-include='*' --numeric-owner --warning=no-unknown-keyword -xpf "$codec.layer" -C unpacked
    [[ ! -s err.txt ]] || fail "GNU tar, $codec: complains"
    unpacked "GNU tar, $codec"
  fi
  if has bsdtar; then
    mkdir unpacked
    expect 0 bsdtar -xpf "$codec.layer" -C unpacked
    [[ ! -s err.txt ]] || fail "bsdtar, $codec: complains"
    unpacked "bsdtar, $codec"
  fi
  # Without root it notes the owners in attributes of its own.
  if has umoci && [[ $(id -u) == 0 ]]; then
    run umoci unpack --image "$codec.oci:v1" bundle
    if [[ $codec == zstd && $code != 0 ]] && grep -q 'mediatype: application/vnd.oci.image.layer.v1.tar+zstd' err.txt out.txt; then
      part_not_run "this umoci knows no zstd"
    else
      [[ $code == 0 ]] || fail "umoci unpack, $codec: ends with $code"
      mv bundle/rootfs unpacked
      unpacked "umoci, $codec" --no-empty-xattrs
    fi
    rm -rf bundle
  fi
done
if has buildah && [[ $(id -u) == 0 ]]; then
  store=(--storage-driver vfs --root "$work/storage" --runroot "$work/runroot")
  at_end() { buildah "${store[@]}" rm -a >/dev/null 2>&1; }
  for codec in gzip zstd none; do
    run buildah "${store[@]}" from "oci-archive:$work/$codec.tar:v1"
    if [[ $code != 0 ]]; then
      part_not_run "buildah cannot start here: $(tail -n 1 err.txt)"
      break
    fi
    container=$out
    listing folder "$(buildah "${store[@]}" mount "$container")" --no-empty-xattrs >got
    sees "buildah from and mount, $codec" got --no-empty-xattrs
    buildah "${store[@]}" rm "$container" >/dev/null
  done
else
  part_not_run "buildah is not installed, or this is not root"
fi
