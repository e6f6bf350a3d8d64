#!/bin/sh
# Expires a session by the clock, and prints the reason from the journal. For a running session-mock: sh walk.sh http://127.0.0.1:4100
set -e
url=${1:-http://127.0.0.1:4100}
admin=$url/__admin

curl -sS --fail -X POST "$admin/reset"

token=$(curl -sS --fail -d 'login=demo&password=demo' "$url/session" | grep -oE '[0-9a-f]{32}')
curl -sS -w 'before: %{http_code}\n' -o /dev/null -H "Authorization: Bearer $token" "$url/session"

curl -sS --fail -X PUT -d '{"action":"advance","by":"25h"}' "$admin/clock"
curl -sS -w 'after: %{http_code}\n' -o /dev/null -H "Authorization: Bearer $token" "$url/session"

curl -sS --fail "$admin/requests?outcome=refused" | grep -oE '"words":"[^"]*"'
curl -sS --fail -d '{"requests":[{"operation":"login","count":1},{"reason":"expired","count":1}]}' "$admin/verify"
