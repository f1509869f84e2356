#include "plugin.h"

namespace volconf {
namespace {

using nlohmann::json;

constexpr std::size_t kReadable = 300;

std::string shortened(const std::string& text) {
  if (text.size() <= kReadable) return text;
  return text.substr(0, kReadable) + "… (" + std::to_string(text.size()) + " bytes)";
}

std::string name_in(const std::string& body) {
  const json parsed = json::parse(body, nullptr, false);
  if (!parsed.is_object() || !parsed.contains("Name") || !parsed["Name"].is_string()) return "";
  return parsed["Name"].get<std::string>();
}

}  // namespace

bool Reply::ok() const {
  return status == 200 && json.is_object() && err().empty() && (at("Err").is_null() || at("Err").is_string());
}

bool Reply::is_error() const {
  return json.is_object() && !err().empty();
}

std::string Reply::err() const {
  return text("Err");
}

std::string Reply::text(const std::string& member) const {
  const auto value = at(member);
  return value.is_string() ? value.get<std::string>() : "";
}

json Reply::at(const std::string& member) const {
  return json.is_object() && json.contains(member) ? json.at(member) : nlohmann::json();
}

json Reply::volume() const {
  auto value = at("Volume");
  return value.is_object() ? value : json::object();
}

std::string Reply::story() const {
  const std::string came = status == 0 ? failure : "HTTP " + std::to_string(status) + " " + shortened(body);
  return "sent " + shortened(sent) + "; came " + came;
}

std::string request_text(const std::string& path, const std::string& body, const RequestStyle& style) {
  std::string text = style.method + " " + path + " HTTP/1.1\r\nHost: plugin.moby.localhost\r\n" +
                     "User-Agent: Go-http-client/1.1\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  for (const std::string& header : style.headers) text += header + "\r\n";
  return text + "\r\n" + body;
}

std::string path_of(const std::string& call) {
  return (call.find('.') == std::string::npos ? "/VolumeDriver." : "/") + call;
}

Millis limit_of(const std::string& call) {
  return call == "Create" || call == "Mount" ? std::chrono::seconds(120) : std::chrono::seconds(60);
}

Reply reply_of(const std::string& sent, const Response& response) {
  Reply reply;
  reply.sent = sent;
  reply.status = response.status;
  reply.body = response.body;
  reply.json = json::parse(response.body, nullptr, false);
  return reply;
}

Reply Plugin::call(const std::string& call, const json& body) {
  return call_raw(call, body.dump() + "\n");
}

Reply Plugin::call_raw(const std::string& call, const std::string& body, const RequestStyle& style) {
  const auto began = std::chrono::steady_clock::now();
  const std::string sent =
      call + " " + (body.empty() ? "with an empty body" : body.substr(0, body.find_last_not_of('\n') + 1));
  Reply reply;
  try {
    Connection connection(socket_);
    connection.send(request_text(path_of(call), body, style));
    reply = reply_of(sent, connection.receive(limit_of(call)));
  } catch (const WireError& error) {
    reply.sent = sent;
    reply.failure = error.what();
  }
  reply.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  reply.name = name_in(body);
  remember(reply);
  return reply;
}

Reply Plugin::create(const std::string& name, const json& options) {
  return call("Create", {{"Name", name}, {"Opts", options}});
}

std::vector<Reply> Plugin::errors() const {
  const std::lock_guard hold(mutex_);
  return errors_;
}

void Plugin::remember(const Reply& reply) {
  if (!reply.is_error()) return;
  const std::lock_guard hold(mutex_);
  errors_.push_back(reply);
}

}  // namespace volconf
