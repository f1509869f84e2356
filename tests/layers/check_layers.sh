#!/bin/bash
# Reads the includes of include/, src/ and sim/ and fails on one that the table below does not allow.
# Usage: check_layers.sh [ROOT]
set -euo pipefail
cd "${1:-$(dirname "$0")/../..}"

# What a module may use. Programs (src/hpe3pard, src/hpe3parctl) wire everything and may use anything.
declare -A allowed=(
  [base]=""
  [manual]=""
  [config]="base"
  [wsapi]="base"
  [journal]="base"
  [host]="base"
  [sim]="base manual"
  [array]="wsapi base"
  [catalog]="array journal config base"
  [replication]="array config base"
  [volumes]="replication catalog host journal array config base"
  [docker]="volumes config base"
  [admin]="volumes config base"
)
programs=" hpe3pard hpe3parctl "
third_party='httplib\.h|curl/|sqlite3\.h|libmount|blkid/|nlohmann/json\.hpp|spdlog/|CLI/|openssl/'

failed=0
complain() {
  echo "$*" >&2
  failed=1
}

# The table itself must have no cycle: taking away what needs nothing has to empty it.
check_table() {
  local -A left=()
  local module need removed=1
  for module in "${!allowed[@]}"; do left[$module]=1; done
  while [[ $removed -eq 1 ]]; do
    removed=0
    for module in "${!left[@]}"; do
      for need in ${allowed[$module]}; do
        if [[ -n ${left[$need]:-} ]]; then continue 2; fi
      done
      unset "left[$module]"
      removed=1
    done
  done
  if [[ ${#left[@]} -ne 0 ]]; then complain "the table of modules has a cycle: ${!left[*]}"; fi
}

# module_of FILE: include/hpe3par/<module>/…, src/<module>/…, sim/…
module_of() {
  local rest=${1#include/hpe3par/}
  rest=${rest#src/}
  echo "${rest%%/*}"
}

check_use() {
  local place=$1 module=$2 used=$3
  if [[ $used == "$module" || $programs == *" $module "* ]]; then return 0; fi
  if [[ ! -v allowed[$module] ]]; then
    complain "$place: module $module is not in the table of tests/layers/check_layers.sh"
  elif [[ " ${allowed[$module]} " != *" $used "* ]]; then
    complain "$place: $module must not use $used"
  fi
}

check_includes() {
  local file number line
  while IFS=: read -r file number line; do
    local target=${line#*[\"<]}
    target=${target%%[\">]*}
    case $target in
      hpe3par/*/*)
        target=${target#hpe3par/}
        check_use "$file:$number" "$(module_of "$file")" "${target%%/*}"
        ;;
      *../*) complain "$file:$number: include by a path from the root of include/, not through .." ;;
    esac
    if [[ $file == include/* && $line =~ [\<\"]($third_party) ]]; then
      complain "$file:$number: third-party header in a public header: $line"
    fi
  done < <(grep -rnE '^[[:space:]]*#[[:space:]]*include' --include='*.h' --include='*.cc' include src sim 2>/dev/null)
}

check_table
check_includes
exit "$failed"
