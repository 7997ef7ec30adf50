# shellcheck shell=bash
# For the tests that run in Node.js; sourced. Installs what the lock file in this folder names, if that has changed:
#
#   install_npm WHAT     exit code 77 (skipped) where npm's registry cannot be reached, unless continuous integration runs
install_npm() {
  cmp -s package-lock.json node_modules/.installed && return
  # Node.js knows only its own authorities; a network's own is among the system's.
  export NODE_EXTRA_CA_CERTS=${NODE_EXTRA_CA_CERTS-/etc/ssl/certs/ca-certificates.crt}
  if ! npm ci --omit=dev --ignore-scripts --no-audit --no-fund --prefer-offline >npm.log 2>&1; then
    cat npm.log >&2
    echo "Could not install $1: see above. This test needs npm's registry once." >&2
    local unreachable='ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|ETIMEDOUT|_CERT|CERTIFICATE'
    if [ "${CI-}" != true ] && grep -qE "npm ERR! code .*($unreachable)" npm.log; then exit 77; fi
    exit 1
  fi
  cp package-lock.json node_modules/.installed
}
