#include "access.h"

#include <algorithm>

#include "checks.h"
#include "keys.h"
#include "shown.h"

namespace hpe3par::config {
namespace {

constexpr const char* kUrl = "hpe3par_api_url";
constexpr const char* kPassword = "hpe3par_password";
constexpr const char* kPasswordFile = "hpe3par_password_file";

ApiUrl parse_url(const Values& values) {
  const std::string text = values.required(kUrl);
  if (text.find('@') != std::string::npos)
    values.fail_at(kUrl, values.origin().prefix +
                             "hpe3par_api_url must not hold a login; use hpe3par_username and "
                             "hpe3par_password");
  const std::optional<ApiUrl> url = parse_api_url(text);
  if (url) return *url;
  const std::string allowed = "https://HOST:PORT/api/v1";
  if (may_show_url(text)) values.refuse(kUrl, allowed);
  values.fail_at(kUrl, values.origin().prefix + "what stands in hpe3par_api_url is not allowed; allowed: " + allowed +
                           " (it is not shown, since it may hold a password)");
}

// Nothing but a key that lost its line end, or a password, would be behind a blank or a comma.
std::string parse_username(const Values& values) {
  std::string username = values.required("hpe3par_username");
  if (username.find_first_of(" \t,") != std::string::npos)
    values.fail_at("hpe3par_username", values.origin().prefix +
                                           "hpe3par_username holds a blank or a comma, and no user name does (it is "
                                           "not shown, since a password may be in it)");
  return username;
}

std::string beside_the_file(const Values& values, const std::string& path) {
  const std::filesystem::path named(path);
  if (path.empty() || named.is_absolute()) return path;
  return (std::filesystem::path(values.origin().file).parent_path() / named).string();
}

void forbid_both(const Values& values, const std::string& key, const std::string& file_key) {
  if (values.has(key) && values.has(file_key))
    values.fail_at(file_key, values.origin().prefix + key + " and " + file_key + " are both set; remove one of them");
}

void parse_password(const Values& values, ArrayAccess& access) {
  forbid_both(values, kPassword, kPasswordFile);
  forbid_both(values, "san_password", "san_password_file");
  if (values.has(kPasswordFile))
    access.password_file = {values.text(kPasswordFile), place(values.origin().file, values.line_of(kPasswordFile))};
  else if (values.has(kPassword))
    access.password = Secret(values.text(kPassword));
  else
    values.fail_missing(kPassword, "hpe3par_password or hpe3par_password_file");
}

}  // namespace

std::vector<Portal> parse_portals(const Values& values) {
  std::vector<Portal> portals;
  for (const Part& part : values.list("hpe3par_iscsi_ips", ",; \t")) {
    const std::optional<Portal> portal = parse_portal(part.text, Portal{}.port);
    if (!portal) values.refuse_part("hpe3par_iscsi_ips", part, "IP or IP:PORT, several separated by ',' (or ';')");
    portals.push_back(*portal);
  }
  return portals;
}

std::string parse_pin(const Values& values) {
  std::string pin = values.text("hpe3par_tls_pin");
  if (!pin.empty() && !is_tls_pin(pin))
    values.refuse("hpe3par_tls_pin", "sha256// and the 44 base64 characters of the public key's hash");
  return pin;
}

ArrayAccess parse_access(const Values& values, Transport transport) {
  ArrayAccess access;
  const ApiUrl url = parse_url(values);
  access.api_url = url.text;
  access.array = url.authority;
  access.username = parse_username(values);
  parse_password(values, access);
  access.ca_file = beside_the_file(values, values.text("hpe3par_ca_file"));
  access.tls_pin = parse_pin(values);
  access.tls_verify = values.boolean("hpe3par_tls_verify", true);
  access.iscsi_portals = parse_portals(values);
  if (transport == Transport::loop) values.require("loop_dir");
  access.loop_dir = beside_the_file(values, values.text("loop_dir"));
  return access;
}

void warn_about_trust(const Values& values, const ArrayAccess& access, Warnings& warnings) {
  const auto warn = [&](const char* key, const std::string& text) {
    warnings.add(values.line_of(key), values.origin().prefix + key + text);
  };
  if (!access.api_url.starts_with("http://")) {
    // A pin is checked in any case.
    if (!access.tls_verify && access.tls_pin.empty())
      warn("hpe3par_tls_verify", " = false, so anybody on the network can pose as the array and read the password");
    return;
  }
  warn(kUrl,
       " is http://, so the password of " + shown_username(access.username) + " goes over the network unencrypted");
  for (const char* key : {"hpe3par_ca_file", "hpe3par_tls_pin"})
    if (values.has(key)) warn(key, " has no effect: hpe3par_api_url is http://");
}

std::vector<std::string> parse_array_names(const Values& values, const std::string& key) {
  const std::string allowed =
      "one or more CPG names, separated by commas, each of 1 to 31 letters, digits, '.', '_', '-', and not beginning "
      "with '-'";
  std::vector<std::string> names;
  for (const Part& part : values.list(key)) {
    if (!is_array_name(part.text)) values.refuse_part(key, part, allowed);
    names.push_back(part.text);
  }
  if (names.empty()) values.refuse(key, allowed);
  return names;
}

}  // namespace hpe3par::config
