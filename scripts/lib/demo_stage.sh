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

# of_array NAME TEXT: the part of the simulator's answer that is about one array.
of_array() { sed -E "s/.*\"$1\":\{//; s/\},\"[A-Z]\":\{.*//" <<<"$2"; }

# sum_of MEMBER TEXT
sum_of() { grep -oE "\"$1\":[0-9]+" <<<"$2" | awk -F: '{ sum += $2 } END { print sum + 0 }'; }

# show_requests: what the arrays were asked since the last time, from the control port of the simulator, sorted by route.
show_requests() {
  local stats total array count method route
  stats=$(control "http://$demo_control/stats")
  for array in A B; do
    { of_array "$array" "$stats" | grep -oE '"count":[0-9]+,"method":"[A-Z]+","route":"[^"]+"' || true; } |
      sed -E 's|.*:([0-9]+),.*:"(.*)",.*:"(.*)"|\1 \2 \3|' |
      while read -r count method route; do
        printf '    array %s  %-6s %s%s\n' "$array" "$method" "$route" "$([[ $count -eq 1 ]] || echo "  ($count times)")"
      done
  done
  total=$(sum_of total "$stats")
  printf '    %s request%s; sessions open: %s\n' "$total" "$([[ $total -eq 1 ]] || echo s)" \
    "$(sum_of sessions_open "$stats")"
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

# listening_at WHAT: host:port from the simulator's log; it takes whichever ports are free. WHAT: as the log has it.
listening_at() { sed -nE "s/.*$1 .*host=([0-9.]+) port=([0-9]+).*/\1:\2/p" "$demo_directory/wsapi-sim.log"; }

# wsapi_of ARRAY
wsapi_of() { echo "http://$(listening_at "array listens array=$1")/api/v1"; }

start_simulator() {
  local command=(wsapi-sim --array A=127.0.0.1:0 --array B=127.0.0.1:0 --link A,B --control 127.0.0.1:0 --user demo
    --password demo-secret --data-dir "$demo_directory/arrays")
  announce "${command[@]}"
  "${command[@]}" >"$demo_directory/wsapi-sim.out" 2>"$demo_directory/wsapi-sim.log" &
  simulator_pid=$!
  wait_until 20 grep -q ready "$demo_directory/wsapi-sim.out" || die "wsapi-sim did not start"
  demo_control=$(listening_at 'control port listens')
  note "array A answers WSAPI requests at $(wsapi_of A); the simulator's control port is $demo_control"
  note "array B, for the acts to come, answers at $(wsapi_of B)"
}

write_configuration() {
  (
    umask 077
    cat >"$demo_directory/hpe.conf" <<END
[DEFAULT]
host_name = demo-host
hpedockerplugin_driver = loop
hpe3par_api_url = $(wsapi_of A)
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

# All arrays that it knows are up.
daemon_is_up() {
  local status
  status=$(daemon_status) && grep -q '"state":"up"' <<<"$status" &&
    ! grep -qE '"state":"(connecting|unreachable|refused)"' <<<"$status"
}

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
  launch_daemon || die "hpe3pard did not reach its arrays"
  note "hpe3pard is process $daemon_pid; the engine finds it at $demo_socket"
  show_requests
}

hpe3parctl() { "$demo_bin/hpe3parctl" --admin-socket "$demo_admin" "$@"; }

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
  phase "act 1: a simulated array, and the daemon"
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

# objects_of KIND: the beginning of what the arrays have of it, as the simulator tells.
objects_of() { control "http://$demo_control/objects" | { grep -oE "\"$1\":\[[^]]+" || true; }; }

check_for_leaks() {
  phase "what is left"
  expect_nothing "volumes on the arrays" "$(objects_of volumes)"
  expect_nothing "VLUNs on the arrays" "$(objects_of vluns)"
  expect_nothing "remote copy groups on the arrays" "$(objects_of remotecopygroups)"
  expect_nothing "volume sets on the arrays" "$(objects_of volumesets)"
  expect_nothing "loop devices" "$(demo_loop_devices)"
  expect_nothing "mounts" "$(grep -F "$demo_directory/volumes" /proc/self/mountinfo || true)"
  expect_nothing "work left over in the daemon" "$(daemon_status | sed -nE 's/.*"clean_up":\[([^]]*)\].*/\1/p')"
  printf '\nAct 1: a Docker volume lived on array A: created, written, read back, kept through the death of the daemon, removed.\n'
  printf 'Act 2: another one went to array B when A was lost, and came back with all that was written there.\n'
  printf 'Act 3: a third one changed sides four times, once because A was lost, and its container counted on.\n'
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
  stop_process "$counter_pid"
  stop_process "$daemon_pid"
  stop_process "$simulator_pid"
  remove_leftovers
  exit "$status"
}
