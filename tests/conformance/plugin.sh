#!/bin/sh
# Starts and ends the plugin under test, for the options of volconf.
# Usage: plugin.sh DIRECTORY PROGRAM start|stop|crash|inventory
cd "$1" || exit 1

end() {
  kill "$1" "$(cat pid)"
  while kill -0 "$(cat pid)" 2>/dev/null; do sleep 0.02; done
}

case $3 in
  start)
    "$2" --config hpe.conf --socket "$PWD/hpe.sock" --admin-socket "$PWD/admin.sock" --state-dir "$PWD/state" \
      --mount-dir "$PWD/mnt" >>hpe3pard.log 2>&1 &
    echo $! >pid
    ;;
  stop) end -TERM ;;
  crash) end -KILL ;;
  inventory)
    find arrays/A/volumes arrays/A/exports ! -type d 2>/dev/null | sort
    losetup --list --noheadings --output BACK-FILE | grep "^$PWD" | sort
    ;;
esac
