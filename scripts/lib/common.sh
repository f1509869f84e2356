# Functions shared by the scripts of this directory; to be sourced by bash with `set -euo pipefail`.

export HOME="${HOME:-/root}"
export DEBIAN_FRONTEND=noninteractive
export LC_ALL=C.UTF-8

repository="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
script_started=$SECONDS

# What it takes to build and to test. libgtest-dev and libgmock-dev bring sources as well as libraries.
build_packages=(
  g++ cmake ninja-build ccache pkg-config git
  libcpp-httplib-dev libcurl4-openssl-dev nlohmann-json3-dev libspdlog-dev libfmt-dev libsqlite3-dev libcli11-dev
  libmount-dev libblkid-dev libssl-dev libgtest-dev libgmock-dev
)
# What the daemon and the engine need at run time.
run_packages=(
  e2fsprogs xfsprogs util-linux mount fdisk procps ca-certificates curl busybox-static docker.io
)
# groff-base: a test reads the man pages with it, which the programs write about themselves.
# docker-registry: for `docker plugin install`. dpkg-dev, file, lintian, mmdebstrap: for the Debian package and the clean
# root that it is installed in.
check_packages=(clang-format clang-tidy groff-base docker-registry dpkg-dev file lintian mmdebstrap)

# phase TEXT: a heading with the time since the script began.
phase() {
  printf '\n[%2d:%02d] == %s\n' $(((SECONDS - script_started) / 60)) $(((SECONDS - script_started) % 60)) "$*"
}

note() { printf '        %s\n' "$*"; }

die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

require_root() {
  [[ $(id -u) -eq 0 ]] || die "this needs root: it makes loop devices, mounts file systems and runs a Docker engine"
}

# run_quietly LOG COMMAND...: shows the output only if the command fails.
run_quietly() {
  local log=$1
  shift
  if "$@" >"$log" 2>&1; then return 0; fi
  local status=$?
  tail -n 80 "$log" >&2
  printf 'error: %s (exit status %d; all of the output is in %s)\n' "$*" "$status" "$log" >&2
  return "$status"
}

missing_packages() {
  local package
  for package in "$@"; do
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || echo "$package"
  done
}

# Keeps package scripts from starting services (docker.io would start a dockerd on this machine), unless the machine
# has a policy of its own. Prints what allow_services has to remove.
forbid_services() {
  local policy=/usr/sbin/policy-rc.d
  [[ -e $policy || -L $policy ]] && return 0
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  echo "$policy"
}

allow_services() {
  if [[ -n ${1:-} ]]; then rm -f "$1"; fi
}

# install_packages NAME...: installs what is missing. Without anything missing it touches neither network nor lists.
install_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  if [[ ${#missing[@]} -eq 0 ]]; then
    note "Debian packages: all $# are here"
    return 0
  fi
  require_root
  note "installing: ${missing[*]}"
  local log policy status=0
  log=$(mktemp /tmp/hpe3par-apt.XXXXXX)
  policy=$(forbid_services)
  # shellcheck disable=SC2064  # its value of now
  trap "allow_services '$policy'" EXIT  # if it is interrupted
  local options=(-y -q --no-install-recommends -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
  apt_in_turn "$log" "${options[@]}" "${missing[@]}" || status=$?
  allow_services "$policy"
  trap - EXIT
  if [[ $status -eq 0 ]]; then rm -f "$log"; fi
  return "$status"
}

# The package lists may be absent or too old, so a first failure is followed by an update (tried twice) and a second try.
apt_in_turn() {
  local log=$1
  shift
  if apt-get install "$@" >"$log" 2>&1; then return 0; fi
  note "the package lists are absent or too old: updating"
  apt-get update -q -o DPkg::Lock::Timeout=300 >"$log" 2>&1 ||
    { sleep 5 && run_quietly "$log" apt-get update -q -o DPkg::Lock::Timeout=300; } || return
  run_quietly "$log" apt-get install "$@"
}

# configure PRESET: into build/PRESET.
configure() {
  mkdir -p "$repository/build"
  (cd "$repository" && run_quietly "$repository/build/$1.configure.log" cmake --preset "$1")
}

# build PRESET [TARGET...]: configures and builds into build/PRESET; without targets, everything.
build() {
  local preset=$1 began=$SECONDS targets=()
  shift
  configure "$preset" || return
  if [[ $# -gt 0 ]]; then targets=(--target "$@"); fi
  # Ninja's progress is one line on a terminal; in a log it would be hundreds.
  if [[ -t 1 ]]; then
    cmake --build "$repository/build/$preset" "${targets[@]}" || return
  else
    run_quietly "$repository/build/$preset.build.log" cmake --build "$repository/build/$preset" "${targets[@]}" || return
  fi
  note "built $preset in $((SECONDS - began)) s"
}

# targets_matching PRESET REGEX: names of the targets of a configured build, one per line.
targets_matching() {
  ninja -C "$repository/build/$1" -t targets all | sed -nE "s/^($2): phony\$/\1/p" | sort -u
}
