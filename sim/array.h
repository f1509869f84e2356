#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>

#include "accounts.h"
#include "clock.h"
#include "exchange.h"
#include "fabric.h"
#include "faults.h"
#include "hpe3par/base/http_engine.h"
#include "lun_files.h"
#include "model.h"
#include "router.h"
#include "sessions.h"

namespace hpe3par::sim {

struct Credentials {
  std::string user;
  std::string password;
};

/// One simulated array: what stands behind its WSAPI address.
///
/// A request passes, in this order: the turn of its session, the faults, the check of its key, the rules. Waiting (for
/// a turn, for an injected latency) is done outside the lock that covers the model, so different sessions run in
/// parallel. Thread-safe.
class Array {
 public:
  /// Joins the fabric, which must outlive it like the clock. `directory` is the array's own.
  /// @param die called after a request of which the array dies, before that is answered; nothing of the array is locked
  Array(
      Identity identity, std::set<std::string> domains, Credentials credentials, const Clock& clock,
      const std::filesystem::path& directory, Fabric& fabric, std::function<void()> die = [] {});

  const std::string& name() const { return name_; }

  /// Never throws; refusals and bugs become JSON.
  HttpResponse handle(const HttpRequest& request, Exchange& exchange);

  /// The answer to bytes that are no HTTP request.
  HttpResponse refuse(int status, const std::string& desc) const;

  Faults& faults() { return faults_; }

  /// The array's part of the control port's statistics.
  nlohmann::json statistics();
  void reset_statistics();

  /// The array's part of the control port's list of objects.
  nlohmann::json objects();

  /// What the control port says about a host's paths, whatever its initiators are named.
  /// @throws Refusal 404/17
  void set_logged_in(const std::string& host, bool logged_in);

  /// What the control port makes different from the profile.
  ArrayBehaviour behaviour();
  /// @throws Refusal unless all VLANs are on iSCSI ports of the array
  void check_behaviour(const ArrayBehaviour& behaviour);
  void set_behaviour(const ArrayBehaviour& behaviour);

  /// What the volumes take of its space.
  std::int64_t allocated_mib();

  /// The site lost power: exports gone, sessions gone, requests under way are cut off without an effect.
  void lose_site();
  /// The management side is gone: requests under way are cut off without an effect.
  void interrupt();
  /// Gives the exports back after lose_site().
  void restore_site();

  /// As freshly started.
  void reset();

 private:
  class Request;

  HttpResponse serve(Request& request, Exchange& exchange);
  HttpResponse act(const Request& request);
  HttpResponse act_on_session(const Request& request);
  void authenticate(const Request& request);
  HttpResponse dispatch(const Request& request);
  HttpResponse login(const Request& request);
  HttpResponse logout(const Request& request);
  int build();
  bool pause(Millis delay, int epoch);
  HttpResponse fail(const FaultAnswer& answer, Exchange& exchange) const;
  HttpResponse respond(const Answer& answer) const;
  HttpResponse respond(int status, const nlohmann::json& body) const;

  std::string name_;
  Credentials credentials_;
  std::function<void()> die_;
  const Clock& clock_;
  Sessions sessions_;
  Faults faults_;
  Accounts accounts_;

  std::mutex pause_mutex_;
  std::condition_variable interrupted_;
  std::atomic<int> epoch_{0};  // changes whenever requests under way are cut off

  Fabric& fabric_;  // its lock covers files_ and model_
  LunFiles files_;
  Model model_;
};

}  // namespace hpe3par::sim
