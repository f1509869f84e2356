#include "access.h"

#include <algorithm>

#include "checks.h"
#include "keys.h"

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
  if (!url) values.refuse(kUrl, "https://HOST:PORT/api/v1");
  return *url;
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

std::vector<Portal> parse_portals(const Values& values) {
  std::vector<Portal> portals;
  for (const std::string& text : values.list("hpe3par_iscsi_ips", ",; \t")) {
    const std::optional<Portal> portal = parse_portal(text, Portal{}.port);
    if (!portal) values.refuse("hpe3par_iscsi_ips", "IP or IP:PORT, several separated by ',' (or ';')");
    portals.push_back(*portal);
  }
  return portals;
}

}  // namespace

ArrayAccess parse_access(const Values& values, Transport transport) {
  ArrayAccess access;
  const ApiUrl url = parse_url(values);
  access.api_url = url.text;
  access.array = url.authority;
  access.username = values.required("hpe3par_username");
  parse_password(values, access);
  access.ca_file = values.text("hpe3par_ca_file");
  access.tls_pin = values.text("hpe3par_tls_pin");
  if (!access.tls_pin.empty() && !is_tls_pin(access.tls_pin))
    values.refuse("hpe3par_tls_pin", "sha256// and the 44 base64 characters of the public key's hash");
  access.tls_verify = values.boolean("hpe3par_tls_verify", true);
  access.iscsi_portals = parse_portals(values);
  access.loop_dir = transport == Transport::loop ? values.required("loop_dir") : values.text("loop_dir");
  return access;
}

void warn_about_trust(const Values& values, const ArrayAccess& access, Warnings& warnings) {
  if (access.api_url.starts_with("http://"))
    warnings.add(values.line_of(kUrl), values.origin().prefix + "hpe3par_api_url is http://, so the password of " +
                                           access.username + " goes over the network unencrypted");
  else if (!access.tls_verify)
    warnings.add(
        values.line_of("hpe3par_tls_verify"),
        values.origin().prefix +
            "hpe3par_tls_verify = false, so anybody on the network can pose as the array and read the password");
}

std::vector<std::string> parse_array_names(const Values& values, const std::string& key) {
  std::vector<std::string> names = values.list(key);
  if (names.empty() || !std::all_of(names.begin(), names.end(), is_array_name))
    values.refuse(key,
                  "one or more CPG names, separated by commas, each of 1 to 31 letters, digits, '.', '_', '-', and "
                  "not beginning with '-'");
  return names;
}

}  // namespace hpe3par::config
