#!/bin/bash
# Proves on small trees that check_layers.sh finds what it is there for.
set -euo pipefail
check="$(cd "$(dirname "$0")" && pwd)/check_layers.sh"
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
failed=0

# tree FILE LINE...: a tree with just this file, and these include lines in it.
tree() {
  rm -rf "${root:?}"/*
  mkdir -p "$root/$(dirname "$1")"
  printf '%s\n' "${@:2}" >"$root/$1"
}

expect() {
  local verdict=$1 why=$2 found=accepted
  "$check" "$root" 2>/dev/null || found=refused
  if [[ $found != "$verdict" ]]; then
    echo "$why: should be $verdict" >&2
    failed=1
  fi
}

tree src/volumes/mount.cc '#include "hpe3par/catalog/catalog.h"' '#include "local.h"' '#include <vector>'
expect accepted "a module that looks down"
tree src/wsapi/client.cc '#include "hpe3par/volumes/volumes.h"'
expect refused "a module that looks up"
tree include/hpe3par/base/error.h '#include "hpe3par/config/config.h"'
expect refused "base using anything"
tree src/host/mount.cc '#  include  "hpe3par/array/array.h"'
expect refused "two modules side by side, whatever the spaces"
tree sim/main.cc '#include "hpe3par/wsapi/client.h"'
expect refused "the simulator using the client"
tree sim/http/server.cc '#include "hpe3par/base/error.h"' '#include <httplib.h>'
expect accepted "the simulator using base"
tree include/hpe3par/wsapi/client.h '#include <curl/curl.h>'
expect refused "a third-party header in a public header"
tree include/hpe3par/wsapi/client.h '#include <nlohmann/json.hpp>'
expect refused "all of json in a public header"
tree include/hpe3par/wsapi/client.h '#include <nlohmann/json_fwd.hpp>'
expect accepted "forward declarations of json"
tree src/wsapi/client.cc '#include <curl/curl.h>'
expect accepted "a third-party header in a source file"
tree src/gizmo/gizmo.cc '#include "hpe3par/base/error.h"'
expect refused "a module that the table does not know"
tree src/hpe3pard/main.cc '#include "hpe3par/docker/server.h"' '#include "hpe3par/wsapi/client.h"'
expect accepted "a program that wires"
tree src/docker/server.cc '#include "../volumes/private.h"'
expect refused "a private header of another module"
exit "$failed"
