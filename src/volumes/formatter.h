#pragma once

#include <string>

#include "host_rows.h"
#include "hpe3par/volumes/options.h"
#include "plan.h"

namespace hpe3par::volumes {

/// Gets the file system of an attached volume mounted, and makes one if there was never one; with the mark on the array
/// that tells every host how far that is. Never makes a file system anew where there is a whole one.
class Formatter {
 public:
  explicit Formatter(HostRows& rows) : rows_(rows) {}

  /// Mounts at the row's mountpoint. Decides between mounting what is there and making a file system, asking the array
  /// for the mark only when it matters: when there is no file system, or when the host that had the volume may have
  /// died while it made one (`took_over`).
  struct Circumstances {
    bool took_over = false;
    bool may_format = true;  ///< false: a new file system might never be replicated
  };
  /// @throws Error failed_precondition: what is there is neither ours nor blank, or blank and must stay so for now
  /// @throws Error what the array of the copy said: it takes no mark, so nothing was formatted
  void prepare(journal::MountRecord& row, const host::Device& device, const catalog::Volume& volume,
               const Circumstances& circumstances, const Deadline& deadline);

  /// Mounts a file system at the row's mountpoint with those options of the volume that its type takes.
  /// @param is_new it was made a moment ago, so nothing is in it
  /// @throws Error unimplemented: the kernel refused, with the options and what it said; nothing is mounted then
  void mount(const journal::MountRecord& row, const host::Device& device, const std::string& type,
             const VolumeOptions& options, bool is_new = false);

  /// For a row whose formatting died: wipes what is unfinished, or completes and mounts what is whole. Whoever took the
  /// volume meanwhile may be using that file system, so nothing is touched unless our export is still there and still
  /// the only one.
  void settle(journal::MountRecord& row, const host::Device& device, const Deadline& deadline);

 private:
  MarkKnowledge read_mark(const journal::MountRecord& row, const Deadline& deadline);
  void check_place(const journal::MountRecord& row);
  bool begin_format(journal::MountRecord& row, const catalog::Volume& volume, const Deadline& deadline);
  void begin_format_again(journal::MountRecord& row, const catalog::Volume& volume, const host::Device& device,
                          const host::Content& content, const Deadline& deadline);
  void format(journal::MountRecord& row, const host::Device& device, const catalog::Volume& volume,
              const Deadline& deadline);
  void make_file_system(const journal::MountRecord& row, const host::Device& device, const VolumeOptions& options,
                        const Deadline& deadline);
  void mount_existing(journal::MountRecord& row, const host::Device& device, const std::string& type,
                      const VolumeOptions& options);
  void complete_unless_refused(const journal::MountRecord& row, const host::Device& device,
                               const host::Content& content, const catalog::Volume& volume, const Deadline& deadline);
  void complete_format(const journal::MountRecord& row, const host::Content& content, const catalog::Volume& volume,
                       const Deadline& deadline);
  void claim_copy(const catalog::Volume& volume, const FormatMark& mark, const Deadline& deadline);
  void finish_mark(const catalog::Volume& volume, const FormatMark& mark, const Deadline& deadline);
  void prepare_root(const std::string& mountpoint, const VolumeOptions& options);
  VolumeOptions options_of(const catalog::Volume& volume) const;

  HostRows& rows_;
};

}  // namespace hpe3par::volumes
