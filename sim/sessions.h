#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "hpe3par/base/clock.h"

namespace hpe3par::sim {

/// The sessions of one array: keys bound to a client address, which end after 15 idle minutes or at logout. At most
/// 192 at a time.
///
/// An array serves one request per key at a time; that is what Turn is for. Thread-safe.
class Sessions {
 private:
  struct Session;

 public:
  static constexpr std::size_t kLimit = 192;
  static constexpr std::chrono::seconds kIdleTime{15 * 60};

  /// The clock must outlive it.
  explicit Sessions(const Clock& clock) : clock_(clock) {}

  /// The right to act in a session, held until destroyed. The session counts as idle from then on.
  class Turn {
   public:
    Turn() = default;
    Turn(Turn&&) = default;
    Turn& operator=(Turn&&) = delete;
    ~Turn();

    /// False when there was no such session.
    explicit operator bool() const { return session_ != nullptr; }

   private:
    friend class Sessions;
    Sessions* sessions_ = nullptr;
    std::shared_ptr<Session> session_;
    std::unique_lock<std::mutex> lock_;
  };

  /// A new key.
  /// @throws Refusal 503/29 when the limit is reached
  std::string open(const std::string& client_address);

  /// Waits until no other request uses the session. No turn for a key that is unknown, expired, another client's, or
  /// was closed during the wait.
  Turn take_turn(const std::string& key, const std::string& client_address);

  /// Ends a session; a request that is under way in it is finished.
  /// @throws Refusal 403/6 for a key that take_turn() would not accept
  void close(const std::string& key, const std::string& client_address);

  void close_all();

  std::size_t count();
  std::size_t peak() const;
  void reset_peak();

 private:
  std::shared_ptr<Session> find(const std::string& key, const std::string& client_address);
  void remove_expired();

  const Clock& clock_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Session>> sessions_;
  std::size_t peak_ = 0;
  unsigned opened_ = 0;
};

}  // namespace hpe3par::sim
