# The third act of the demo: with Peer Persistence a container goes on while the arrays change sides, and while one of
# them is dead; to be sourced after demo_replication.sh. Who plays it hands over how volumes and containers are used.

# The last second that the container is known to have counted.
counted=0

# What the container does; whatever it has counted is on the array.
count_seconds="n=0; while n=\$((n+1)); do echo \$n \$(date +%T) >> /data/seconds; sync /data/seconds || exit 1; sleep 1; done"

# Every number is there, once, in order.
check_seconds='$1 != NR { print "not in order: line " NR; exit 1 } END { print NR " seconds, none is missing" }'

# has_counted_on PLAY: further than it was last seen.
has_counted_on() {
  local now
  now=$("$1" last_second | cut -d " " -f 1)
  [[ -n $now && $now -gt $counted ]]
}

# expect_counting PLAY: shows it.
expect_counting() {
  wait_until 30 has_counted_on "$1" || die "the container does not count any more"
  "$1" show_seconds
  counted=$(tail -n 1 <<<"$shown_output" | cut -d " " -f 1)
}

# show_replication TEXT...: what the operator sees of the volume, each of the texts in it.
show_replication() {
  local text
  wait_until 30 is_told "$@" || true
  show_requests >/dev/null  # those of the waiting tell nothing
  show hpe3parctl volume inspect shop-db
  for text in "$@"; do expect "$text"; done
}

# is_told TEXT...
is_told() {
  local told text
  told=$(hpe3parctl volume inspect shop-db)
  for text in "$@"; do grep -qF "$text" <<<"$told" || return 1; done
}

# exports_of ARRAY: how many VLUNs it has.
exports_of() {
  of_array "$1" "$(control "http://$demo_control/objects")" | sed -E 's/.*"vluns":\[//; s/\].*//' |
    { grep -o '"volumeName"' || true; } | wc -l
}

exports_are() { [[ $(exports_of A) -eq $1 && $(exports_of B) -eq $2 ]]; }

# expect_exports A B
expect_exports() {
  wait_until 60 exports_are "$1" "$2" || die "not $1 and $2 exports, but $(exports_of A) and $(exports_of B)"
}

# switch_over FROM GROUP
switch_over() { as_operator "$1" POST "remotecopygroups/$2" '{"action":8}'; }

# tell_about_peer_persistence PLAY: PLAY create, run, last_second (unseen), show_seconds, end.
tell_about_peer_persistence() {
  local play=$1 group
  phase "act 3: Peer Persistence; both arrays show the volume to the host, as one and the same"
  add_replicating_backend PERSISTENT "quorum_witness_ip:10.0.0.9"
  note "a witness tells the arrays which of them is alive; quorum_witness_ip is how hpe.conf asks for this kind of group"
  phase "a volume with an export from each array, and a container that counts the seconds on it"
  "$play" create
  "$play" run
  group=$(control "http://$demo_control/objects" | grep -oE '"shop\.r[0-9]+"' | head -n 1 | tr -d '"')
  show_replication "served by       A" "exported from   A, B"
  expect_synced
  expect_sides 1f3 2f3
  tell_about_switchovers "$play" "$group"
  tell_about_a_take_over "$play"
  tell_about_the_return "$play" "$group"
  phase "the end: the container was never stopped"
  expect_counting "$play"
  "$play" end
  log_out B
}

tell_about_switchovers() {
  phase "switchover: array B serves from now on (action 8), and nobody stops the container"
  log_in A
  switch_over A shop
  expect_sides 2t3 1t3
  expect_counting "$1"
  note "the daemon looks at the groups of mounted volumes every ten seconds"
  show_replication "served by       B" "exported from   A, B"
  log_out A
  phase "and back"
  log_in B
  switch_over B "$2"
  expect_sides 1f3 2f3
  expect_counting "$1"
}

tell_about_a_take_over() {
  phase "disaster once more: array A, which serves the volume, is gone"
  set_power down
  wait_until 60 sides_are 1f7 1t5 || die "array B does not take over"
  note "array B says: $(in_words "$(side_of B)"); it has taken over by itself, because the witness does not see A either"
  expect_counting "$1"
  note "the container has not noticed, and no command was needed"
  show_replication "served by       B" "on array A      no answer"
}

tell_about_the_return() {
  phase "array A is back; nobody may read what it has, so the daemon gives up the export from it"
  set_power up
  expect_exports 0 1
  show_replication "served by       B" "exported from   B"
  phase "recover copies B to A (action 9); then the daemon gets the export from A again"
  as_operator B POST "remotecopygroups/$2" '{"action":9}'
  expect_sides 2t3 1t3
  expect_synced
  expect_exports 1 1
  show_replication "served by       B" "exported from   A, B"
  phase "and a switchover brings the volume home"
  switch_over B "$2"
  expect_sides 1f3 2f3
}
