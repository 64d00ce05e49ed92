# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# Give the key NMS_KEY, whose passphrase is on standard input, to an ssh-agent for NMS_SECONDS: to that of SSH_AUTH_SOCK, or,
# where NMS_OWN_AGENT is "yes", to a new one. Prints the folder of a new one's socket; it ends by itself after that time,
# whatever becomes of the playbook.
set -eu
umask 077
folder=
askpass=$(mktemp "$PWD/askpass.XXXXXX")
clean_up() {
    status=$?
    rm -f "$askpass"
    if [ "$status" -ne 0 ] && [ -n "$folder" ]; then
        kill "$(cat "$folder/pid")"
        rm -rf "$folder"
    fi
}
trap clean_up EXIT
printf '#!/bin/sh\nexec head -n 1\n' >"$askpass"
chmod 700 "$askpass"
export SSH_ASKPASS="$askpass" SSH_ASKPASS_REQUIRE=force DISPLAY="${DISPLAY:-none}"

if [ "$NMS_OWN_AGENT" = yes ]; then
    folder=$(mktemp -d)
    export SSH_AUTH_SOCK="$folder/agent"
    nohup timeout "$NMS_SECONDS" ssh-agent -D -a "$SSH_AUTH_SOCK" </dev/null >/dev/null 2>&1 &
    echo $! >"$folder/pid"
    for _attempt in 1 2 3 4 5 6 7 8 9 10; do
        answer=0
        ssh-add -l </dev/null >/dev/null 2>&1 || answer=$?
        [ "$answer" -eq 2 ] || break # it answers, be it that it has no key
        sleep 0.2
    done
fi
ssh-add -q -t "$NMS_SECONDS" "$NMS_KEY"
echo "$folder"
