#!/usr/bin/env bash
# Refuses hand-written sources of more than 400 lines; generated ones say so in their first lines.
set -euo pipefail
cd "$(dirname "$0")/.."

status=0
while IFS= read -r file; do
  lines=$(wc -l <"$file")
  if [ "$lines" -gt 400 ] && ! head -n 5 "$file" | grep -qiE 'generated|DO NOT EDIT'; then
    echo "$file has $lines lines; split it by meaning" >&2
    status=1
  fi
done < <(git ls-files 'Sources/*.swift' 'Tests/*.swift' 'Tools/*.py' 'Tools/*.sh')
exit $status
