#pragma once

#include <string>
#include <string_view>

namespace hpe3par::config {

/// What stands before an unknown word: behind a secret, it may be a part of that.
enum class Before { plain, secret };

/// The known key that `name` is probably a misspelling of, or empty. Asks for one letter in four at most.
std::string_view nearest_key(std::string_view name);

/// Same among the keys of replication_device, then among those of a section.
std::string_view nearest_replication_key(std::string_view name);

/// What to tell about a key that is not known, with the known one that was probably meant. The word itself is shown
/// only if it can hardly be a part of a password. `where` follows it.
std::string unknown_key_text(std::string_view name, Before before);
std::string unknown_replication_key_text(std::string_view name, Before before,
                                         const std::string& where = " in replication_device");

}  // namespace hpe3par::config
