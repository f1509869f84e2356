# The demo's story without a Docker engine: curl says to the plugin what the engine would say, and this shell plays the
# containers; to be sourced after demo_stage.sh.

# What plays the container of the third act.
counter_pid=

# ask CALL BODY: one call of the VolumeDriver protocol.
ask() { show curl -s --unix-socket "$demo_socket" -d "$2" "http://plugin/$1"; }

ask_well() {
  ask "$@"
  expect '"Err":""'
}

# as_container COMMAND [VOLUME]: a shell command in the directory that a container would see.
as_container() { show sh -c "cd $demo_directory/volumes/${2:-web-data} && { $1; }"; }

tell_with_curl() {
  phase "a volume"
  ask_well Plugin.Activate '{}'
  ask_well VolumeDriver.Create '{"Name":"web-data","Opts":{"size":"2"}}'
  ask_well VolumeDriver.Get '{"Name":"web-data"}'
  expect '"size_gib":2'
  ask_well VolumeDriver.List '{}'
  expect web-data
  phase "a first use writes; the first mount makes the file system"
  ask_well VolumeDriver.Mount '{"Name":"web-data","ID":"first"}'
  as_container 'echo "hello from the first use" > greeting; df -h .'
  ask_well VolumeDriver.Unmount '{"Name":"web-data","ID":"first"}'
  phase "a second use reads, and the daemon dies meanwhile"
  ask_well VolumeDriver.Mount '{"Name":"web-data","ID":"second"}'
  as_container 'cat greeting'
  expect "hello from the first use"
  kill_daemon
  as_container 'echo "written while the daemon was dead" >> greeting; sync; cat greeting'
  show_daemon_start
  ask_well VolumeDriver.Unmount '{"Name":"web-data","ID":"second"}'
  phase "a mistake, and the end of the volume"
  ask VolumeDriver.Create '{"Name":"more-data","Opts":{"sise":"2"}}'
  expect "sise"
  ask_well VolumeDriver.Remove '{"Name":"web-data"}'
  ask_well VolumeDriver.List '{}'
  expect '"Volumes":[]'
}

# The second act, see demo_replication.sh.
payroll_with_curl() {
  case $1 in
    create)
      ask_well VolumeDriver.Create \
        '{"Name":"payroll-db","Opts":{"backend":"REPLICATED","replicationGroup":"payroll","size":"1"}}'
      ;;
    run | start) ask_well VolumeDriver.Mount '{"Name":"payroll-db","ID":"payroll"}' ;;
    inside) as_container "$2" payroll-db ;;
    stop) ask_well VolumeDriver.Unmount '{"Name":"payroll-db","ID":"payroll"}' ;;
    refused_start) ask VolumeDriver.Mount '{"Name":"payroll-db","ID":"payroll"}' ;;
    end)
      payroll_with_curl stop
      ask_well VolumeDriver.Remove '{"Name":"payroll-db"}'
      ;;
  esac
}

# The third act, see demo_persistence.sh. The container is a shell in the background.
shop_with_curl() {
  local seconds=$demo_directory/volumes/shop-db/seconds
  case $1 in
    create)
      ask_well VolumeDriver.Create \
        '{"Name":"shop-db","Opts":{"backend":"PERSISTENT","replicationGroup":"shop","size":"1"}}'
      ;;
    run)
      ask_well VolumeDriver.Mount '{"Name":"shop-db","ID":"shop"}'
      printf '\n$ %s &\n' "$(command_line sh -c "${count_seconds//\/data\/seconds/$seconds}")"
      sh -c "${count_seconds//\/data\/seconds/$seconds}" &
      counter_pid=$!
      ;;
    last_second) tail -n 1 "$seconds" ;;
    show_seconds) show tail -n 2 "$seconds" ;;
    end)
      kill -0 "$counter_pid" || die "what counts has ended"
      show awk "$check_seconds" "$seconds"
      announce kill "$counter_pid"
      stop_process "$counter_pid"
      counter_pid=
      ask_well VolumeDriver.Unmount '{"Name":"shop-db","ID":"shop"}'
      ask_well VolumeDriver.Remove '{"Name":"shop-db"}'
      ;;
  esac
}
