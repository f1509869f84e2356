#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "attempt.h"
#include "base_url.h"
#include "health.h"

namespace hpe3par::wsapi {

/// Sends one request once and judges what came of it: the only place that reads statuses and error bodies.
///
/// Keeps the HealthRecord, except for logins, whose refusals mean something else. Thread-safe.
class Exchange {
 public:
  Exchange(const ClientConfig& config, BaseUrl url, HealthRecord& health, std::unique_ptr<Transport> transport);

  /// A request with a session.
  Attempt perform(const Request& request, const Secret& session, const Deadline& deadline);

  /// POST /credentials. On success `session` is set.
  Attempt log_in(Secret& session, const Deadline& deadline);

  /// DELETE /credentials/…; errors are ignored.
  void log_out(const Secret& session, const Deadline& deadline);

  std::string local_address() const;
  std::optional<WallTime> array_time(SteadyTime now) const;

 private:
  Attempt exchange(const Request& request, const std::string& shown_path, const Secret& session,
                   const Deadline& deadline);
  void remember(const HttpReply& reply, SteadyTime now);
  Attempt judge(const Request& request, const std::string& shown_path, HttpReply reply, const Secret& session) const;
  Attempt judge_failure(const Request& request, const TransportFailure& failure) const;
  Attempt judge_error(const Request& request, const std::string& shown_path, HttpReply reply,
                      const Secret& session) const;
  void explain(Attempt& attempt, ErrorKind kind, const Request& request, const std::string& text,
               const std::string& cause, std::optional<int> remote_code = std::nullopt) const;
  std::string check_success(const Request& request, const HttpReply& reply) const;
  std::string without_secrets(std::string text, const Secret& session) const;
  std::string clean(const std::string& text, const Secret& session) const;
  void log_attempt(const Request& request, const std::string& shown_path, const Attempt& attempt, const Secret& session,
                   Millis took) const;

  const ClientConfig& config_;
  BaseUrl url_;
  HealthRecord& health_;
  std::unique_ptr<Transport> transport_;
  mutable std::mutex mutex_;
  std::string local_address_;
  std::optional<std::pair<WallTime, SteadyTime>> dated_;  // what the last Date header said, and when
};

}  // namespace hpe3par::wsapi
