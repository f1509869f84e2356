#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>

namespace hpe3par {

enum class LogLevel { trace, debug, info, warning, error };
enum class LogFormat { text, json };

/// @throws Error invalid_argument naming the allowed words (trace, debug, info, warning, error)
LogLevel parse_log_level(std::string_view word);

/// Directs the log to stderr in the given form. Called once by main; before that, warnings and errors go out as text.
void start_logging(LogLevel level, LogFormat format);

/// One `key=value` of a log line; left out if the value is empty. Values are quoted when needed, line breaks escaped.
struct LogField {
  LogField(std::string_view k, std::string_view v) : key(k), value(v) {}
  LogField(std::string_view k, const std::string& v) : key(k), value(v) {}
  LogField(std::string_view k, const char* v) : key(k), value(v) {}
  template <std::integral Number>
  LogField(std::string_view k, Number v) : key(k), value(std::to_string(v)) {}

  std::string_view key;
  std::string value;
};

/// Writes one line. Secrets never come near it: Secret does not convert to a field.
void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});

bool log_enabled(LogLevel level);

}  // namespace hpe3par
