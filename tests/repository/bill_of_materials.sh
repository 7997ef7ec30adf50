#!/usr/bin/env bash
# scripts/sbom prints one JSON document that names every library the program loads, with a version.
#
#   bill_of_materials.sh PROGRAM
set -euo pipefail
command -v dpkg-query >/dev/null || { echo 'no dpkg-query here'; exit 77; }
scripts=$(dirname "$(realpath "$0")")/../../scripts
"$scripts/sbom" "$1" | python3 -c '
import json, sys
components = {part["name"]: part["version"] for part in json.load(sys.stdin)["components"]}
missing = [name for name in ("libssl3", "libpaho-mqtt1.3", "libspdlog1.10", "nlohmann-json3-dev", "libc6")
           if not any(part.startswith(name.rstrip("0123456789.")) for part in components)]
nameless = [name for name, version in components.items() if not version]
sys.exit(f"missing: {missing}, without a version: {nameless}" if missing or nameless else 0)
'
