#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hpe3par::sim {

struct Answer;
struct Call;
struct Model;

using Operation = Answer (*)(Model&, const Call&);

/// Where a request goes.
struct Destination {
  std::string route{};               ///< the pattern; the path as sent where no pattern fits
  std::vector<std::string> names{};  ///< what stood for the parts in braces, decoded
  bool known = false;                ///< some pattern fits, perhaps not with this method
  Operation operation = nullptr;     ///< null: not for this method, or one of the array's own calls (see `special`)
  enum class Special { none, api, login, logout, configuration } special = Special::none;
};

/// Looks up method and path (still encoded; a query and one trailing '/' are ignored).
Destination find_destination(std::string_view method, std::string_view path);

}  // namespace hpe3par::sim
