# The demo's story with a real Docker engine; to be sourced after demo_stage.sh.

demo_image=busybox:demo

# engine_runs_containers: with one that does nothing. Otherwise stops the engine and says why in engine_problem.
engine_runs_containers() {
  engine_import_image "$demo_image"
  if engine_problem=$(docker run --rm --network=none "$demo_image" true 2>&1); then return 0; fi
  engine_problem="a container does not start: $(tr "\n" " " <<<"$engine_problem")"
  engine_stop
  trap leave_the_stage EXIT
  return 1
}

tell_with_docker() {
  note "a private Docker engine runs: $(docker version --format '{{.Server.Version}}'), storage driver" \
    "$(docker info --format '{{.Driver}}')"
  tell_about_the_volume
  tell_about_containers
  tell_about_the_death_of_the_daemon
  tell_about_errors
  tell_about_the_end
}

tell_about_the_volume() {
  phase "a volume"
  show docker volume create -d hpe -o size=2 web-data
  show docker volume inspect web-data
  expect '"size_gib": 2'
  show docker volume ls
  expect web-data
}

# in_container OPTIONS... -- COMMAND: a shell command in a container with the volume at /data.
in_container() {
  local options=()
  while [[ $1 != -- ]]; do options+=("$1") && shift; done
  show docker run "${options[@]}" --network=none -v web-data:/data "$demo_image" sh -c "$2"
}

tell_about_containers() {
  phase "a container writes; the first mount makes the file system"
  in_container --rm -- 'echo "hello from the first container" > /data/greeting; df -h /data'
  expect /dev/loop
  phase "another container reads"
  in_container --rm -- 'cat /data/greeting'
  expect "hello from the first container"
}

tell_about_the_death_of_the_daemon() {
  phase "the daemon dies while a container runs"
  in_container -d --name web -- 'while true; do date >> /data/ticks; sleep 0.1; done'
  kill_daemon
  show docker exec web sh -c 'echo "written while the daemon was dead" >> /data/greeting; sync; tail -n 1 /data/ticks'
  note "the container does not notice; now the daemon starts again"
  show_daemon_start
  note "the session of the killed daemon is still open on the array, until it expires there"
  show docker exec web cat /data/greeting
  expect "written while the daemon was dead"
  phase "what the operator sees"
  show hpe3parctl status
  expect running
  show hpe3parctl volume ls
  expect mounted
  show docker rm -f web
}

tell_about_errors() {
  phase "a mistake at the prompt"
  show_refused docker volume create -d hpe -o sise=2 more-data
  expect "sise"
  show_refused docker volume create -d hpe -o size=lots more-data
  expect "size"
}

tell_about_the_end() {
  phase "the end of the volume"
  show docker volume rm web-data
  show docker volume ls
  [[ $shown_output != *web-data* ]] || die "the volume is still listed"
}

# The second act, see demo_replication.sh.
payroll_with_docker() {
  case $1 in
    create) show docker volume create -d hpe -o backend=REPLICATED -o replicationGroup=payroll -o size=1 payroll-db ;;
    run) show docker run -d --name payroll --network=none -v payroll-db:/data "$demo_image" sleep 1000 ;;
    inside) show docker exec -w /data payroll sh -c "$2" ;;
    stop) show docker stop -t 0 payroll ;;
    start) show docker start payroll ;;
    refused_start) show_refused docker start payroll ;;
    end)
      show docker rm -f payroll
      show docker volume rm payroll-db
      ;;
  esac
}

# The third act, see demo_persistence.sh.
shop_with_docker() {
  case $1 in
    create) show docker volume create -d hpe -o backend=PERSISTENT -o replicationGroup=shop -o size=1 shop-db ;;
    run) show docker run -d --name shop --network=none -v shop-db:/data "$demo_image" sh -c "$count_seconds" ;;
    last_second) docker exec shop tail -n 1 /data/seconds ;;
    show_seconds) show docker exec shop tail -n 2 /data/seconds ;;
    end)
      show docker ps --format '{{.Names}}: {{.Status}}'
      expect "shop: Up"
      show docker exec shop awk "$check_seconds" /data/seconds
      show docker rm -f shop
      show docker volume rm shop-db
      ;;
  esac
}
