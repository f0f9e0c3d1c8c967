#!/bin/bash
# Copies Debian's static busybox to the given path: the machine's busybox if it is static, otherwise the one in the package
# busybox-static, which is downloaded and unpacked but not installed (it would replace the package busybox).
#
#   scripts/fetch-busybox.sh examples/hello/bin/busybox
set -euo pipefail
destination=${1:?where to put it}
mkdir -p "$(dirname "$destination")"
is_static() { [[ -x $1 ]] && ! ldd "$1" >/dev/null 2>&1; }

for busybox in /bin/busybox /usr/bin/busybox; do
  if is_static "$busybox"; then
    install -m 0755 "$busybox" "$destination"
    echo "$destination: $busybox of this machine"
    exit 0
  fi
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(cd "$folder" && apt-get download -q -o APT::Sandbox::User=root busybox-static >/dev/null)
dpkg-deb -x "$folder"/busybox-static_*.deb "$folder/root"
for busybox in "$folder"/root/bin/busybox "$folder"/root/usr/bin/busybox; do
  if is_static "$busybox"; then
    install -m 0755 "$busybox" "$destination"
    echo "$destination: of the package busybox-static"
    exit 0
  fi
done
echo "the package busybox-static has no static busybox" >&2
exit 1
