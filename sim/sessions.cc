#include "sessions.h"

#include <algorithm>
#include <cstdio>

#include "errors.h"
#include "hpe3par/base/uuid.h"

namespace hpe3par::sim {
namespace {

std::string make_key(unsigned number) {
  std::string random = make_uuid();
  std::erase(random, '-');
  char suffix[16];
  std::snprintf(suffix, sizeof suffix, "-%08x", number);
  return "1-" + random + suffix;
}

}  // namespace

struct Sessions::Session {
  std::string client_address;
  SteadyTime last_used;
  std::mutex turn;
};

Sessions::Turn::~Turn() {
  if (!session_) return;
  const std::lock_guard guard(sessions_->mutex_);
  session_->last_used = sessions_->clock_.now();
}

std::string Sessions::open(const std::string& client_address) {
  const std::lock_guard guard(mutex_);
  remove_expired();
  if (sessions_.size() >= kLimit) throw Refusal(Code::too_many_sessions);
  std::string key = make_key(++opened_);
  auto session = std::make_shared<Session>();
  session->client_address = client_address;
  session->last_used = clock_.now();
  sessions_.emplace(key, std::move(session));
  peak_ = std::max(peak_, sessions_.size());
  return key;
}

Sessions::Turn Sessions::take_turn(const std::string& key, const std::string& client_address) {
  Turn turn;
  {
    const std::lock_guard guard(mutex_);
    turn.session_ = find(key, client_address);
  }
  if (!turn.session_) return turn;
  turn.sessions_ = this;
  turn.lock_ = std::unique_lock(turn.session_->turn);
  const std::lock_guard guard(mutex_);
  if (find(key, client_address) != turn.session_) {
    turn.lock_ = {};  // before the session, whose last owner this may be
    turn.session_.reset();
  }
  return turn;
}

void Sessions::close(const std::string& key, const std::string& client_address) {
  const std::lock_guard guard(mutex_);
  if (!find(key, client_address)) throw Refusal(Code::invalid_session_key);
  sessions_.erase(key);
}

void Sessions::close_all() {
  const std::lock_guard guard(mutex_);
  sessions_.clear();
}

std::size_t Sessions::count() {
  const std::lock_guard guard(mutex_);
  remove_expired();
  return sessions_.size();
}

std::size_t Sessions::peak() const {
  const std::lock_guard guard(mutex_);
  return peak_;
}

void Sessions::reset_peak() {
  const std::lock_guard guard(mutex_);
  remove_expired();
  peak_ = sessions_.size();
}

std::shared_ptr<Sessions::Session> Sessions::find(const std::string& key, const std::string& client_address) {
  remove_expired();
  const auto found = sessions_.find(key);
  if (found == sessions_.end() || found->second->client_address != client_address) return nullptr;
  found->second->last_used = clock_.now();
  return found->second;
}

void Sessions::remove_expired() {
  std::erase_if(sessions_,
                [now = clock_.now()](const auto& entry) { return now - entry.second->last_used >= kIdleTime; });
}

}  // namespace hpe3par::sim
