#include "hpe3par/base/error.h"
#include "hpe3par/wsapi/error_codes.h"
#include "hpe3par/wsapi/object_keys.h"
#include "wsapi_array_impl.h"

namespace hpe3par::array {

namespace code = wsapi::code;
using wsapi::Sent;

bool WsapiArray::create_mark(const std::string& volume, const std::string& key, const std::string& value,
                             const Deadline& deadline) {
  check_usable(deadline);
  const std::string attempted = "mark " + key + " of volume " + volume + " was set";
  bool doubt = false;  // an attempt of ours may have set it
  for (int round = 1;; ++round) {
    const Sent sent = wsapi::post_object_key(client_, volume, key, value, deadline);
    if (sent.done()) return true;
    const bool unknown = sent.outcome == Sent::Outcome::unknown;
    const bool exists = sent.refused_with(code::kExistentObjectKey);
    doubt = doubt || sent.repeated || unknown;
    if (exists && !doubt) return false;
    if (!exists && !unknown) throw Error(*sent.error);

    const auto found =
        look_after(*sent.error, attempted, [&] { return wsapi::get_object_key(client_, volume, key, deadline); });
    if (found) return *found == value;
    if (round == 2) throw still_unknown(*sent.error, attempted);
  }
}

std::optional<std::string> WsapiArray::find_mark(const std::string& volume, const std::string& key,
                                                 const Deadline& deadline) {
  check_usable(deadline);
  return wsapi::get_object_key(client_, volume, key, deadline);
}

void WsapiArray::update_mark(const std::string& volume, const std::string& key, const std::string& value,
                             const Deadline& deadline) {
  check_usable(deadline);
  const std::string attempted = "mark " + key + " of volume " + volume + " was changed";
  for (int round = 1;; ++round) {
    const Sent sent = wsapi::put_object_key(client_, volume, key, value, deadline);
    if (sent.done()) return;
    if (sent.outcome != Sent::Outcome::unknown) throw Error(*sent.error);
    const auto found =
        look_after(*sent.error, attempted, [&] { return wsapi::get_object_key(client_, volume, key, deadline); });
    if (found == value) return;
    if (round == 2) throw still_unknown(*sent.error, attempted);
  }
}

}  // namespace hpe3par::array
