#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "exclusive_export.h"
#include "hpe3par/base/keyed_mutex.h"
#include "hpe3par/catalog/catalog.h"
#include "hpe3par/config/config.h"
#include "hpe3par/host/attacher.h"
#include "hpe3par/host/file_systems.h"
#include "hpe3par/journal/journal.h"
#include "hpe3par/volumes/options.h"
#include "mount_table.h"
#include "plan.h"

namespace hpe3par::volumes {

/// Brings volumes to this host and takes them away again, each step journaled before it is taken (see the state diagram
/// in journal.h). Every public method expects the volume's lock to be held by the caller.
///
/// A row that is in the table while nobody holds its lock is either `mounted` with ids, or work left over: settle().
class Mounter {
 public:
  struct Environment {
    catalog::Catalog& catalog;
    const config::Config& config;
    journal::Journal& journal;
    host::Attacher& attacher;
    host::FileSystems& file_systems;
    Clock& clock;
    std::filesystem::path mount_dir;
    array::HostIdentity identity;
  };

  explicit Mounter(const Environment& environment);

  struct Mounted {
    std::string mountpoint;
    std::string uuid;
    bool new_id = false;  ///< the id was not in the set before
  };

  Mounted mount(const std::string& volume, const std::string& id, const Deadline& deadline);
  void confirm(const std::string& uuid, const std::string& id) { table_.confirm(uuid, id); }
  void unmount(const std::string& volume, const std::string& id, const Deadline& deadline);

  /// Makes sure that this host has nothing of the volume any more.
  /// @throws Error failed_precondition: it is in use here
  void release_for_removal(const std::string& volume, const Deadline& deadline);

  /// Finishes what a died or failed operation left of the volume. Does nothing to a mount that is in use.
  void settle(const std::string& volume, const Deadline& deadline);

  std::optional<journal::MountRecord> find(const std::string& volume) { return table_.find(volume); }
  std::vector<journal::MountRecord> all() { return table_.all(); }

  /// Erases from the journal what could not be erased when it was done.
  void retry_erasures() { table_.retry_erasures(); }

  /// True if the row's device is what is mounted at its mountpoint.
  bool is_mounted(const journal::MountRecord& row);

  /// Makes sure that the array knows this host, and remembers under what name.
  void learn_host(array::Array& array, const std::string& array_key, const Deadline& deadline);

 private:
  Mounted mount_anew(const std::string& volume, const std::string& id, const Deadline& deadline);
  catalog::Volume read_now(const std::string& volume, const Deadline& deadline);
  void check_not_fenced(journal::MountRecord& row, const Deadline& deadline);
  Look look_past_rivals(const journal::MountRecord& row, const Deadline& deadline);
  Mounted add_user(journal::MountRecord row, const std::string& id);
  bool reuse(journal::MountRecord& row, const Deadline& deadline);
  journal::MountRecord begin(const catalog::Volume& volume, const Deadline& deadline);
  void export_alone(journal::MountRecord& row, const catalog::Volume& volume, bool& took_over,
                    const Deadline& deadline);
  void prepare(journal::MountRecord& row, const host::Device& device, const catalog::Volume& volume, bool took_over,
               const Deadline& deadline);
  void check_place(const journal::MountRecord& row);
  MarkKnowledge read_mark(const journal::MountRecord& row, const Deadline& deadline);
  bool begin_format(journal::MountRecord& row, const Deadline& deadline);
  void begin_format_again(journal::MountRecord& row, const host::Device& device, const host::Content& content,
                          const Deadline& deadline);
  void format(journal::MountRecord& row, const host::Device& device, const catalog::Volume& volume,
              const Deadline& deadline);
  void mount_existing(journal::MountRecord& row, const host::Device& device, const std::string& type);
  void undo(journal::MountRecord row, const std::string& reason);

  void settle_row(journal::MountRecord& row, const Deadline& deadline);
  void complete_format(const journal::MountRecord& row, const host::Content& content, const VolumeOptions& options,
                       const Deadline& deadline);
  void settle_format(journal::MountRecord& row, const host::Device& device, const Deadline& deadline);
  bool release(journal::MountRecord& row, const Deadline& deadline, bool verify_export);
  void take_down_mount(journal::MountRecord& row);
  bool take_down_device(journal::MountRecord& row, const Deadline& deadline);
  bool is_ours(const journal::MountRecord& row, const Deadline& deadline);
  void take_down_export(journal::MountRecord& row, bool verify, const Deadline& deadline);
  void enter(journal::MountRecord& row, journal::MountState state);
  void note_failure(journal::MountRecord& row, const std::string& reason);

  array::Array& array_of(const journal::MountRecord& row);
  std::string array_host(const std::string& array_key, const Deadline& deadline);
  host::AttachTarget target_of(const journal::MountRecord& row) const;
  void prepare_root(const std::string& mountpoint, const VolumeOptions& options);

  Environment env_;
  MountTable table_;
  ConflictMemory conflicts_;
  std::mutex names_mutex_;
  std::map<std::string, std::string> array_host_names_;  // by array key
};

}  // namespace hpe3par::volumes
