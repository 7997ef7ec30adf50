#!/usr/bin/env bash
# Every relative link in the Markdown files leads to a file.
set -euo pipefail
cd "$(dirname "$0")/../.."

status=0
while IFS=: read -r file target; do
  target=${target#](}
  target=${target%%[#)]*}
  if [[ -n $target && $target != *:* && ! -e $(dirname "$file")/$target ]]; then
    echo "$file: there is no $target" >&2
    status=1
  fi
done < <(find . \( -name build -o -name .git \) -prune -o -name '*.md' -exec grep -oH ']([^)]*)' {} +)
exit $status
