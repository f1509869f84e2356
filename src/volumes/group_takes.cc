#include "group_takes.h"

#include <algorithm>

#include "hpe3par/base/error.h"
#include "hpe3par/base/log.h"
#include "hpe3par/replication/take_note.h"

namespace hpe3par::volumes {

using config::BackendConfig;
using replication::other;
using replication::SetView;
using replication::Side;
using replication::Site;
using replication::Take;

namespace {

bool is_unaware(const Side& loser) {
  return loser.is_primary() && !loser.reversed;
}

bool both_answer(const SetView& view) {
  return view.own.answer != Side::Answer::silent && view.peer.answer != Side::Answer::silent;
}

}  // namespace

const std::string& key_of(const BackendConfig& backend, Site site) {
  return site == Site::own ? backend.array : backend.replication->array;
}

Site site_of(const BackendConfig& backend, const std::string& array) {
  return array == backend.array ? Site::own : Site::peer;
}

GroupTakes::GroupTakes(journal::Journal& journal, catalog::Catalog& catalog, std::string host, Clock& clock)
    : journal_(journal), catalog_(catalog), host_(std::move(host)), clock_(clock) {
  for (journal::TakenGroup& each : journal.taken_groups()) {
    const Key key{each.array, each.group};
    rows_[key].taken = std::move(each);
  }
}

void GroupTakes::learn(const BackendConfig& backend, const std::string& group, const SetView& view) {
  const Key key{backend.array, group};
  if (!update(key, backend, view)) return;
  log(LogLevel::warning, "a remote copy group was taken over by its other array",
      {{"group", group}, {"reason", replication::describe(view)}});
  store(key);
}

// @return whether it was taken over since the last look
bool GroupTakes::update(const Key& key, const BackendConfig& backend, const SetView& view) {
  const std::lock_guard hold(mutex_);
  const auto found = rows_.find(key);
  std::optional<Site> known;
  if (found != rows_.end() && !found->second.over) known = taker_of(found->second, backend);
  const std::optional<Site> taker = replication::taker_of(view, known);
  if (taker) {
    Row& row = rows_[key];
    if (taker != known) {
      row = Row();
      row.taken = {key.first, key.second, key_of(backend, *taker), "", clock_.wall()};
    }
    note_loser(row, backend, view);
    row.by = view.at(*taker).array;
    row.work = is_unaware(view.at(other(*taker))) && row.taken.note.empty() ? Work::write : Work::none;
  } else if (found != rows_.end()) {
    Row& row = found->second;
    row.over = true;
    note_loser(row, backend, view);
    row.work = both_answer(view) ? Work::remove : Work::none;
  }
  return taker && taker != known;
}

Site GroupTakes::taker_of(const Row& row, const BackendConfig& backend) {
  return site_of(backend, row.taken.taker);
}

void GroupTakes::note_loser(Row& row, const BackendConfig& backend, const SetView& view) {
  const Site site = other(taker_of(row, backend));
  row.loser = key_of(backend, site);
  if (view.at(site).answer == Side::Answer::group) row.group = view.at(site).group;
}

void GroupTakes::learn_gone(const BackendConfig& backend, const std::string& group) {
  const std::lock_guard hold(mutex_);
  const auto found = rows_.find({backend.array, group});
  if (found == rows_.end()) return;
  Row& row = found->second;
  row.over = true;
  row.work = Work::remove;
  row.loser = key_of(backend, other(taker_of(row, backend)));
}

// A note that was written and is gone was removed by whoever knows better: another host that saw both arrays, or the
// administrator.
std::optional<Take> GroupTakes::find(const BackendConfig& backend, const std::string& group, const SetView& view,
                                     const Deadline& deadline) {
  const Key key{backend.array, group};
  const Site site = view.own.answer == Side::Answer::silent ? Site::peer : Site::own;
  const std::string set = replication::take_set_name(view.at(site).group);
  bool noted = false;
  {
    const std::lock_guard hold(mutex_);
    const auto row = rows_.find(key);
    const bool taken = row != rows_.end() && !row->second.over && row->second.taken.taker != key_of(backend, site);
    if (taken && row->second.taken.note.empty()) return Take{host_, set};
    noted = taken;
  }
  const auto found = catalog_.array(key_of(backend, site)).array().find_set(set, deadline);
  if (found) {
    const std::optional<replication::TakeNote> note = replication::decode_take(found->comment);
    return Take{note && !note->host.empty() ? note->host : "(unknown)", set};
  }
  if (noted) {
    log(LogLevel::warning, "the note that a remote copy group was taken over is gone, so it counts as brought back",
        {{"group", group}, {"array", view.at(site).array}, {"set", set}});
    {
      const std::lock_guard hold(mutex_);
      rows_.erase(key);
    }
    store(key);
  }
  return std::nullopt;
}

void GroupTakes::settle(const Deadline& deadline) {
  std::map<Key, Row> rows;
  {
    const std::lock_guard hold(mutex_);
    for (auto& [key, row] : rows_) {
      if (row.work == Work::none) continue;
      rows.emplace(key, row);
      row.work = Work::none;
    }
  }
  for (const auto& [key, row] : rows) {
    try {
      if (row.work == Work::write) {
        write_note(key, row, deadline);
      } else {
        remove_note(key, row, deadline);
      }
    } catch (const Error& error) {
      log(LogLevel::warning, "a note on who took a remote copy group over is not settled; this is retried",
          {{"group", key.second}, {"array", row.loser}, {"reason", error.what()}});
    }
  }
}

void GroupTakes::write_note(const Key& key, const Row& row, const Deadline& deadline) {
  array::Array& array = catalog_.array(row.loser).array();
  const std::string set = replication::take_set_name(row.group);
  array.create_empty_set(set, replication::encode_take({row.group, row.by, host_, array.array_time()}), deadline);
  {
    const std::lock_guard hold(mutex_);
    const auto now = rows_.find(key);
    if (now == rows_.end()) return;
    now->second.taken.note = set;
    now->second.work = now->second.work == Work::write ? Work::none : now->second.work;
  }
  store(key);
}

void GroupTakes::remove_note(const Key& key, const Row& row, const Deadline& deadline) {
  const std::string known = row.group.empty() ? key.second : row.group;
  const std::string set = row.taken.note.empty() ? replication::take_set_name(known) : row.taken.note;
  catalog_.array(row.loser).array().remove_set(set, deadline);
  log(LogLevel::info, "a remote copy group is not taken over any more", {{"group", key.second}});
  {
    const std::lock_guard hold(mutex_);
    const auto now = rows_.find(key);
    if (now == rows_.end()) return;
    if (now->second.over) {
      rows_.erase(now);
    } else {
      now->second.taken.note.clear();  // taken over anew this moment
    }
  }
  store(key);
}

// The journal gets what is known now, whoever comes first. Without it, the next process knows less.
void GroupTakes::store(const Key& key) {
  const std::lock_guard order(journal_mutex_);
  std::optional<journal::TakenGroup> taken;
  {
    const std::lock_guard hold(mutex_);
    if (const auto row = rows_.find(key); row != rows_.end()) taken = row->second.taken;
  }
  try {
    if (taken) {
      journal_.put(*taken);
    } else {
      journal_.erase_taken_group(key.first, key.second);
    }
  } catch (const Error& error) {
    log(LogLevel::warning, "journal not written", {{"group", key.second}, {"reason", error.what()}});
  }
}

bool GroupTakes::has_work() {
  const std::lock_guard hold(mutex_);
  return std::ranges::any_of(rows_, [](const auto& each) { return each.second.work != Work::none; });
}

std::vector<journal::TakenGroup> GroupTakes::all() {
  const std::lock_guard hold(mutex_);
  std::vector<journal::TakenGroup> all;
  for (const auto& [key, row] : rows_) all.push_back(row.taken);
  return all;
}

void GroupTakes::rename_array(const std::string& from, const std::string& to) {
  const std::lock_guard hold(mutex_);
  std::map<Key, Row> renamed;
  for (auto& [key, row] : rows_) {
    for (std::string* each : {&row.taken.array, &row.taken.taker, &row.loser})
      if (*each == from) *each = to;
    const Key now{row.taken.array, row.taken.group};
    renamed.insert_or_assign(now, std::move(row));
  }
  rows_ = std::move(renamed);
}

}  // namespace hpe3par::volumes
