#include "hpe3par/wsapi/client.h"

#include <nlohmann/json.hpp>

#include "attempt.h"
#include "base_url.h"
#include "exchange.h"
#include "health.h"
#include "json_fields.h"
#include "session_pool.h"

namespace hpe3par::wsapi {

namespace {

constexpr Millis kTellingWait{500};

}  // namespace

class Client::Impl final : public Door {
 public:
  Impl(ClientConfig config, Clock& clock, std::unique_ptr<Transport> transport)
      : config_(std::move(config)),
        clock_(clock),
        health_(clock),
        exchange_(config_, parse_base_url(config_.url), health_, std::move(transport)),
        pool_(*this, clock, config_.max_sessions) {}

  Attempt log_in(Secret& session, const Deadline& deadline) override {
    Attempt attempt = exchange_.log_in(session, deadline);
    if (attempt.verdict == Verdict::done && !pool_.trusted())
      attempt = check_identity(session, std::move(attempt), deadline);
    const bool refused = attempt.verdict == Verdict::denied || attempt.verdict == Verdict::hopeless;
    const bool no_session = pool_.open() == 0;
    if (refused || (attempt.verdict == Verdict::broken && no_session)) health_.refused(attempt.error->what());
    if (attempt.verdict == Verdict::busy && no_session) health_.full(attempt.error->what());
    return attempt;
  }

  void log_out(const Secret& session, const Deadline& deadline) override { exchange_.log_out(session, deadline); }

  void expect_serial(const std::string& serial_number) {
    const std::lock_guard lock(mutex_);
    expected_serial_ = serial_number;
  }

  Attempt check_identity(const Secret& session, Attempt login, const Deadline& deadline);
  std::optional<Error> why_lost() const override;
  Sent run(const Request& request, const Deadline& deadline);
  Attempt attempt(const Request& request, const Deadline& deadline);
  void note_vain_wait(const Attempt& given_up, SteadyTime began, const Deadline& deadline);
  Attempt without_session(const Request& request, Attempt login) const;

  ClientConfig config_;
  const Clock& clock_;
  HealthRecord health_;
  Exchange exchange_;
  SessionPool pool_;
  std::mutex mutex_;
  std::string expected_serial_;
};

/// Sessions end when an array is exchanged for another one, or its address goes to another one; so the first session
/// after one that ended is the time to look. @return `login` if all is well
Attempt Client::Impl::check_identity(const Secret& session, Attempt login, const Deadline& deadline) {
  const std::string expected = [this] {
    const std::lock_guard lock(mutex_);
    return expected_serial_;
  }();
  if (expected.empty()) return login;
  std::string found;
  Request request;
  request.method = "GET";
  request.path = "/system";
  request.words = "see which array answers";
  request.read = [&found](const HttpReply& reply) -> std::string {
    const auto value = parse_json(reply.body);
    if (!value) return "is not JSON";
    Fields fields(*value, "the system");
    found = fields.text("serialNumber");
    return fields.problem().empty() ? "" : "is not understood: " + fields.problem();
  };
  Attempt look = exchange_.perform(request, session, deadline);
  if (look.verdict == Verdict::done && found == expected) return login;
  exchange_.log_out(session, deadline);
  if (look.verdict != Verdict::done) return look;
  look.verdict = Verdict::denied;
  look.error =
      Error(ErrorKind::failed_precondition, "array " + config_.array + ": another array answers there (serial number " +
                                                found + ", before " + expected + "); correct hpe3par_api_url");
  return look;
}

std::optional<Error> Client::Impl::why_lost() const {
  const std::optional<Health> health = health_.lost();
  if (!health) return std::nullopt;
  const std::string begin = "array " + config_.array + ": ";
  const std::string reason = health->reason.starts_with(begin) ? health->reason.substr(begin.size()) : health->reason;
  return Error(ErrorKind::unavailable, begin + "it does not answer since " + to_rfc3339(health->since) + ": " + reason +
                                           "; retry when it answers");
}

/// Waiting for a session, or the login, failed: the request itself was never sent.
Attempt Client::Impl::without_session(const Request& request, Attempt login) const {
  login.sent = false;
  const std::string begin = "array " + config_.array + ": ";
  std::string text = login.error->what();
  if (text.starts_with(begin)) text.erase(0, begin.size());
  text.insert(0, begin + "cannot " + request.words + ": ");
  const auto code = login.error->remote_code();
  login.error = code ? Error(login.error->kind(), text, *code) : Error(login.error->kind(), text);
  return login;
}

/// All sessions were in use for so long: if nobody got an answer meanwhile, the array is silent.
void Client::Impl::note_vain_wait(const Attempt& given_up, SteadyTime began, const Deadline& deadline) {
  const bool out_of_time = given_up.verdict == Verdict::over && given_up.error->kind() == ErrorKind::deadline_exceeded;
  if (out_of_time && deadline.clock().now() - began >= kTellingWait)
    health_.unanswered(given_up.error->what(), began, HealthRecord::Patience::brief);
}

Attempt Client::Impl::attempt(const Request& request, const Deadline& deadline) {
  const SteadyTime began = deadline.clock().now();
  SessionPool::Acquired first = pool_.acquire(deadline);
  if (auto* failure = std::get_if<Attempt>(&first)) {
    note_vain_wait(*failure, began, deadline);
    return without_session(request, *failure);
  }
  auto& lease = std::get<SessionPool::Lease>(first);
  Attempt attempt = exchange_.perform(request, lease.key(), deadline);
  if (attempt.verdict != Verdict::expired) return attempt;

  lease.forget();
  SessionPool::Acquired second = pool_.acquire_fresh(deadline);
  if (auto* failure = std::get_if<Attempt>(&second)) return without_session(request, *failure);
  auto& fresh = std::get<SessionPool::Lease>(second);
  attempt = exchange_.perform(request, fresh.key(), deadline);
  attempt.renewed = true;
  if (attempt.verdict == Verdict::expired) fresh.forget();
  return attempt;
}

Sent Client::Impl::run(const Request& request, const Deadline& deadline) {
  Sent sent;
  for (int count = 1;; ++count) {
    const Attempt last = attempt(request, deadline);
    sent.repeated = sent.repeated || last.renewed;
    if (last.verdict == Verdict::done) return sent;
    const bool again = may_repeat(last, request.repeat) && count < attempts_allowed(last.verdict) && !health_.lost();
    const Millis pause = pause_after(last.verdict, count);
    if (again && pause < deadline.remaining() && deadline.sleep_for(pause)) {
      sent.repeated = sent.repeated || last.verdict == Verdict::busy;
      continue;
    }
    sent.outcome = outcome_unknown(last) ? Sent::Outcome::unknown : Sent::Outcome::not_done;
    sent.error = last.error;
    return sent;
  }
}

Client::Client(ClientConfig config, Clock& clock, std::unique_ptr<Transport> transport)
    : impl_(std::make_unique<Impl>(std::move(config), clock, std::move(transport))) {}

Client::~Client() = default;

void Client::send(const Request& request, const Deadline& deadline) {
  const Sent sent = impl_->run(request, deadline);
  if (!sent.done()) throw Error(*sent.error);
}

Sent Client::send_once(const Request& request, const Deadline& deadline) {
  return impl_->run(request, deadline);
}

const std::string& Client::array() const {
  return impl_->config_.array;
}

Health Client::health() const {
  return impl_->health_.get();
}

int Client::sessions_open() const {
  return impl_->pool_.open();
}

std::optional<WallTime> Client::array_time() const {
  return impl_->exchange_.array_time(impl_->clock_.now());
}

std::string Client::local_address() const {
  return impl_->exchange_.local_address();
}

void Client::expect_serial(const std::string& serial_number) {
  impl_->expect_serial(serial_number);
}

void Client::close_idle_sessions(bool all, const Deadline& deadline) {
  impl_->pool_.close_idle(all, deadline);
}

}  // namespace hpe3par::wsapi
