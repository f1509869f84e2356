#include "clean_root.h"

#include <sys/mount.h>

#include <cerrno>
#include <chrono>
#include <set>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace hpe3par::test {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::minutes kPatience{4};

/// The lines of sources.list that this machine gets Debian 12 by, in whatever form they are written here; also if it
/// has no package lists at this moment.
std::string sources(const fs::path& log) {
  const RunResult uris = run({"apt-get", "update", "--print-uris"}, log);
  const std::set<std::string> suites = {"bookworm", "bookworm-updates", "bookworm-security"};
  const std::string dists = "/dists/";
  std::string lines;
  std::istringstream in(uris.output);  // 'http://mirror/debian/dists/bookworm/InRelease' …
  for (std::string line; std::getline(in, line);) {
    const auto place = line.find(dists);
    const auto end = line.find("/InRelease'");
    if (place == std::string::npos || end == std::string::npos) continue;
    const std::string suite = line.substr(place + dists.size(), end - place - dists.size());
    if (suites.contains(suite))
      lines += "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] " + line.substr(1, place - 1) + " " +
               suite + " main\n";
  }
  // A machine may call it stable.
  return lines.empty() ? "deb http://deb.debian.org/debian bookworm main\n" : lines;
}

}  // namespace

ScopedMount::ScopedMount(const std::string& source, fs::path place, const std::string& type, unsigned long flags,
                         const std::string& options)
    : place_(std::move(place)) {
  fs::create_directories(place_);
  if (::mount(source.c_str(), place_.c_str(), type.c_str(), flags, options.c_str()) != 0)
    throw std::system_error(errno, std::generic_category(), "mount " + source + " on " + place_.string());
}

ScopedMount::~ScopedMount() {
  ::umount2(place_.c_str(), MNT_DETACH);
}

void make_debian(const fs::path& directory, const fs::path& log) {
  const fs::path list = directory.string() + ".list";
  const std::string mirrors = sources(log);
  write_file(list, mirrors);
  const bool over_tls = mirrors.find("https:") != std::string::npos;
  const std::string packages = std::string("--include=systemd") + (over_tls ? ",ca-certificates" : "");
  const RunResult made =
      run({"mmdebstrap", "--variant=minbase", packages, "bookworm", directory, list}, log, kPatience);
  if (!made.ok()) throw std::runtime_error("mmdebstrap: " + last_lines(made.errors, 30));
  // Hooks of mmdebstrap do not know how this machine finds the mirror.
  fs::copy_file("/etc/resolv.conf", directory / "etc/resolv.conf", fs::copy_options::overwrite_existing);
}

CleanRoot::CleanRoot(const fs::path& directory) : path_(directory), log_(directory.string() + ".log") {
  mount_the_kernels();
}

CleanRoot::CleanRoot(const fs::path& lower, const fs::path& scratch)
    : path_(scratch / "root"), log_(scratch / "log/log") {
  layer_.emplace("layer", scratch / "layer", "tmpfs");
  for (const char* name : {"upper", "work"}) fs::create_directories(scratch / "layer" / name);
  const fs::path layer = scratch / "layer";
  merged_.emplace("overlay", path_, "overlay", 0,
                  "lowerdir=" + lower.string() + ",upperdir=" + (layer / "upper").string() +
                      ",workdir=" + (layer / "work").string());
  mount_the_kernels();
}

void CleanRoot::mount_the_kernels() {
  proc_.emplace("proc", path_ / "proc", "proc");
  dev_.emplace("/dev", path_ / "dev", "", MS_BIND);
  sys_.emplace("sysfs", path_ / "sys", "sysfs");
  run_.emplace("run", path_ / "run", "tmpfs", 0, "mode=755");
}

std::vector<std::string> CleanRoot::command(const std::vector<std::string>& argv) const {
  std::vector<std::string> whole = {"chroot", path_};
  whole.insert(whole.end(), argv.begin(), argv.end());
  return whole;
}

RunResult CleanRoot::run_in(const std::vector<std::string>& argv) const {
  return run(command(argv), log_, kPatience, {{"DEBIAN_FRONTEND", "noninteractive"}, {"LC_ALL", "C.UTF-8"}});
}

}  // namespace hpe3par::test
