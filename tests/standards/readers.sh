#!/usr/bin/env bash
# Opens the feed once in newsboat and once in rss2email and prints what they show: readers.sh ADDRESS FOLDER
set -euo pipefail
address=$1 folder=$2
mkdir -p "$folder"
export HOME=$folder XDG_CONFIG_HOME=$folder/config XDG_DATA_HOME=$folder/data
mkdir -p "$XDG_CONFIG_HOME" "$XDG_DATA_HOME"

echo "$address/feed.atom" > "$folder/urls"
newsboat -u "$folder/urls" -c "$folder/cache.db" -x reload
echo "newsboat after one reload, and after a second one:"
newsboat -u "$folder/urls" -c "$folder/cache.db" -x print-unread
newsboat -u "$folder/urls" -c "$folder/cache.db" -x reload print-unread

r2e new reader@example.org > /dev/null
r2e add daily "$address/feed.atom"
cat > "$folder/take.sh" <<'TAKE'
#!/bin/sh
cat > "$(mktemp "$R2E_TAKEN/XXXXXX.eml")"
TAKE
chmod +x "$folder/take.sh"
mkdir -p "$folder/taken"
export R2E_TAKEN=$folder/taken
sed -i "s|^email-protocol = .*|email-protocol = sendmail|; s|^sendmail = .*|sendmail = $folder/take.sh|" "$XDG_CONFIG_HOME/rss2email.cfg"
r2e run 2> /dev/null
echo "rss2email wrote $(find "$R2E_TAKEN" -type f | wc -l) mails; run again, $(r2e run 2> /dev/null; find "$R2E_TAKEN" -type f | wc -l) in all"
grep -hm1 '^Subject:' "$R2E_TAKEN"/*.eml | head -5
