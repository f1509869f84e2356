#include "hpe3par/array/wsapi_array.h"

#include "builds.h"
#include "hpe3par/base/error.h"
#include "hpe3par/wsapi/curl_transport.h"
#include "wsapi_array_impl.h"

namespace hpe3par::array {

namespace {

constexpr Millis kIdentified{2'500};
constexpr Millis kReached{2'000};
constexpr Millis kLookAgain{20};

ArrayStatus::State to_state(wsapi::Health::State state) {
  switch (state) {
    case wsapi::Health::State::connecting: return ArrayStatus::State::connecting;
    case wsapi::Health::State::up: return ArrayStatus::State::up;
    case wsapi::Health::State::unreachable: return ArrayStatus::State::unreachable;
    case wsapi::Health::State::refused: return ArrayStatus::State::refused;
  }
  return ArrayStatus::State::connecting;
}

bool too_old(int build) {
  return build != 0 && build < build::kOldestSupported;
}

std::string old_build_sentence(int build) {
  return "its WSAPI build " + std::to_string(build) + " is older than " + std::to_string(build::kOldestSupported) +
         " (3PAR OS 3.2.2), the oldest that this program works with";
}

wsapi::ClientConfig client_config(ConnectionConfig config) {
  return {std::move(config.name), std::move(config.api_url), std::move(config.username), std::move(config.password),
          config.max_sessions};
}

}  // namespace

WsapiArray::WsapiArray(ConnectionConfig config, Clock& clock, std::unique_ptr<wsapi::Transport> transport)
    : must_be_identified_(config.must_be_identified),
      client_(client_config(std::move(config)), clock, std::move(transport)),
      identified_(!must_be_identified_) {}

ArrayStatus WsapiArray::status() const {
  const wsapi::Health health = client_.health();
  ArrayStatus status;
  status.state = to_state(health.state);
  status.since = health.since;
  status.reason = health.reason;
  status.sessions_open = client_.sessions_open();
  const std::lock_guard lock(mutex_);
  status.system_name = system_.name;
  status.serial_number = system_.serial_number;
  status.build = build_;
  if (status.state == ArrayStatus::State::up && too_old(build_)) {
    status.state = ArrayStatus::State::refused;
    status.reason = "array " + name() + ": " + old_build_sentence(build_);
  } else if (status.state == ArrayStatus::State::up && !refused_because_.empty()) {
    status.state = ArrayStatus::State::refused;
    status.reason = refused_because_;
  }
  return status;
}

void WsapiArray::refuse(const std::string& reason) {
  const std::lock_guard lock(mutex_);
  refused_because_ = reason;
}

void WsapiArray::expect_serial(const std::string& serial_number) {
  client_.expect_serial(serial_number);
  const std::lock_guard lock(mutex_);
  identified_ = true;
}

bool WsapiArray::may_be_used() const {
  const std::lock_guard lock(mutex_);
  if (!refused_because_.empty()) throw Error(ErrorKind::failed_precondition, refused_because_);
  return identified_;
}

void WsapiArray::check_usable(const Deadline& deadline) const {
  refuse_old_build();
  if (may_be_used()) return;
  const Deadline moment = deadline.sooner(kIdentified);
  // Whoever found out that it is silent asks it again at once: it may answer by now.
  const Deadline glimpse = deadline.sooner(kReached);
  while (!may_be_used()) {
    const wsapi::Health health = client_.health();
    const bool answers = health.state == wsapi::Health::State::up || health.state == wsapi::Health::State::connecting;
    if (!answers && glimpse.expired()) throw Error(ErrorKind::unavailable, health.reason);
    if (!moment.sleep_for(kLookAgain))
      throw about(Error(ErrorKind::unavailable, "it has not told yet which array it is; retry"));
  }
}

void WsapiArray::refuse_old_build() const {
  const std::lock_guard lock(mutex_);
  if (too_old(build_)) throw about(Error(ErrorKind::unimplemented, old_build_sentence(build_)));
}

void WsapiArray::learn_build(const Deadline& deadline) {
  const int build = wsapi::get_build(client_, deadline);
  const std::lock_guard lock(mutex_);
  build_ = build;
}

int WsapiArray::known_build() const {
  const std::lock_guard lock(mutex_);
  return build_;
}

int WsapiArray::build(const Deadline& deadline) {
  if (known_build() == 0) {
    const KeyedMutex::Guard guard = learning_.lock("version of array " + name(), deadline);
    if (known_build() == 0) learn_build(deadline);
  }
  check_usable(deadline);
  return known_build();
}

void WsapiArray::connect(const Deadline& deadline) {
  const ArrayStatus now = status();
  const bool known = now.build != 0 && !now.serial_number.empty();
  if (now.state == ArrayStatus::State::up && known && may_be_used()) return;
  {
    const std::lock_guard lock(mutex_);
    identified_ = !must_be_identified_;
  }
  // The array may have been updated since it was last reached, and may even be another one.
  client_.expect_serial("");
  learn_build(deadline);
  refuse_old_build();
  learn_system(deadline);
}

void WsapiArray::learn_system(const Deadline& deadline) {
  wsapi::System system = wsapi::get_system(client_, deadline);
  const std::lock_guard lock(mutex_);
  system_ = std::move(system);
}

Abilities WsapiArray::known_abilities() const {
  const std::lock_guard lock(mutex_);
  return {build_, system_.licences};
}

void WsapiArray::close_idle_sessions(bool all, const Deadline& deadline) {
  client_.close_idle_sessions(all, deadline);
}

Error WsapiArray::still_unknown(const Error& lost, const std::string& attempted) const {
  const bool own = lost.kind() == ErrorKind::deadline_exceeded || lost.kind() == ErrorKind::aborted;
  return Error(own ? lost.kind() : ErrorKind::unavailable,
               std::string(lost.what()) + "; it is not known whether " + attempted + "; retry");
}

std::uint64_t requests_of_this_thread() {
  return wsapi::requests_of_this_thread();
}

std::unique_ptr<Array> make_wsapi_array(ConnectionConfig config, Clock& clock) {
  const wsapi::TlsSettings tls{config.tls_verify, config.ca_file, config.tls_pin};
  auto transport = wsapi::make_curl_transport(tls, config.user_agent);
  return std::make_unique<WsapiArray>(std::move(config), clock, std::move(transport));
}

}  // namespace hpe3par::array
