#include <csignal>
#include <iostream>
#include <memory>

#include "control.h"
#include "hpe3par/base/error.h"
#include "hpe3par/base/log.h"
#include "listener.h"
#include "options.h"
#include "simulator.h"

namespace hpe3par::sim {
namespace {

// Blocked before the first thread starts, so that every thread inherits it and only sigwait() sees them.
sigset_t block_stop_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

std::unique_ptr<Listener> listen_for_control(const Options& options, Control& control) {
  if (!options.control) return nullptr;
  auto listener = std::make_unique<Listener>(
      *options.control, [&control](const HttpRequest& request, Exchange&) { return control.handle(request); },
      Control::refuse);
  log(LogLevel::info, "control port listens", {{"host", options.control->host}, {"port", listener->port()}});
  return listener;
}

void run(const Options& options) {
  const sigset_t signals = block_stop_signals();
  Simulator simulator(options);
  Control control(simulator);
  const std::unique_ptr<Listener> control_listener = listen_for_control(options, control);
  std::cout << "ready" << std::endl;
  int signal = 0;
  sigwait(&signals, &signal);
  log(LogLevel::info, "stopping", {{"signal", signal}});
}

}  // namespace
}  // namespace hpe3par::sim

int main(int argc, char** argv) {
  using namespace hpe3par;
  try {
    start_logging(LogLevel::info, LogFormat::text);
    sim::run(sim::parse_options(argc, argv));
    return 0;
  } catch (const sim::EarlyExit& exit) {
    (exit.code == 0 ? std::cout : std::cerr) << (exit.code == 0 ? "" : "wsapi-sim: ") << exit.text << std::endl;
    return exit.code;
  } catch (const std::exception& error) {
    std::cerr << "wsapi-sim: " << error.what() << std::endl;
    return 1;
  }
}
