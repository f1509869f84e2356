# Runs the demo's story as a child and cleans up behind it, however it ends; to be sourced after common.sh.
#
# The story runs in a session of its own, so that Ctrl-C at the terminal reaches only the guard. The guard then asks the
# story to end, which stops its programs in the right order. What a story leaves that was killed is removed here: its
# namespaces take processes and mounts with them, but loop devices belong to the machine.

guarded_pid=

# True in the story, false in the guard.
guarded() { [[ -n ${HPE3PAR_DEMO_DIRECTORY:-} ]]; }

# run_guarded SCRIPT: runs the script again as the story; does not return.
run_guarded() {
  HPE3PAR_DEMO_DIRECTORY=$(mktemp -d /tmp/hpe3par-demo.XXXXXX)
  export HPE3PAR_DEMO_DIRECTORY HPE3PAR_DEMO_SECONDS=$((SECONDS - script_started))
  trap 'interrupted 129' HUP
  trap 'interrupted 130' INT
  trap 'interrupted 143' TERM
  setsid "$1" </dev/null &
  guarded_pid=$!
  local status=0
  wait "$guarded_pid" || status=$?
  remove_leftovers
  exit "$status"
}

interrupted() {
  trap '' HUP INT TERM
  note "interrupted: stopping what the demo started" || true
  end_story
  remove_leftovers
  exit "$1"
}

# Asks first process of the story's namespace (or what is to become it) to end; after half a minute it is killed.
end_story() {
  local attempt child
  for attempt in $(seq 300); do
    kill -0 "$guarded_pid" 2>/dev/null || return 0
    child=$(pgrep -P "$guarded_pid" | head -n 1 || true)
    # Repeated, because it may not have been ready to listen.
    if [[ $((attempt % 20)) -eq 1 ]]; then kill -TERM "${child:-$guarded_pid}" 2>/dev/null || true; fi
    sleep 0.1
  done
  kill -KILL "$guarded_pid" 2>/dev/null || true
  wait "$guarded_pid" 2>/dev/null || true
}

remove_leftovers() {
  release_loop_devices
  # One file system: never into a volume that is still mounted. The story leaves such a place to the guard.
  rm -rf --one-file-system "$HPE3PAR_DEMO_DIRECTORY" 2>/dev/null || true
}

# demo_loop_devices: loop devices on files of this demo, one per line. The directory's last part is enough to know them,
# and all that the kernel shows once their mount namespace is gone.
demo_loop_devices() {
  losetup --list --noheadings --output NAME,BACK-FILE |
    awk -v name="/$(basename "$HPE3PAR_DEMO_DIRECTORY")/" 'index($2, name) { print $1 }'
}

release_loop_devices() {
  local device
  for device in $(demo_loop_devices); do losetup --detach "$device" || true; done
}
