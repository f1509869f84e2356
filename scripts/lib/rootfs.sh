# The file system of the managed plugin: what runs, and the shared libraries of that.

# The programs of this machine that the daemon calls.
rootfs_programs=(/usr/sbin/mke2fs /usr/sbin/mkfs.ext4 /usr/sbin/mkfs.xfs)

# put_program ROOT FILE PLACE: with its libraries and the dynamic loader. Links are followed.
put_program() {
  local root=$1 file=$2 place=$3 library
  install -D -m 0755 "$file" "$root$place"
  while read -r library; do
    [[ -e $root$library ]] || install -D -m 0755 "$library" "$root$library"
  done < <(ldd "$file" | grep -o '/[^ ]*')
}

# fill_rootfs ROOT BIN: BIN has hpe3pard and hpe3parctl.
fill_rootfs() {
  local root=$1 bin=$2 program
  for program in hpe3pard hpe3parctl; do
    put_program "$root" "$bin/$program" "/usr/sbin/$program"
    strip "$root/usr/sbin/$program"
  done
  for program in "${rootfs_programs[@]}"; do put_program "$root" "$program" "$program"; done
  # Where mounts go.
  mkdir -p "$root"/{dev,proc,sys,tmp,etc,var/lib,opt/hpe/data,run/docker/plugins}
}
