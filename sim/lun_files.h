#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace hpe3par::sim {

/// The data of one array's volumes: sparse files, and hard links to them where a host is to see them.
///
///   <root>/volumes/<WWN>          one per volume, mode 0600
///   <root>/exports/<host>/<WWN>   one per (host, volume) export
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

  void export_to(const std::string& host, const std::string& wwn);
  void unexport(const std::string& host, const std::string& wwn);
  void remove_all_exports();
  void remove_everything();

 private:
  std::filesystem::path volume(const std::string& wwn) const { return root_ / "volumes" / wwn; }
  std::filesystem::path host(const std::string& name) const { return root_ / "exports" / name; }

  std::filesystem::path root_;
};

}  // namespace hpe3par::sim
