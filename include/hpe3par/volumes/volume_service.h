#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "hpe3par/catalog/catalog.h"
#include "hpe3par/config/config.h"
#include "hpe3par/host/attacher.h"
#include "hpe3par/host/file_systems.h"
#include "hpe3par/journal/journal.h"
#include "hpe3par/volumes/service.h"

namespace hpe3par::volumes {

/// What a VolumeService works with; everything outlives it.
struct Parts {
  const config::Config& config;
  journal::Journal& journal;
  host::Attacher& attacher;
  host::FileSystems& file_systems;
  Clock& clock;
  std::filesystem::path mount_dir;
  array::HostIdentity identity;
  Millis clean_up_period{2'500};  ///< between two tries to undo what could not be undone
  /// Most Creates, Removes and Mounts at a time that work on one of several arrays: half of the threads for them.
  std::size_t calls_per_array = 256;
  /// Whether the process that a MountUser names has ended. Without it, none ever has.
  std::function<bool(const std::string& engine)> engine_is_gone = {};
};

/// A Service that can be started and stopped.
class VolumeService : public Service {
 public:
  /// Connects to the arrays in the background, finishes what a former process left undone, and from then on retries
  /// every three seconds what could not be undone. Methods may be called before and meanwhile.
  virtual void start() = 0;

  /// Ends the background work and closes the sessions, within the deadline. Mounts stay.
  virtual void stop(const Deadline& deadline) = 0;
};

std::unique_ptr<VolumeService> make_volume_service(const Parts& parts, std::vector<catalog::ArrayConfig> arrays);

/// Why a daemon cannot work.
struct Obstacle {
  std::string reason;
  bool in_configuration = true;  ///< hpe.conf cannot be used, else something on this host
};

/// A Service that answers every call with the same error, so that the person at the Docker prompt reads what is wrong
/// where.
std::unique_ptr<Service> make_refusing_service(const Obstacle& obstacle);

}  // namespace hpe3par::volumes
