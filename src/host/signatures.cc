#include "signatures.h"

#include <blkid/blkid.h>

#include <cerrno>
#include <memory>

#include "system_error.h"

namespace hpe3par::host {
namespace {

constexpr int kNothingFound = 1;
constexpr int kAmbivalent = -2;

using Probe = std::unique_ptr<blkid_struct_probe, decltype(&blkid_free_probe)>;

Probe make_probe(const Device& device, int fd) {
  Probe probe(blkid_new_probe(), &blkid_free_probe);
  if (!probe || blkid_probe_set_device(probe.get(), fd, 0, 0) != 0) throw_unavailable("probe " + device.path);
  blkid_probe_enable_superblocks(probe.get(), 1);
  blkid_probe_set_superblocks_flags(probe.get(), BLKID_SUBLKS_TYPE | BLKID_SUBLKS_UUID | BLKID_SUBLKS_USAGE |
                                                     BLKID_SUBLKS_MAGIC | BLKID_SUBLKS_BADCSUM);
  blkid_probe_enable_partitions(probe.get(), 1);
  blkid_probe_set_partitions_flags(probe.get(), BLKID_PARTS_MAGIC | BLKID_PARTS_FORCE_GPT);
  return probe;
}

std::string value_of(const Probe& probe, const char* name) {
  const char* data = nullptr;
  return blkid_probe_lookup_value(probe.get(), name, &data, nullptr) == 0 ? data : std::string();
}

}  // namespace

Signatures read_signatures(const Device& device, int fd) {
  const Probe probe = make_probe(device, fd);
  errno = 0;
  const int code = blkid_do_safeprobe(probe.get());
  if (code == kAmbivalent) return {};
  if (code != 0 && code != kNothingFound) throw_unavailable("read " + device.path, code < -1 ? -code : EIO);
  Signatures found;
  found.result = code == kNothingFound ? Signatures::Result::none : Signatures::Result::one;
  found.type = value_of(probe, "TYPE");
  found.usage = value_of(probe, "USAGE");
  found.uuid = value_of(probe, "UUID");
  found.partition_table = value_of(probe, "PTTYPE");
  found.bad_checksum = !value_of(probe, "SBBADCSUM").empty();
  return found;
}

}  // namespace hpe3par::host
