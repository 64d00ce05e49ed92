# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Run in the CA's folder: starts an ssh-agent that holds the key NMS_CA_KEY, whose passphrase is on standard input, and
# prints the folder of its socket. It ends by itself after NMS_AGENT_SECONDS, whatever becomes of the playbook.
set -eu
umask 077
folder=$(mktemp -d)
askpass=$(mktemp "$PWD/askpass.XXXXXX")
trap 'rm -f "$askpass"' EXIT
printf '#!/bin/sh\nexec head -n 1\n' >"$askpass"
chmod 700 "$askpass"

nohup timeout "$NMS_AGENT_SECONDS" ssh-agent -D -a "$folder/agent" </dev/null >/dev/null 2>&1 &
echo $! >"$folder/pid"
export SSH_AUTH_SOCK="$folder/agent" SSH_ASKPASS="$askpass" SSH_ASKPASS_REQUIRE=force DISPLAY="${DISPLAY:-none}"

for _attempt in 1 2 3 4 5 6 7 8 9 10; do
    answer=0
    ssh-add -l >/dev/null 2>&1 || answer=$?
    [ "$answer" -eq 2 ] || break # it answers, be it that it has no key
    sleep 0.2
done
if ! ssh-add -q "$NMS_CA_KEY"; then
    kill "$(cat "$folder/pid")"
    rm -rf "$folder"
    exit 1
fi
echo "$folder"
