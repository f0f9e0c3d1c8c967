#!/bin/bash
# Other tools read the outputs of -o docker-archive: and oci-archive:; the same image gives the same bytes.
. "$(dirname "$0")/lib.sh"
need skopeo jq
have_project registry.example/team/app

expect 0 lapstrake -C "$project" build -o "docker-archive:$work/app.tar" -o "oci-archive:$work/app-oci.tar:v1"
digest=$(digest_of "$out")

expect 0 skopeo inspect --config "docker-archive:$work/app.tar"
equal "$(jq -c .config.Entrypoint <<<"$out")" '["/usr/local/bin/run"]' "skopeo reads the docker-archive"
docker_diff_ids=$(jq -c .rootfs.diff_ids <<<"$out")
expect 0 skopeo inspect "oci-archive:$work/app-oci.tar:v1"
equal "$(jq -r .Digest <<<"$out")" "$digest" "skopeo reads the oci-archive and finds the digest that build printed"
expect 0 skopeo inspect --config "oci-archive:$work/app-oci.tar:v1"
equal "$(jq -c .rootfs.diff_ids <<<"$out")" "$docker_diff_ids" "both hold the same layers"
expect 0 skopeo copy --quiet "docker-archive:$work/app.tar" "oci:$work/copied:v1"
expect 0 skopeo copy --quiet "oci-archive:$work/app-oci.tar:v1" "oci:$work/copied-oci:v1"
equal "$(skopeo inspect "oci:$work/copied-oci:v1" | jq -r .Digest)" "$digest" "skopeo copies it byte for byte"

if command -v buildah >/dev/null && [[ $(id -u) == 0 ]]; then
  store=(--storage-driver vfs --root "$work/storage" --runroot "$work/runroot")
  at_end() { buildah "${store[@]}" rm -a >/dev/null 2>&1; }
  run buildah "${store[@]}" from "oci-archive:$work/app-oci.tar"
  if [[ $code == 0 ]]; then
    mounted=$(buildah "${store[@]}" mount "$out")
    same_file "$mounted/var/www/index.html" "$project/public/index.html" "buildah from: a container of it has its files"
    equal "$(stat -c %u:%g "$mounted/var/www/index.html")" 33:33 "with their owners"
    buildah "${store[@]}" umount "$out" >/dev/null
  else
    part_not_run "buildah cannot start here: $(tail -n 1 err.txt)"
  fi
else
  part_not_run "buildah is not installed, or this is not root"
fi

cp app.tar first.tar
expect 0 lapstrake -C "$project" build -o "docker-archive:$work/app.tar"
equal "$(sha256sum <app.tar)" "$(sha256sum <first.tar)" "an archive of the same image has the same bytes"
