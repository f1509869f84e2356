#pragma once

#include <span>
#include <string_view>

namespace hpe3par::config {

enum class KeyUse {
  host,      ///< read from [DEFAULT] only
  backend,   ///< read from each section
  obsolete,  ///< of the Python plugin, without a meaning here: accepted with a warning
  silent,    ///< of the Python plugin, needed by nothing here and harmless: accepted without a word
  later,     ///< understood by a later version: accepted with a warning
};

struct Key {
  std::string_view name;
  KeyUse use;
  std::string_view note;  ///< for a warning: why it has no effect
};

/// Every key that may stand in an hpe.conf.
std::span<const Key> known_keys();

/// nullptr if there is no such key. Old spellings (hp3par_*) are found as well.
const Key* find_key(std::string_view name);

/// The known key that `name` was probably meant to be, or empty.
std::string_view closest_key(std::string_view name);

}  // namespace hpe3par::config
