#include <algorithm>
#include <array>

#include "option_table.h"

namespace hpe3par::volumes {
namespace {

constexpr std::size_t kNameWidth = 20;

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size() + 1, width), ' ');
  return text;
}

using Row = std::array<std::string, 6>;

Row to_row(const BackendLine& line) {
  Row row = {line.backend, line.array, line.transport, line.state, line.since, line.reason};
  for (std::string& cell : row) {
    std::replace_if(
        cell.begin(), cell.end(), [](unsigned char c) { return c < ' ' || c == 0x7F; }, ' ');
    if (cell.empty()) cell = "-";
  }
  return row;
}

}  // namespace

std::string help_text(const config::Config& config) {
  std::string text = "options of a volume (docker volume create -d hpe -o NAME=VALUE ...):\n";
  for (const Option& option : all_options())
    text += "  " + padded(std::string(option.name), kNameWidth) + std::string(option.help) + "\n";
  text += "  " + padded("backend", kNameWidth) + "section of hpe.conf that says where the volume goes; one of:";
  for (const config::BackendConfig& backend : config.backends) text += " " + backend.name;
  text += "\n  " + padded("help", kNameWidth) + "this text\n";
  text += "  " + padded("help=backends", kNameWidth) + "the state of every backend\n";
  return text;
}

std::string backends_text(const std::vector<BackendLine>& lines) {
  std::vector<Row> rows = {{"NAME", "ARRAY", "TRANSPORT", "STATE", "SINCE", "REASON"}};
  for (const BackendLine& line : lines) rows.push_back(to_row(line));
  std::string text = "backends of this host:\n";
  for (const Row& row : rows) {
    text += "  ";
    for (std::size_t column = 0; column + 1 < row.size(); ++column) {
      std::size_t width = 0;
      for (const Row& each : rows) width = std::max(width, each[column].size());
      text += padded(row[column], width + 2);
    }
    text += row.back() + "\n";
  }
  return text;
}

}  // namespace hpe3par::volumes
