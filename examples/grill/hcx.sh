#!/bin/sh
# A client of HCX Manager: it logs in, gets its session twice, and logs out. Run with: session-mock grill -- sh hcx.sh
# FAULT selects a bug: believes, login-loop, same-token, crash or relogin-on-error.
url="$SESSION_MOCK_HCX_URL/api/admin/v1/sessions"
response=$(mktemp)
token=

# Sends a request, and retries after failures: the status is in $status, the response in the file $response.
send() {
  for attempt in 1 2 3; do
    status=$(curl -s -i -m 1 -o "$response" -w '%{http_code}' -X "$@" "$url") || status=000
    case $status in 2* | 400 | 401 | 403) return ;; esac
    [ "$status" = 000 ] && [ "$FAULT" = crash ] && kill -SEGV $$
    [ "$FAULT" = relogin-on-error ] && [ "$1" = GET ] && login && set -- GET -H "x-hm-authorization: $token"
    wait=$(tr -d '\r' <"$response" | sed -n 's/^[Rr]etry-[Aa]fter: //p')
    sleep "${wait:-0}"
  done
}

fail() {
  echo "failed: $1" >&2
  logout
  [ "$FAULT" = believes ] && exit 0
  exit 1
}

login() {
  send POST -H 'Content-Type: application/json' -d '{"username":"demo","password":"demo"}'
  [ "$status" = 200 ] || fail "the login, with $status"
  token=$(tr -d '\r' <"$response" | sed -n 's/^x-hm-authorization: //p')
  [ -n "$token" ] || fail 'the login returned no token'
}

session() {
  tries=1
  [ "$FAULT" = login-loop ] && tries=20
  send GET -H "x-hm-authorization: $token"
  while [ "$status" = 401 ] && [ $tries -gt 0 ]; do
    tries=$((tries - 1))
    [ "$FAULT" = same-token ] || login
    send GET -H "x-hm-authorization: $token"
  done
  [ "$status" = 200 ] || fail "the session, with $status"
}

logout() {
  [ -n "$token" ] && send DELETE -H "x-hm-authorization: $token"
  rm -f "$response"
}

login
session
session
logout
exit 0
