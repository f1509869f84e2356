#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "hpe3par/wsapi/client.h"
#include "json_fields.h"

namespace hpe3par::wsapi {

/// What the resource files share: requests for one object, for a collection, and for a change.

/// GET of one object; `unpack` takes its members.
void get_object(Client& client, const std::string& path, const std::string& words,
                const std::function<void(Fields&, const HttpReply&)>& unpack, const Deadline& deadline);

struct CollectionRequest {
  std::string path;
  std::string query;
  std::string words;   ///< "list the volumes"
  std::string member;  ///< what one is called in errors: "volume"
};

/// GET of a collection, member by member as it arrives. A repeated attempt calls `restart` first (may be empty).
void get_collection(Client& client, const CollectionRequest& what, const std::function<void()>& restart,
                    const std::function<void(Fields&)>& member, const Deadline& deadline);

/// A POST that creates something; done only if the answer has the Location of what it made, and `read` is satisfied
/// (may be empty). A proxy's page and an empty body come with 200 and 201, too.
Sent create_object(Client& client, const std::string& path, const nlohmann::json& body, const std::string& words,
                   const std::function<std::string(const HttpReply&)>& read, const Deadline& deadline);

/// A PUT that must not take effect twice; done only if the answer has a Location.
Sent change_object(Client& client, const std::string& path, const nlohmann::json& body, const std::string& words,
                   const Deadline& deadline);

/// Runs `get`; false if the array says with `absent` that the object does not exist.
bool exists(int absent, const std::function<void()>& get);

}  // namespace hpe3par::wsapi
