#!/usr/bin/env bash
# Checks that need Debian or npm packages: caniemail, axe-core, SpamAssassin, newsboat, rss2email.
# Debian: chromium spamassassin newsboat rss2email nodejs npm. PYTHON names an interpreter with the development packages.
set -euo pipefail
cd "$(dirname "$0")/../.."
python=${PYTHON:-.venv/bin/python}
work=${STANDARDS_WORK:-$(mktemp -d)}
echo "working in $work"
"$python" -c "import playwright" 2> /dev/null || "$python" -m pip install -q playwright

"$python" -m tests.standards.make "$work"

mkdir -p "$work/npm"
cp tests/standards/caniemail.mjs "$work/npm/"
( cd "$work/npm" && { [ -f package.json ] || npm init -y > /dev/null; } && { [ -d node_modules/caniemail ] || npm install --silent caniemail axe-core; } && node caniemail.mjs "$work"/mails/*.html )

"$python" -m tests.standards.browser "$work" "$work/npm/node_modules/axe-core/axe.min.js"
"$python" -m tests.standards.life "$work/npm/node_modules/axe-core/axe.min.js"

for mail in "$work"/mails/*.eml; do
  spamassassin -L -t < "$mail" > "$work/spam.txt" 2> /dev/null || true
  score=$(sed -n 's/^Content analysis details: *(\(-\{0,1\}[0-9.]*\) points.*/\1/p' "$work/spam.txt" | head -1)
  rules=$(sed -n 's/^[ *]*-\{0,1\}[0-9.]* \([A-Z][A-Z0-9]*_[A-Z0-9_]*\) .*/\1/p' "$work/spam.txt" | paste -sd' ')
  echo "SpamAssassin $(basename "$mail"): ${score:?no score} (${rules:-no rule})"
  awk -v score="$score" 'BEGIN { exit !(score < 1.0) }' || { echo "expected under 1.0"; exit 1; }
done

"$python" -m http.server 8947 --bind 127.0.0.1 --directory "$work/site" > /dev/null 2>&1 &
server=$!
trap 'kill $server' EXIT
sleep 1
bash tests/standards/readers.sh http://127.0.0.1:8947 "$work/readers"
echo "standards: everything passed"
