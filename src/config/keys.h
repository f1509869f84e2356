#pragma once

#include <span>
#include <string>
#include <string_view>

namespace hpe3par::config {

enum class KeyPlace {
  host,     ///< [DEFAULT] only
  backend,  ///< each section
};

enum class KeyUse {
  active,
  later,     ///< understood and checked, but nothing reads it yet: accepted with a warning
  obsolete,  ///< of the Python plugin, without a meaning here: accepted with a warning, in any section
  silent,    ///< of the Python plugin, needed by nothing here and harmless: accepted without a word
};

enum class KeyShape {
  line,   ///< the value stands on one line
  list,   ///< indented lines may continue it
  pairs,  ///< the same, with pairs of its own: replication_device
};

struct Key {
  std::string_view name;  ///< with a `*` at its end: every key that begins so
  KeyPlace place;
  KeyUse use;
  std::string_view note;  ///< for a warning: why it has no effect
  KeyShape shape = KeyShape::line;
};

/// Every key that may stand in an hpe.conf.
std::span<const Key> known_keys();

/// Every key that may stand in a replication_device. Another spelling is found by find_replication_key().
std::span<const std::string_view> replication_keys();

/// nullptr if there is no such key. Old spellings (hp3par_*) are found as well.
const Key* find_key(std::string_view name);

/// The usual spelling of a key of replication_device, or empty if there is no such key.
std::string_view find_replication_key(std::string_view name);

/// With hpe3par_ instead of hp3par_.
std::string modern_spelling(std::string_view name);

/// Whether `key` of a replication_device has several parts.
bool is_replication_list(std::string_view key);

/// Whether the value of this key must never be shown.
bool is_secret(std::string_view key);

}  // namespace hpe3par::config
