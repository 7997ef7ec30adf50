#!/usr/bin/env bash
# The certificates of scripts/certificates are what their names say.
set -euo pipefail
scripts=$(dirname "$(realpath "$0")")/../../scripts
command -v openssl >/dev/null || { echo 'no openssl here'; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$scripts/certificates" "$folder" --password 'two words'
cd "$folder"

fail() {
  echo "$1" >&2
  exit 1
}
certificate_in() { openssl pkcs12 "${@:2}" -in "$1" -passin 'pass:two words' -nokeys -clcerts 2>/dev/null; }
verdict() { openssl verify -CAfile ca.pem "$@" 2>&1 || true; }

for host in localhost 127.0.0.1 ::1; do
  [[ $host == localhost ]] && kind=verify_hostname || kind=verify_ip
  [[ $(verdict -purpose sslserver "-$kind" "$host" server.pem) == *": OK" ]] || fail "server.pem is not good for $host"
done
[[ $(verdict -purpose sslclient client.pem) == *": OK" ]] || fail 'client.pem is not a client of ca.pem'
[[ $(certificate_in client.pfx | verdict) == *": OK" ]] || fail 'client.pfx is not a client of ca.pem'
[[ $(certificate_in expired.pfx | verdict) == *"certificate has expired"* ]] || fail 'expired.pfx has not expired'
[[ $(certificate_in stranger.pfx | verdict) == *"unable to get local issuer"* ]] || fail 'stranger.pfx is known to ca.pem'
[[ -z $(certificate_in legacy.pfx) ]] || fail 'legacy.pfx opens without the legacy algorithms'
[[ $(certificate_in legacy.pfx -legacy | verdict) == *": OK" ]] || fail 'legacy.pfx is not a client of ca.pem'
[[ $(verdict impostor.pem) == *"unable to get local issuer"* ]] || fail 'impostor.pem is known to ca.pem'
[[ $(openssl verify -CAfile other.pem impostor.pem) == *": OK" ]] || fail 'impostor.pem is not of other.pem'
[[ $(openssl verify -CAfile lone.pem lone.pem) == *": OK" ]] || fail 'lone.pem is not signed by itself'
[[ $(verdict -verify_hostname localhost elsewhere.pem) == *"ostname mismatch"* ]] || fail 'elsewhere.pem is for localhost'
[[ $(verdict outdated.pem) == *"certificate has expired"* ]] || fail 'outdated.pem has not expired'
[[ $(verdict -auth_level 1 weak.pem weak-client.pem) == *"weak.pem: OK"*"weak-client.pem: OK" ]] || fail 'too weak'
[[ $(verdict -auth_level 2 weak.pem) == *"key too weak"* ]] || fail 'weak.pem is not weak'
[[ $(verdict -auth_level 2 weak-client.pem) == *"key too weak"* ]] || fail 'weak-client.pem is not weak'
[[ -z $(find . -type f -perm /077) ]] || fail 'others can read the keys'
[[ $(verdict -purpose sslserver client-only.pem) == *"unsuitable certificate purpose"* ]] || fail 'client-only.pem is a server'
[[ $(verdict -untrusted issued-by-server.pem issued-by-server.pem) == *"invalid CA"* ]] || fail 'server.pem is an authority'
[[ $(verdict -verify_hostname localhost similar.pem) == *"hostname mismatch"* ]] || fail 'similar.pem is for localhost'
