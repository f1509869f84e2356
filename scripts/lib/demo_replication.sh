# The second act of the demo: a replicated volume is lost with its array, goes on on the other one, and comes back; to be
# sourced after demo_stage.sh. Who plays it hands over how volumes and containers are used, with an engine or without.

# What the operator of an array has after a login there.
key_of() { echo "$demo_directory/key-$1"; }

# as_operator ARRAY METHOD PATH BODY: one WSAPI request of the array's administrator.
as_operator() {
  show curl -sS --fail-with-body -X "$2" -H "@$(key_of "$1")" -d "$4" "$(wsapi_of "$1")/$3"
}

log_in() {
  show curl -sS -d '{"user":"demo","password":"demo-secret"}' "$(wsapi_of "$1")/credentials"
  sed -E 's/.*"key":"([^"]*)".*/X-HP3PAR-WSAPI-SessionKey: \1/' <<<"$shown_output" >"$(key_of "$1")"
  note "the key is kept in $(key_of "$1"), as a header for curl"
}

log_out() {
  show curl -sS -X DELETE -H "@$(key_of "$1")" "$(wsapi_of "$1")/credentials/$(sed 's/.*: //' "$(key_of "$1")")"
}

# set_power STATE: of the whole site of array A, in the simulator.
set_power() { show curl -sS -d "{\"state\":\"$1\"}" "http://$demo_control/arrays/A"; }

# side_of ARRAY: what it says of its remote copy group, in numbers: role, reversed, state, as "1f3".
side_of() {
  local all
  all=$(of_array "$1" "$(control "http://$demo_control/objects")" | grep -oE '"remotecopygroups":\[.*')
  sed -nE 's/.*"role":([0-9]),"targets".*"roleReversed":(.)[a-z]*,"state":([0-9]).*/\1\2\3/p' <<<"$all"
}

in_words() {
  local role=primary reversed="" state=started
  if [[ $1 == 2* ]]; then role=secondary; fi
  if [[ $1 == ?t* ]]; then reversed=" (reversed)"; fi
  case $1 in
    *5) state=stopped ;;
    *7) state=failsafe ;;
  esac
  echo "$role$reversed, $state"
}

sides_are() { [[ $(side_of A) == "$1" && $(side_of B) == "$2" ]]; }

# expect_sides A B
expect_sides() {
  wait_until 20 sides_are "$1" "$2" || die "array A should say $1 and array B $2, not $(side_of A) and $(side_of B)"
  note "array A says: $(in_words "$1"); array B says: $(in_words "$2")"
}

# Both ends list their volumes as Synced.
is_synced() {
  local objects
  objects=$(control "http://$demo_control/objects")
  grep -q '"syncStatus":3' <<<"$objects" && ! grep -qE '"syncStatus":[^3]' <<<"$objects"
}

expect_synced() {
  wait_until 30 is_synced || die "the copy is not Synced"
  note "the copy is Synced"
}

# add_replicating_backend SECTION [KEY:VALUE]: to hpe.conf, with one more key of replication_device, and a daemon that
# knows it.
add_replicating_backend() {
  local section=$demo_directory/$1.conf more=
  if [[ -n ${2:-} ]]; then more=$'\n    '$2,; fi
  # hpe.conf may be read by root only, and so may this.
  (umask 077 && cat >"$section") <<END_OF_SECTION

[$1]
hpedockerplugin_driver = loop
hpe3par_api_url = $(wsapi_of A)
hpe3par_username = demo
hpe3par_password = demo-secret
hpe3par_cpg = cpg1
loop_dir = $demo_directory/arrays/A
replication_device = backend_id:B,
    replication_mode:synchronous,$more
    cpg_map:cpg1:cpg1,
    hpe3par_api_url:$(wsapi_of B),
    hpe3par_username:demo,
    hpe3par_password:demo-secret,
    loop_dir:$demo_directory/arrays/B
END_OF_SECTION
  printf '\n$ %s\n' "tee -a $demo_directory/hpe.conf < $section"
  tee -a "$demo_directory/hpe.conf" <"$section"
  announce kill "$daemon_pid"
  stop_process "$daemon_pid"
  show_daemon_start
}

# expect_same TEXT WHEN
expect_same() {
  [[ $shown_output == "$1" ]] || die "the data differ"
  note "the same data as $2"
}

# tell_about_replication PLAY: PLAY create, run, inside COMMAND, stop, start, refused_start, end.
tell_about_replication() {
  local play=$1 ledger both group
  phase "act 2: array B joins; what this backend makes on A is copied to B"
  add_replicating_backend REPLICATED
  phase "a replicated volume, and a container that writes to it"
  "$play" create
  "$play" run
  "$play" inside 'dd if=/dev/urandom of=ledger bs=64k count=64 2>/dev/null; sync; sha256sum ledger'
  ledger=$shown_output
  expect_synced
  expect_sides 1f3 2f3

  phase "disaster: array A is gone"
  set_power down
  "$play" stop
  note "B has a copy, but the daemon never fails over by itself: A might be alive, and written to by others"
  "$play" refused_start
  expect "has the copy only"
  group=$(sed -nE 's/.*setrcopygroup failover ([^ )]+).*/\1/p' <<<"$shown_output" | head -n 1)

  phase "the operator of array B fails the group over (action 7)"
  log_in B
  as_operator B POST "remotecopygroups/$group" '{"action":7}'
  note "array B says: $(in_words "$(side_of B)")"
  "$play" start
  "$play" inside 'sha256sum ledger'
  expect_same "$ledger" "before the disaster"
  "$play" inside 'echo "booked on array B" > receipt; sync; sha256sum ledger receipt'
  both=$shown_output
  show hpe3parctl volume inspect payroll-db
  expect "served by       B"

  phase "array A is back with old data: recover copies B to A (action 9), while the container runs"
  set_power up
  wait_until 40 is_back || die "the daemon does not see array A again"
  note "the daemon has removed the export that it had to leave on A"
  show_requests
  as_operator B POST "remotecopygroups/$group" '{"action":9}'
  expect_sides 2t3 1t3
  expect_synced

  phase "failback: the container stops, and restore turns the roles round (action 10)"
  "$play" stop
  as_operator B POST "remotecopygroups/$group" '{"action":10}'
  expect_sides 1f3 2f3
  "$play" start
  "$play" inside 'sha256sum ledger receipt'
  expect_same "$both" "on array B"
  "$play" end
  log_out B
}

# A is reached, has no export left, and nothing is to be done; a listing makes the daemon look.
is_back() {
  curl -sf --max-time 5 --unix-socket "$demo_socket" -d '{}' http://plugin/VolumeDriver.List >/dev/null
  daemon_is_up && daemon_status | grep -q '"clean_up":\[\]'
}
