# The file system of the managed plugin: what runs, and the shared libraries of that.

# The programs of this machine that the daemon calls.
rootfs_programs=(/usr/sbin/mkfs.ext4 /usr/sbin/mkfs.xfs)

# Whom to trust without hpe3par_ca_file, and the defaults of mkfs.ext4.
rootfs_files=(/etc/ssl/certs/ca-certificates.crt /etc/mke2fs.conf)

# Where the engine mounts something.
rootfs_directories=(dev proc sys tmp etc/hpedockerplugin var/lib/hpe3pard opt/hpe/data run/docker/plugins)

# The packages that all these come from.
rootfs_packages=(e2fsprogs xfsprogs ca-certificates binutils)

has_rootfs_programs() {
  local each
  for each in strip "${rootfs_programs[@]}"; do command -v "$each" >/dev/null || return 1; done
  for each in "${rootfs_files[@]}"; do [[ -e $each ]] || return 1; done
}

# put_program ROOT FILE PLACE: with its libraries and the dynamic loader. Links are followed.
put_program() {
  local root=$1 file=$2 place=$3 library libraries
  libraries=$(ldd "$file") || die "ldd cannot tell the libraries of $file"
  [[ $libraries != *"not found"* ]] || die "libraries of $file are missing on this machine: $libraries"
  install -D -m 0755 "$file" "$root$place"
  while read -r library; do
    [[ -e $root$library ]] || install -D -m 0755 "$library" "$root$library"
  done < <(grep -o '/[^ ]*' <<<"$libraries")
}

# fill_rootfs ROOT BIN: BIN has hpe3pard and hpe3parctl.
fill_rootfs() (
  umask 022
  local root=$1 bin=$2 each
  for each in "${rootfs_directories[@]}"; do mkdir -p "$root/$each"; done
  for each in hpe3pard hpe3parctl; do
    put_program "$root" "$bin/$each" "/usr/sbin/$each"
    strip "$root/usr/sbin/$each"
  done
  for each in "${rootfs_programs[@]}"; do put_program "$root" "$each" "$each"; done
  for each in "${rootfs_files[@]}"; do install -D -m 0644 "$each" "$root$each"; done
)
