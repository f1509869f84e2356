#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "hpe3par/journal/journal.h"

namespace hpe3par::journal {

/// A journal that hands everything to another one.
class ForwardingJournal : public Journal {
 public:
  std::vector<KnownArray> arrays() override { return target().arrays(); }
  void put(const KnownArray& array) override { target().put(array); }
  void rename_array(const std::string& from, const std::string& to) override { target().rename_array(from, to); }
  std::vector<MountRecord> mounts() override { return target().mounts(); }
  void put(const MountRecord& record) override { target().put(record); }
  void erase_mount(const std::string& uuid) override { target().erase_mount(uuid); }
  void note_answer(const std::string& uuid, const std::string& id) override { target().note_answer(uuid, id); }
  void forget_answer(const std::string& uuid, const std::string& id) override { target().forget_answer(uuid, id); }
  std::vector<UnfinishedVolume> unfinished() override { return target().unfinished(); }
  void put(const UnfinishedVolume& volume) override { target().put(volume); }
  void erase_unfinished(const std::string& uuid) override { target().erase_unfinished(uuid); }
  std::vector<HeldGroupLock> group_locks() override { return target().group_locks(); }
  void put(const HeldGroupLock& lock) override { target().put(lock); }
  void erase_group_lock(const std::string& token) override { target().erase_group_lock(token); }
  std::vector<TakenGroup> taken_groups() override { return target().taken_groups(); }
  void put(const TakenGroup& group) override { target().put(group); }
  void erase_taken_group(const std::string& array, const std::string& group) override {
    target().erase_taken_group(array, group);
  }
  std::vector<CachedVolume> volumes() override { return target().volumes(); }
  void put(const CachedVolume& volume) override { target().put(volume); }
  void erase_volume(const std::string& array, const std::string& array_volume) override {
    target().erase_volume(array, array_volume);
  }
  void replace_volumes(const std::string& array, const std::vector<CachedVolume>& volumes) override {
    target().replace_volumes(array, volumes);
  }

 private:
  virtual Journal& target() = 0;
};

/// What a journal said that could not be opened for writing. Each write opens it anew; as soon as that succeeds,
/// everything goes there. Thread-safe.
class SalvagedJournal final : public ForwardingJournal {
 public:
  /// @param read what was saved of it; needed during the call only
  /// @param open opens the journal itself, or throws Error
  SalvagedJournal(Journal& read, std::function<std::unique_ptr<Journal>()> open);

  std::vector<KnownArray> arrays() override;
  std::vector<MountRecord> mounts() override;
  std::vector<UnfinishedVolume> unfinished() override;
  std::vector<HeldGroupLock> group_locks() override;
  std::vector<TakenGroup> taken_groups() override;
  std::vector<CachedVolume> volumes() override;
  /// What is noted before the journal can be written has no place to be noted in; a commit follows anyway.
  void note_answer(const std::string&, const std::string&) override {}
  void forget_answer(const std::string&, const std::string&) override {}

 private:
  Journal& target() override;
  Journal* opened();

  const std::function<std::unique_ptr<Journal>()> open_;
  const std::vector<KnownArray> arrays_;
  const std::vector<MountRecord> mounts_;
  const std::vector<UnfinishedVolume> unfinished_;
  const std::vector<HeldGroupLock> group_locks_;
  const std::vector<TakenGroup> taken_groups_;
  const std::vector<CachedVolume> volumes_;
  std::mutex mutex_;
  std::unique_ptr<Journal> journal_;
};

}  // namespace hpe3par::journal
