#include "salvaged_journal.h"

#include "hpe3par/base/log.h"

namespace hpe3par::journal {

SalvagedJournal::SalvagedJournal(Journal& read, std::function<std::unique_ptr<Journal>()> open)
    : open_(std::move(open)),
      arrays_(read.arrays()),
      mounts_(read.mounts()),
      unfinished_(read.unfinished()),
      group_locks_(read.group_locks()),
      taken_groups_(read.taken_groups()),
      volumes_(read.volumes()) {}

Journal* SalvagedJournal::opened() {
  const std::lock_guard lock(mutex_);
  return journal_.get();
}

Journal& SalvagedJournal::target() {
  const std::lock_guard lock(mutex_);
  if (!journal_) {
    journal_ = open_();
    log(LogLevel::info, "the journal can be written again");
  }
  return *journal_;
}

std::vector<KnownArray> SalvagedJournal::arrays() {
  Journal* journal = opened();
  return journal != nullptr ? journal->arrays() : arrays_;
}

std::vector<MountRecord> SalvagedJournal::mounts() {
  Journal* journal = opened();
  return journal != nullptr ? journal->mounts() : mounts_;
}

std::vector<UnfinishedVolume> SalvagedJournal::unfinished() {
  Journal* journal = opened();
  return journal != nullptr ? journal->unfinished() : unfinished_;
}

std::vector<HeldGroupLock> SalvagedJournal::group_locks() {
  Journal* journal = opened();
  return journal != nullptr ? journal->group_locks() : group_locks_;
}

std::vector<TakenGroup> SalvagedJournal::taken_groups() {
  Journal* journal = opened();
  return journal != nullptr ? journal->taken_groups() : taken_groups_;
}

std::vector<CachedVolume> SalvagedJournal::volumes() {
  Journal* journal = opened();
  return journal != nullptr ? journal->volumes() : volumes_;
}

}  // namespace hpe3par::journal
