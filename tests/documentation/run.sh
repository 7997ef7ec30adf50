#!/usr/bin/env bash
# Runs the commands of README.md and docs/*.md as they stand there, in a network of their own, against real brokers:
#
#   run.sh GATEWAY [FILE...]
#
# Exit code 77 (skipped) where no network namespace can be made, or mosquitto is not there.
set -euo pipefail
[ $# -ge 1 ] || { sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2; }
PATH=$PATH:/usr/sbin
skip() {
  echo "$1"
  exit 77
}
for program in mosquitto mosquitto_sub unshare; do command -v $program >/dev/null || skip "no $program here"; done
alone=(unshare --net)
"${alone[@]}" true 2>/dev/null || alone=(unshare --net --map-root-user)
"${alone[@]}" true 2>/dev/null || skip 'no network namespace can be made here'
unset "${!BLUETTI_@}"
exec "${alone[@]}" /usr/bin/python3 -B "$(dirname "$(realpath "$0")")/run_commands.py" "$@"
