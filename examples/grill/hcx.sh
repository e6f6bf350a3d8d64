#!/bin/sh
# A client of HCX Manager that logs in, asks for its session twice, and logs out. Run with: session-mock grill -- sh hcx.sh
# FAULT plants a mistake: believes, login-loop, same-token, crash or relogin-on-error.
url="$SESSION_MOCK_HCX_URL/api/admin/v1/sessions"
answer=$(mktemp)
token=

# Asks, with another try or two where the server has trouble: the status is in $status, the answer in $answer.
ask() {
  for attempt in 1 2 3; do
    status=$(curl -s -i -m 1 -o "$answer" -w '%{http_code}' -X "$@" "$url") || status=000
    case $status in 2* | 400 | 401 | 403) return ;; esac
    [ "$status" = 000 ] && [ "$FAULT" = crash ] && kill -SEGV $$
    [ "$FAULT" = relogin-on-error ] && [ "$1" = GET ] && login && set -- GET -H "x-hm-authorization: $token"
    wait=$(tr -d '\r' <"$answer" | sed -n 's/^[Rr]etry-[Aa]fter: //p')
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
  ask POST -H 'Content-Type: application/json' -d '{"username":"demo","password":"demo"}'
  [ "$status" = 200 ] || fail "the login, with $status"
  token=$(tr -d '\r' <"$answer" | sed -n 's/^x-hm-authorization: //p')
  [ -n "$token" ] || fail 'the login gave no token'
}

session() {
  tries=1
  [ "$FAULT" = login-loop ] && tries=20
  ask GET -H "x-hm-authorization: $token"
  while [ "$status" = 401 ] && [ $tries -gt 0 ]; do
    tries=$((tries - 1))
    [ "$FAULT" = same-token ] || login
    ask GET -H "x-hm-authorization: $token"
  done
  [ "$status" = 200 ] || fail "the session, with $status"
}

logout() {
  [ -n "$token" ] && ask DELETE -H "x-hm-authorization: $token"
  rm -f "$answer"
}

login
session
session
logout
exit 0
