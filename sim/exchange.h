#pragma once

#include <atomic>
#include <memory>
#include <string>

namespace hpe3par::sim {

/// What becomes of the bytes of an answer.
enum class Delivery {
  answer,  ///< sent whole
  cut,     ///< sent without the last part of the body, then closed
  reset,   ///< not sent; the peer sees a connection reset
  hang,    ///< not sent; the connection stays open until the peer gives up or the hang is over
};

/// What the two sides of one request tell each other besides request and response.
struct Exchange {
  std::string http_version;                              ///< as sent, e.g. HTTP/1.1
  Delivery delivery = Delivery::answer;                  ///< set by the one who answers
  bool fatal = false;                                    ///< whether the array dies of it
  bool served = false;                                   ///< whether the request reached the one who answers
  std::shared_ptr<const std::atomic<bool>> hang_over{};  ///< true ends a hang, with a reset; null: nothing does
};

}  // namespace hpe3par::sim
