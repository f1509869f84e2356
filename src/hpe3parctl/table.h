#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hpe3par::ctl {

using Row = std::vector<std::string>;

/// Text for a terminal: control characters and what is not UTF-8 become '?', nothing becomes "-".
std::string printable(std::string_view text);

/// How many columns of a terminal printable text takes: one per character, none per combining mark, two per wide one.
std::size_t display_width(std::string_view text);

/// Columns aligned to the left, two blanks apart; no blanks at the end of a line.
std::string format_table(const std::vector<Row>& rows);

}  // namespace hpe3par::ctl
