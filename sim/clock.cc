#include "clock.h"

#include <ctime>

namespace hpe3par::sim {
namespace {

// strftime would follow the locale; %a and %b must not.
constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::tm utc(WallTime time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return parts;
}

std::string formatted(const char* format, const std::tm& parts) {
  char text[64];
  return {text, std::strftime(text, sizeof text, format, &parts)};
}

}  // namespace

SteadyTime MovableClock::now() const {
  return base_.now() + offset();
}

WallTime MovableClock::wall() const {
  return base_.wall() + offset();
}

void MovableClock::sleep_for(Millis duration) {
  base_.sleep_for(duration);
}

void MovableClock::advance(std::chrono::seconds by) {
  offset_s_ += by.count();
}

void MovableClock::reset() {
  offset_s_ = 0;
}

std::string to_http_date(WallTime time) {
  const std::tm parts = utc(time);
  return std::string(kDays[parts.tm_wday]) + formatted(", %d ", parts) + kMonths[parts.tm_mon] +
         formatted(" %Y %H:%M:%S GMT", parts);
}

std::string to_8601(WallTime time) {
  return formatted("%Y-%m-%dT%H:%M:%S+00:00", utc(time));
}

std::int64_t to_unix(WallTime time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

}  // namespace hpe3par::sim
