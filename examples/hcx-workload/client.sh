#!/usr/bin/env bash
# A client of HCX on port 443: it logs in, prints the version of the appliance, and logs out.
#   HCX_PASSWORD=demo bash client.sh http://127.0.0.1:4100 demo
set -euo pipefail
server=${1:-http://127.0.0.1:4100}
user=${2:-demo}
headers=$(mktemp)
trap 'rm -f "$headers"' EXIT

# A text in JSON, without its quotes.
escaped() {
  local text=${1//\\/\\\\}
  printf '%s' "${text//\"/\\\"}"
}

body="{\"username\":\"$(escaped "$user")\",\"password\":\"$(escaped "${HCX_PASSWORD:-demo}")\"}"

# -k, as the certificate of an appliance is self-signed. The credentials are read from the standard input, as arguments are visible to other users.
login() {
  printf '%s' "$body" | curl -sk -D "$headers" -H 'Content-Type: application/json' --data-binary @- "$server/hybridity/api/sessions"
}

# An appliance that has just started has no certificates yet.
response=$(login)
for _ in 1 2 3 4 5 6; do
  [[ $response == *"'Trusted root certificates' value should not be empty"* ]] || break
  sleep "${HCX_PAUSE:-10}"
  response=$(login)
done

if ! [[ $(grep -i '^x-hm-authorization:' "$headers") =~ ([a-f0-9:]+)[^a-f0-9:]*$ ]]; then
  echo "the login was refused: $(head -n 1 "$headers") $response" >&2
  exit 1
fi
token=${BASH_REMATCH[1]}

about=$(curl -sk --fail -H 'Accept: application/json' -H "x-hm-authorization: $token" "$server/hybridity/api/about")
echo "HCX $(sed 's/.*"version":"\([^"]*\)".*/\1/' <<<"$about")"
curl -sk --fail -o "$headers" -X DELETE -H "x-hm-authorization: $token" "$server/hybridity/api/sessions"
