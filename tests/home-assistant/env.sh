# shellcheck shell=bash
# Parameters of the scripts here; each can be given in the environment.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
SOURCE=$(cd "$here/../.." && pwd)
: "${REAL_HA_DIR:=$SOURCE/build/home-assistant}"   # everything is made in here
: "${GATEWAY:=$SOURCE/build/dev/bluetti-gateway}"  # the program
: "${HA_VERSION:=}"                                # empty: the newest that the interpreter takes
: "${SUITE:=forky}"                                # Debian of the chroot whose Python runs Home Assistant
: "${PYTHON:=}"                                    # an interpreter to use instead of a chroot
: "${CLIENT_PYTHON:=python3}"                      # any Python >= 3.11, for the checks
: "${CLOUD_PORT:=21883}" "${LOCAL_PORT:=21884}" "${LAN_PORT:=21502}" "${HA_PORT:=28123}"
: "${SPEED:=1}"                                    # simulated seconds per second
root=$REAL_HA_DIR/root rig=$REAL_HA_DIR/rig
# Home Assistant runs in a chroot as root, else with PYTHON or the newest Python of this machine.
in_chroot() { [ -z "$PYTHON" ] && [ "$(id -u)" = 0 ]; }
if in_chroot; then
  HA_CONFIG=$root/srv/config ha_config=/srv/config ha_venv=/srv/ha ha_run=(chroot "$root")
else
  HA_CONFIG=$REAL_HA_DIR/config ha_config=$HA_CONFIG ha_venv=$REAL_HA_DIR/ha ha_run=()
fi
export REAL_HA_DIR SOURCE GATEWAY HA_VERSION HA_CONFIG CLOUD_PORT LOCAL_PORT LAN_PORT HA_PORT SPEED
export PY=$REAL_HA_DIR/client/bin/python PYTHONDONTWRITEBYTECODE=1
