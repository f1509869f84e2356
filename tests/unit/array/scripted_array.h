#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "hpe3par/base/error.h"
#include "tests/fakes/fake_clock.h"
#include "tests/unit/wsapi/scripted_transport.h"
#include "wsapi_array_impl.h"

namespace hpe3par::array {

/// A WsapiArray whose requests are answered by a script.
class ScriptedArrayTest : public testing::Test {
 protected:
  using ScriptedTransport = test::ScriptedTransport;

  ScriptedArrayTest() {
    auto owned = std::make_unique<ScriptedTransport>();
    transport = owned.get();
    ConnectionConfig config;
    config.name = "A";
    config.api_url = "http://10.0.0.1:8008/api/v1";
    config.username = "docker";
    config.password = Secret("s3cret");
    array = std::make_unique<WsapiArray>(config, clock, std::move(owned));
  }

  void then(int status, const std::string& body, const std::string& location = "") {
    transport->then(ScriptedTransport::reply(status, body, location));
  }
  void then_error(int status, int code) { transport->then(ScriptedTransport::error(status, code, "no")); }
  void then_lost() { transport->then(ScriptedTransport::lost()); }
  Deadline in(int ms = 60'000) { return Deadline::after(clock, Millis(ms)); }
  std::size_t sent() const { return transport->lines().size() - 1; }  // without the login

  template <typename Act>
  Error error_of(const Act& act) {
    try {
      act();
    } catch (const Error& error) {
      return error;
    }
    return Error(ErrorKind::internal, "no error");
  }

  test::FakeClock clock;
  ScriptedTransport* transport = nullptr;
  std::unique_ptr<WsapiArray> array;
};

}  // namespace hpe3par::array
