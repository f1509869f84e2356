#pragma once

#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "hpe3par/wsapi/transport.h"

namespace hpe3par::test {

/// A Transport without a network: logins succeed by themselves (keys k1, k2, …), everything else is answered by the
/// script in order, then by `fallback`. Keeps what was sent. Thread-safe.
class ScriptedTransport final : public wsapi::Transport {
 public:
  using Answer = std::function<wsapi::HttpOutcome(const wsapi::HttpCall&)>;

  wsapi::HttpOutcome perform(const wsapi::HttpCall& call, const Deadline&) override {
    Answer answer;
    {
      const std::lock_guard lock(mutex_);
      calls_.push_back(call);
      const bool login = call.url.ends_with("/credentials");
      std::deque<Answer>& script = login ? login_script_ : script_;
      if (!script.empty()) {
        answer = std::move(script.front());
        script.pop_front();
      } else if (login) {
        const std::string key = "k" + std::to_string(++keys_);
        answer = [key](const auto&) { return reply(201, R"({"key":")" + key + "\"}"); };
      } else {
        answer = fallback_;
      }
    }
    wsapi::HttpOutcome outcome = answer(call);
    if (auto* got = std::get_if<wsapi::HttpReply>(&outcome);
        got != nullptr && call.sink != nullptr && got->status == 200) {
      call.sink->append(got->body);
      got->body.clear();
    }
    return outcome;
  }

  void then(Answer answer) { script_.push_back(std::move(answer)); }
  void then(wsapi::HttpOutcome outcome) {
    script_.emplace_back([outcome](const auto&) { return outcome; });
  }
  void then_login(wsapi::HttpOutcome outcome) {
    login_script_.emplace_back([outcome](const auto&) { return outcome; });
  }
  void otherwise(Answer answer) { fallback_ = std::move(answer); }

  static wsapi::HttpOutcome reply(int status, std::string body, std::string location = "") {
    wsapi::HttpReply out;
    out.status = status;
    out.body = std::move(body);
    out.location = std::move(location);
    out.local_address = "10.0.0.9";
    return out;
  }
  static wsapi::HttpOutcome error(int status, int code, const std::string& text) {
    return reply(status, R"({"code":)" + std::to_string(code) + R"(,"desc":")" + text + "\"}");
  }
  static wsapi::HttpOutcome created(const std::string& path) { return reply(201, "", "/api/v1" + path); }
  static wsapi::HttpOutcome lost() {
    return wsapi::TransportFailure{wsapi::TransportFailure::Kind::lost, true, "the connection broke"};
  }
  static wsapi::HttpOutcome not_connected() {
    return wsapi::TransportFailure{wsapi::TransportFailure::Kind::connect, false, "cannot connect: Connection refused"};
  }

  std::vector<wsapi::HttpCall> calls() const {
    const std::lock_guard lock(mutex_);
    return calls_;
  }
  /// "POST /volumes", logins included, without the address.
  std::vector<std::string> lines() const {
    std::vector<std::string> out;
    for (const auto& call : calls()) {
      const std::string path = call.url.substr(call.url.find("/api") + 4);
      out.push_back(call.method + " " + (path.starts_with("/v1") ? path.substr(3) : "/api"));
    }
    return out;
  }
  std::size_t count(const std::string& line) const {
    std::size_t n = 0;
    for (const auto& one : lines()) n += one == line ? 1 : 0;
    return n;
  }
  bool script_used_up() const { return script_.empty() && login_script_.empty(); }

 private:
  mutable std::mutex mutex_;
  std::vector<wsapi::HttpCall> calls_;
  std::deque<Answer> script_;
  std::deque<Answer> login_script_;
  Answer fallback_ = [](const auto&) { return reply(404, R"({"code":23,"desc":"volume does not exist"})"); };
  int keys_ = 0;
};

}  // namespace hpe3par::test
