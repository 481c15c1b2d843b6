#!/usr/bin/env bash
# Proves by hand that the two commands of the README work on a bare Debian 12: nothing there but `python3` (no python3-venv, no
# pip, no certificates), once as root and once as an ordinary user. Needs root, debootstrap, a Debian mirror and a package index.
#
#     sudo bash tests/setup/minimal_root.sh FOLDER [demo|test]...
#
# FOLDER becomes the Debian (about 400 MB, and 2 GB while trying); an existing one is used again. Of this machine's pip settings
# only the certificate and the index go along, as environment, so that the trial reaches what this machine reaches.
set -euo pipefail

# Its mounts are its own and go with it.
[ "${SPORHUND_TRIAL:-}" = mounted ] || SPORHUND_TRIAL=mounted exec unshare --mount --propagation private bash "$0" "$@"

root=$(realpath -m "${1:?FOLDER is missing}")
shift
words=("${@:-demo}")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

if [ ! -x "$root/usr/bin/python3" ]; then
    debootstrap --variant=minbase bookworm "$root"
    chroot "$root" apt-get install -y --no-install-recommends python3
fi
for unwanted in ensurepip pip; do
    if chroot "$root" python3 -c "import $unwanted" 2>/dev/null; then
        echo "$root has $unwanted: not bare" >&2
        exit 1
    fi
done
cp /etc/resolv.conf "$root/etc/resolv.conf"

carry=(LC_ALL=C.UTF-8)
setting() { python3 -m pip config get "global.$1" 2>/dev/null || true; }
cert=${PIP_CERT:-$(setting cert)}
index=${PIP_INDEX_URL:-$(setting index-url)}
if [ -n "$cert" ]; then
    install -D -m 644 "$cert" "$root/opt/ca.pem"
    carry+=(PIP_CERT=/opt/ca.pem)
fi
[ -z "$index" ] || carry+=("PIP_INDEX_URL=$index")

mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/dev/shm"

chroot "$root" id officer >/dev/null 2>&1 || chroot "$root" useradd --create-home officer
for user in root officer; do
    home=$(chroot "$root" sh -c "echo ~$user")
    rm -rf "${root:?}$home/sporhund"
    mkdir -p "$root$home/sporhund"
    git -C "$here" ls-files -z --cached --others --exclude-standard |
        tar -C "$here" --null --no-recursion --files-from=- --ignore-failed-read -cf - | tar -C "$root$home/sporhund" -xf -
    chroot "$root" chown -R "$user:" "$home/sporhund"
    for word in "${words[@]}"; do
        echo "=== $user: python3 bootstrap.py $word"
        chroot "$root" su - "$user" -c "cd sporhund && env ${carry[*]@Q} python3 bootstrap.py $word"
        echo "=== $user: $word again"
        chroot "$root" su - "$user" -c "cd sporhund && env ${carry[*]@Q} python3 bootstrap.py $word" | tail -n 3
    done
done
echo "=== both users: ${words[*]} worked"
