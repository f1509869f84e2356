# A private Docker engine for shell scripts; to be sourced after common.sh by bash with `set -euo pipefail`.
#
#   engine_enter "$0" "$@"          first thing in the script: from here on it runs in namespaces of its own
#   engine_start                    sets DOCKER_HOST; the engine looks for plugins in /run/docker/plugins. If none can
#                                   run here it returns 1 and says why in engine_problem
#   engine_import_image NAME:TAG    a busybox image with files below /seed
#   engine_stop                     also done at exit
#
# The script becomes process 1 of a new PID namespace with a mount namespace of its own and an empty /run. However it
# ends, the kernel kills every process it left and drops every mount it made. tests/docker does the same in C++.

engine_directory=
engine_pid=
engine_cgroup=
# Why engine_start failed.
engine_problem=

# Runs the script again inside the namespaces, unless that has happened already.
engine_enter() {
  if [[ ${HPE3PAR_PRIVATE_NAMESPACE:-} == yes ]]; then
    unset HPE3PAR_PRIVATE_NAMESPACE
    mount -t tmpfs -o mode=755 tmpfs /run
    # Process 1 ignores every signal that it has no handler for.
    trap 'exit 130' INT
    trap 'exit 143' TERM
    trap engine_stop EXIT
    return 0
  fi
  require_root
  HPE3PAR_PRIVATE_NAMESPACE=yes exec unshare --mount --propagation private --pid --fork --kill-child --mount-proc \
    -- "$@"
}

# overlay2 needs a file system that can carry an upper layer; a tmpfs can, if the kernel has overlayfs at all.
engine_storage_driver() {
  local probe=$engine_directory/probe driver=vfs
  mkdir -p "$probe"/{lower,upper,work,merged}
  if mount -t overlay -o "lowerdir=$probe/lower,upperdir=$probe/upper,workdir=$probe/work" overlay "$probe/merged" \
    2>"$probe/error"; then
    umount "$probe/merged"
    driver=overlay2
  else
    note "overlayfs cannot be mounted here ($(tr '\n' ' ' <"$probe/error")): the engine uses vfs" >&2
  fi
  rm -rf "$probe"
  echo "$driver"
}

# dockerd wants cgroups. A container without any gets a cgroup2 of its own.
engine_cgroups() {
  if [[ -d /sys/fs/cgroup && -z $(ls -A /sys/fs/cgroup) ]]; then
    mount -t cgroup2 cgroup2 /sys/fs/cgroup 2>/dev/null ||
      { engine_problem="there are no cgroups here and cgroup2 cannot be mounted" && return 1; }
  fi
}

engine_start() {
  local dockerd
  dockerd=$(PATH=$PATH:/usr/sbin command -v dockerd) && command -v docker >/dev/null ||
    { engine_problem="dockerd and docker are not installed (Debian package docker.io)" && return 1; }
  engine_directory=$(mktemp -d -t hpe3par-engine.XXXXXX)
  engine_cgroup=$(basename "$engine_directory")
  # A tmpfs: fast, fit for overlay2 whatever lies below /tmp, and gone with the namespace.
  mount -t tmpfs -o mode=755 tmpfs "$engine_directory"
  engine_cgroups || return
  mkdir -p "$engine_directory/config"
  echo "{}" >"$engine_directory/daemon.json"
  export DOCKER_CONFIG=$engine_directory/config
  export DOCKER_HOST=unix://$engine_directory/docker.sock
  "$dockerd" --bridge=none --iptables=false --ip-forward=false --ip-masq=false \
    --data-root "$engine_directory/data" --exec-root "$engine_directory/exec" -p "$engine_directory/dockerd.pid" \
    --config-file "$engine_directory/daemon.json" --cgroup-parent "/$engine_cgroup" \
    --storage-driver "$(engine_storage_driver)" -H "$DOCKER_HOST" >"$engine_directory/dockerd.log" 2>&1 &
  engine_pid=$!
  engine_wait
}

engine_wait() {
  local attempt
  for attempt in $(seq 300); do
    if curl -sf --max-time 2 --unix-socket "${DOCKER_HOST#unix://}" http://docker/_ping >/dev/null 2>&1; then return 0; fi
    kill -0 "$engine_pid" 2>/dev/null || break
    sleep 0.1
  done
  local end
  end=$(tail -n 3 "$engine_directory/dockerd.log" | tr "\n" " ")
  if kill -0 "$engine_pid" 2>/dev/null; then
    engine_problem="dockerd does not answer after $((attempt / 10)) s: $end"
  else
    engine_problem="dockerd ended at once: ${end:-without a word}"
  fi
  return 1
}

engine_import_image() {
  local root=$engine_directory/image busybox
  busybox=$(command -v busybox) || die "busybox is not installed (Debian package busybox-static)"
  mkdir -p "$root"/{bin,etc,tmp,proc,sys,dev,seed/sub}
  cp "$busybox" "$root/bin/busybox"
  local applet
  for applet in $("$busybox" --list); do
    if [[ $applet != busybox ]]; then ln -s busybox "$root/bin/$applet"; fi
  done
  echo 'root:x:0:0:root:/:/bin/sh' >"$root/etc/passwd"
  echo 'from the image' >"$root/seed/hello"
  echo 'deeper' >"$root/seed/sub/deep"
  tar -C "$root" -c . | docker import - "$1" >/dev/null
  rm -rf "$root"
}

# Stops the engine by its process id and removes what it had. Containers end with it.
engine_stop() {
  trap - EXIT
  if [[ -n $engine_pid ]] && kill -0 "$engine_pid" 2>/dev/null; then
    # Containers first: the engine would give each of them ten seconds to stop.
    docker ps -q | xargs -r docker rm -f >/dev/null 2>&1 || true
    kill "$engine_pid"
    local attempt
    for attempt in $(seq 150); do
      kill -0 "$engine_pid" 2>/dev/null || break
      sleep 0.1
    done
    kill -9 "$engine_pid" 2>/dev/null || true
    wait "$engine_pid" 2>/dev/null || true
  fi
  engine_pid=
  if [[ -n $engine_directory ]]; then
    umount -R "$engine_directory" 2>/dev/null || true
    rmdir "$engine_directory" 2>/dev/null || true
    rmdir /sys/fs/cgroup/"$engine_cgroup" /sys/fs/cgroup/*/"$engine_cgroup" 2>/dev/null || true
  fi
  engine_directory=
}
