#include "hpe3par/base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <memory>

#include "hpe3par/base/error.h"

namespace hpe3par {
namespace {

constexpr std::array<std::pair<std::string_view, LogLevel>, 5> kLevels = {{{"trace", LogLevel::trace},
                                                                           {"debug", LogLevel::debug},
                                                                           {"info", LogLevel::info},
                                                                           {"warning", LogLevel::warning},
                                                                           {"error", LogLevel::error}}};

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::trace: return spdlog::level::trace;
    case LogLevel::debug: return spdlog::level::debug;
    case LogLevel::info: return spdlog::level::info;
    case LogLevel::warning: return spdlog::level::warn;
    case LogLevel::error: return spdlog::level::err;
  }
  return spdlog::level::err;
}

struct Sink {
  std::shared_ptr<spdlog::logger> logger;
  LogFormat format = LogFormat::text;
};

Sink make_sink(LogLevel level, LogFormat format) {
  auto logger = std::make_shared<spdlog::logger>("hpe3par", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_level(to_spdlog(level));
  // %v last and whole: the line after the prefix is ours.
  logger->set_pattern(format == LogFormat::json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})"
                                                : "%Y-%m-%dT%H:%M:%S.%eZ %-7l %v",
                      spdlog::pattern_time_type::utc);
  return {std::move(logger), format};
}

Sink& sink() {
  static Sink instance = make_sink(LogLevel::warning, LogFormat::text);
  return instance;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\u{:04x}", byte);
    } else {
      out += c;
    }
  }
  return out + '"';
}

bool needs_quotes(std::string_view text) {
  return text.empty() || text.find_first_of(" \"\\=\n\r\t") != std::string_view::npos ||
         std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

std::string text_line(std::string_view message, std::initializer_list<LogField> fields) {
  std::string line(message);
  for (const LogField& field : fields) {
    if (field.value.empty()) continue;
    line += ' ';
    line += field.key;
    line += '=';
    line += needs_quotes(field.value) ? quoted(field.value) : field.value;
  }
  return line;
}

std::string json_line(std::string_view message, std::initializer_list<LogField> fields) {
  std::string line = "\"message\":" + quoted(message);
  for (const LogField& field : fields)
    if (!field.value.empty()) line += "," + quoted(field.key) + ":" + quoted(field.value);
  return line;
}

}  // namespace

LogLevel parse_log_level(std::string_view word) {
  for (const auto& [name, level] : kLevels)
    if (name == word) return level;
  throw Error(ErrorKind::invalid_argument,
              "log level '" + std::string(word) + "' is not known; allowed: trace, debug, info, warning, error");
}

void start_logging(LogLevel level, LogFormat format) {
  sink() = make_sink(level, format);
}

void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  if (!log_enabled(level)) return;
  const Sink& target = sink();
  target.logger->log(to_spdlog(level), "{}",
                     target.format == LogFormat::json ? json_line(message, fields) : text_line(message, fields));
}

bool log_enabled(LogLevel level) {
  return sink().logger->should_log(to_spdlog(level));
}

}  // namespace hpe3par
