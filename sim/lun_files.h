#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace hpe3par::sim {

/// The data of one array's volumes: sparse files, and hard links to them where a host is to see them.
///
///   <root>/volumes/<WWN>          one per volume, mode 0600
///   <root>/exports/<host>/<WWN>   one per (host, volume) export
///   <root>/incoming/<WWN>         a copy that remote copy has not yet received whole
///   <root>/pictures/<WWN>         what hosts see of a volume that they may only read, mode 0400
///
/// A file may be that of a volume on two arrays, as two names of one inode. Whoever has it open (a loop device) then
/// goes on with it, whatever the arrays do with their names.
///
/// Effects are idempotent. Not thread-safe: the array's lock covers it.
class LunFiles {
 public:
  /// Creates the directories and removes what an earlier run left there: files named like a WWN, and emptied
  /// directories. Anything else is left alone.
  /// @throws std::filesystem::filesystem_error
  explicit LunFiles(std::filesystem::path root);

  void create(const std::string& wwn, std::int64_t size_mib);
  void grow(const std::string& wwn, std::int64_t size_mib);
  void remove(const std::string& wwn);
  void change_wwn(const std::string& from, const std::string& to);

  /// What a volume's file occupies on disk, rounded up.
  std::int64_t written_mib(const std::string& wwn) const;

  /// Where a volume's data are.
  std::filesystem::path path_of(const std::string& wwn) const { return volume(wwn); }

  /// Makes a volume's file that of `source` too: one inode for both.
  void share(const std::string& wwn, const std::filesystem::path& source);
  /// Gives a volume a file of its own again, with the bytes that it has now. Idempotent.
  void unshare(const std::string& wwn, const std::filesystem::path& other);

  /// Begins to receive what `source` holds now; until received the volume keeps what it has.
  void receive(const std::string& wwn, const std::filesystem::path& source);
  /// False when nothing was on its way.
  bool finish_receiving(const std::string& wwn);
  void stop_receiving(const std::string& wwn);

  /// From now on hosts see a picture of the volume instead, which they may only read. That is the very file which they
  /// saw until now: whoever has it open and writes to it no longer reaches the volume. Idempotent.
  void protect(const std::string& wwn);
  /// Hosts see the volume itself again. Idempotent.
  void unprotect(const std::string& wwn);
  /// Whether somebody wrote to the picture: root is kept out by nothing.
  bool was_written_despite(const std::string& wwn) const;

  void export_to(const std::string& host, const std::string& wwn);
  void unexport(const std::string& host, const std::string& wwn);
  void remove_all_exports();
  void remove_everything();

 private:
  std::filesystem::path volume(const std::string& wwn) const { return root_ / "volumes" / wwn; }
  std::filesystem::path host(const std::string& name) const { return root_ / "exports" / name; }
  std::filesystem::path incoming(const std::string& wwn) const { return root_ / "incoming" / wwn; }
  std::filesystem::path picture(const std::string& wwn) const { return root_ / "pictures" / wwn; }
  void replace(const std::string& wwn, const std::filesystem::path& by);
  void show(const std::string& wwn, const std::filesystem::path& file);

  std::filesystem::path root_;
  std::map<std::string, std::filesystem::file_time_type> protected_;  ///< with the time of the last legal change
};

}  // namespace hpe3par::sim
