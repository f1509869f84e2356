#include "resources.h"

#include <nlohmann/json.hpp>

#include "member_splitter.h"

namespace hpe3par::wsapi {

namespace {

/// Parses each member on its own and hands it on.
class CollectionSink final : public BodySink {
 public:
  CollectionSink(const CollectionRequest& what, const std::function<void()>& restart,
                 const std::function<void(Fields&)>& member)
      : what_(what),
        restart_(restart),
        member_(member),
        splitter_([this](std::string_view text) { return take(text); }) {}

  void restart() override {
    splitter_.restart();
    if (restart_) restart_();
  }
  bool append(std::string_view bytes) override { return splitter_.feed(bytes); }
  std::string finish() override { return splitter_.finish(); }

 private:
  std::string take(std::string_view text) {
    const auto value = parse_json(text);
    if (!value) return "has a " + what_.member + " that is not JSON";
    Fields fields(*value, what_.member);
    member_(fields);
    return fields.problem().empty() ? "" : "is not understood: " + fields.problem();
  }

  const CollectionRequest& what_;
  const std::function<void()>& restart_;
  const std::function<void(Fields&)>& member_;
  MemberSplitter splitter_;
};

}  // namespace

void get_object(Client& client, const std::string& path, const std::string& words,
                const std::function<void(Fields&, const HttpReply&)>& unpack, const Deadline& deadline) {
  Request request;
  request.method = "GET";
  request.path = path;
  request.words = words;
  request.read = [&](const HttpReply& reply) -> std::string {
    const auto value = parse_json(reply.body);
    if (!value) return "is not JSON";
    Fields fields(*value, "the object");
    unpack(fields, reply);
    return fields.problem().empty() ? "" : "is not understood: " + fields.problem();
  };
  client.send(request, deadline);
}

void get_collection(Client& client, const CollectionRequest& what, const std::function<void()>& restart,
                    const std::function<void(Fields&)>& member, const Deadline& deadline) {
  CollectionSink sink(what, restart, member);
  Request request;
  request.method = "GET";
  request.path = what.path;
  request.query = what.query;
  request.words = what.words;
  request.sink = &sink;
  client.send(request, deadline);
}

Sent create_object(Client& client, const std::string& path, const nlohmann::json& body, const std::string& words,
                   const std::function<std::string(const HttpReply&)>& read, const Deadline& deadline) {
  Request request;
  request.method = "POST";
  request.path = path;
  request.body = to_text(body);
  request.words = words;
  request.repeat = Request::Repeat::if_not_done;
  request.read = [&](const HttpReply& reply) -> std::string {
    if (reply.location.empty()) return "does not tell where the new object is";
    return read ? read(reply) : "";
  };
  return client.send_once(request, deadline);
}

Sent change_object(Client& client, const std::string& path, const nlohmann::json& body, const std::string& words,
                   const Deadline& deadline) {
  Request request;
  request.method = "PUT";
  request.path = path;
  request.body = to_text(body);
  request.words = words;
  request.repeat = Request::Repeat::if_not_done;
  request.read = [](const HttpReply& reply) -> std::string {
    return reply.location.empty() ? "does not tell where the changed object is" : "";
  };
  return client.send_once(request, deadline);
}

bool exists(int absent, const std::function<void()>& get) {
  try {
    get();
    return true;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::not_found && error.remote_code() == absent) return false;
    throw;
  }
}

}  // namespace hpe3par::wsapi
