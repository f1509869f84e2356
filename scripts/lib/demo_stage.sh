# The stage of the demo: the simulated array, the daemon, and the transcript; to be sourced after engine.sh.

demo_directory=${HPE3PAR_DEMO_DIRECTORY:-}
demo_bin=$repository/build/release/bin
demo_socket=/run/docker/plugins/hpe.sock
demo_admin=/run/hpe3pard/admin.sock
demo_control=
simulator_pid=
daemon_pid=
# What the last command of the transcript printed.
shown_output=

# ---- the transcript ----

# command_line WORD...: as one would type it.
command_line() {
  local word line=
  for word in "$@"; do
    if [[ ! $word =~ ^[A-Za-z0-9_./:=,@%+-]+$ ]]; then word="'$word'"; fi
    line+=" $word"
  done
  echo "${line# }"
}

# announce WORD...: the command before it runs.
announce() { printf '\n$ %s\n' "$(command_line "$@")"; }

# run_shown COMMAND...: shows the command, what it prints, and what it asked of the array. Returns its exit status.
run_shown() {
  local status=0
  announce "$@"
  shown_output=$("$@" 2>&1) || status=$?
  if [[ -n $shown_output ]]; then printf '%s\n' "$shown_output"; fi
  show_requests
  return "$status"
}

show() { run_shown "$@" || die "that should have succeeded (exit status $?)"; }

show_refused() {
  if run_shown "$@"; then die "that should have been refused"; fi
}

# expect TEXT: in what the last command printed.
expect() { [[ $shown_output == *"$1"* ]] || die "the output should contain: $1"; }

# ---- the array's own accounts ----

control() { curl -sf --max-time 5 "$@"; }

# show_requests: what the array was asked since the last time, from the control port of the simulator, sorted by route.
show_requests() {
  local stats sessions total count method route
  stats=$(control "http://$demo_control/stats")
  sessions=$(sed -E 's/.*"sessions_open":([0-9]+).*/\1/' <<<"$stats")
  { grep -oE '"count":[0-9]+,"method":"[A-Z]+","route":"[^"]+"' <<<"$stats" || true; } |
    sed -E 's|.*:([0-9]+),.*:"(.*)",.*:"(.*)"|\1 \2 \3|' |
    while read -r count method route; do
      printf '    array A  %-6s %s%s\n' "$method" "$route" "$([[ $count -eq 1 ]] || echo "  ($count times)")"
    done
  total=$(sed -E 's|.*"total":([0-9]+).*|\1|' <<<"$stats")
  printf '    %s request%s; sessions open: %s\n' "$total" "$([[ $total -eq 1 ]] || echo s)" "$sessions"
  control -X POST "http://$demo_control/stats/reset" >/dev/null
}

# ---- programs ----

# wait_until SECONDS COMMAND...
wait_until() {
  local attempts=$(($1 * 20))
  shift
  while ! "$@" >/dev/null 2>&1; do
    [[ $((--attempts)) -gt 0 ]] || return 1
    sleep 0.05
  done
}

# stop_process PID: asks, waits ten seconds, then kills.
stop_process() {
  if [[ -z $1 ]]; then return 0; fi
  kill "$1" 2>/dev/null || return 0
  local attempt
  for attempt in $(seq 100); do
    kill -0 "$1" 2>/dev/null || break
    sleep 0.1
  done
  if [[ $attempt -eq 100 ]]; then kill -9 "$1" 2>/dev/null || true; fi
  wait "$1" 2>/dev/null || true
}

# listening_at WHAT: host:port from the simulator's log; it takes whichever ports are free.
listening_at() { sed -nE "s/.*$1 .*host=([0-9.]+) port=([0-9]+).*/\1:\2/p" "$demo_directory/wsapi-sim.log"; }

start_simulator() {
  local command=(wsapi-sim --array A=127.0.0.1:0 --control 127.0.0.1:0 --user demo --password demo-secret
    --data-dir "$demo_directory/arrays")
  announce "${command[@]}"
  "${command[@]}" >"$demo_directory/wsapi-sim.out" 2>"$demo_directory/wsapi-sim.log" &
  simulator_pid=$!
  wait_until 20 grep -q ready "$demo_directory/wsapi-sim.out" || die "wsapi-sim did not start"
  demo_control=$(listening_at 'control port listens')
  note "array A answers WSAPI requests at $(listening_at 'array listens'), its control port is $demo_control"
}

write_configuration() {
  (
    umask 077
    cat >"$demo_directory/hpe.conf" <<END
[DEFAULT]
host_name = demo-host
hpedockerplugin_driver = loop
hpe3par_api_url = http://$(listening_at 'array listens')/api/v1
hpe3par_username = demo
hpe3par_password = demo-secret
hpe3par_cpg = cpg1
loop_dir = $demo_directory/arrays/A
END
  )
  announce cat "$demo_directory/hpe.conf"
  cat "$demo_directory/hpe.conf"
}

daemon_command() {
  echo hpe3pard --config "$demo_directory/hpe.conf" --socket "$demo_socket" --admin-socket "$demo_admin" \
    --state-dir "$demo_directory/state" --mount-dir "$demo_directory/volumes"
}

daemon_status() { curl -sf --max-time 5 --unix-socket "$demo_admin" http://admin/v1/status; }

daemon_is_up() { daemon_status | grep -q '"state":"up"'; }

launch_daemon() {
  # shellcheck disable=SC2046  # none of the words has a blank
  set -- $(daemon_command)
  "$@" 2>>"$demo_directory/hpe3pard.log" &
  daemon_pid=$!
  wait_until 20 daemon_is_up
}

show_daemon_start() {
  # shellcheck disable=SC2046
  announce $(daemon_command)
  launch_daemon || die "hpe3pard did not reach its array"
  note "hpe3pard is process $daemon_pid; the engine finds it at $demo_socket"
  show_requests
}

kill_daemon() {
  announce kill -9 "$daemon_pid"
  kill -9 "$daemon_pid"
  wait "$daemon_pid" 2>/dev/null || true
}

set_the_stage() {
  script_started=$((SECONDS - ${HPE3PAR_DEMO_SECONDS:-0}))
  export TMPDIR=$demo_directory  # what the engine leaves if it is killed goes with it
  PATH=$demo_bin:$PATH
  mkdir -p /run/docker/plugins
  phase "a simulated array, and the daemon"
  note "below each command: what the array counted since the command before, sorted by route"
  start_simulator
  write_configuration
  show_daemon_start
}

# ---- the end ----

# expect_nothing WHAT TEXT: the text must be empty.
expect_nothing() {
  if [[ -n $2 ]]; then die "left behind, $1: $2"; fi
  note "$1: none"
}

# objects_of KIND: the names of what the array has, as the simulator tells; for VLUNs the volume's.
objects_of() {
  control "http://$demo_control/objects" | sed -E "s/.*\"$1\":\[([^]]*)\].*/\1/" | { grep -oE '"(name|volumeName)":"[^"]*"' || true; }
}

check_for_leaks() {
  phase "what is left"
  expect_nothing "volumes on the array" "$(objects_of volumes)"
  expect_nothing "VLUNs on the array" "$(objects_of vluns)"
  expect_nothing "loop devices" "$(demo_loop_devices)"
  expect_nothing "mounts" "$(grep -F "$demo_directory/volumes" /proc/self/mountinfo || true)"
  expect_nothing "work left over in the daemon" "$(daemon_status | sed -nE 's/.*"clean_up":\[([^]]*)\].*/\1/p')"
  printf '\nA Docker volume lived on array A: created, written, read back, kept through the death of the daemon, and removed.\n'
}

show_logs() {
  local log
  for log in wsapi-sim hpe3pard; do
    if [[ -s $demo_directory/$log.log ]]; then
      printf '\n---- the end of the log of %s ----\n' "$log" >&2
      tail -n 20 "$demo_directory/$log.log" >&2
    fi
  done
}

# Containers end first, while the daemon can still answer the engine; then everything else, by process id.
leave_the_stage() {
  local status=$?
  trap '' HUP INT TERM
  trap - EXIT
  set +e
  case $status in
    0 | 130 | 141 | 143) ;;
    *) show_logs ;;
  esac
  if [[ -n $daemon_pid && -n $engine_pid ]] && ! kill -0 "$daemon_pid" 2>/dev/null; then launch_daemon; fi
  engine_stop
  stop_process "$daemon_pid"
  stop_process "$simulator_pid"
  remove_leftovers
  exit "$status"
}
