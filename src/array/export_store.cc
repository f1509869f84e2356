#include <algorithm>

#include "conversions.h"
#include "host_choice.h"
#include "hpe3par/base/error.h"
#include "hpe3par/wsapi/error_codes.h"
#include "hpe3par/wsapi/hosts.h"
#include "hpe3par/wsapi/vluns.h"
#include "wsapi_array_impl.h"

namespace hpe3par::array {

namespace code = wsapi::code;
using wsapi::Initiators;
using wsapi::Sent;

namespace {

/// Several hosts start at once, and answers get lost: what was found is looked at again this often.
constexpr int kHostRounds = 4;

/// One request takes IQNs or WWNs, not both.
std::vector<Initiators> by_protocol(const Initiators& initiators) {
  std::vector<Initiators> groups;
  if (!initiators.iqns.empty()) groups.push_back({initiators.iqns, {}});
  if (!initiators.wwns.empty()) groups.push_back({{}, initiators.wwns});
  return groups;
}

/// Did somebody (perhaps an attempt of ours) do it meanwhile, so that another look tells more?
bool worth_another_look(const Sent& sent) {
  return sent.outcome == Sent::Outcome::unknown || sent.refused_with(code::kExistentHost) ||
         sent.refused_with(code::kExistentPath) || sent.refused_with(code::kDuplicatePath) ||
         sent.refused_with(code::kNonExistentHost);
}

std::vector<Export> to_exports(const std::vector<wsapi::Vlun>& vluns) {
  std::vector<Export> exports;
  for (const wsapi::Vlun& vlun : vluns) exports.push_back(to_export(vlun));
  return exports;
}

/// Gives `host` what it lacks, or makes it if it is absent.
Sent complete_host(wsapi::Client& client, const std::optional<wsapi::Host>& host, const std::string& name,
                   const Initiators& wanted, const Deadline& deadline) {
  auto groups = by_protocol(host ? missing_initiators(wanted, *host) : wanted);
  Sent sent;
  auto group = groups.begin();
  if (!host) sent = wsapi::post_host(client, name, *group++, deadline);
  for (; sent.done() && group != groups.end(); ++group) sent = wsapi::put_host_paths(client, name, *group, deadline);
  return sent;
}

}  // namespace

std::string WsapiArray::ensure_host(const HostIdentity& identity, const Deadline& deadline) {
  check_usable(deadline);
  const Initiators wanted = sort_initiators(identity.initiators);
  for (int round = 1;; ++round) {
    auto host = choose_host(wsapi::get_hosts_with(client_, wanted, deadline), wanted, name());
    if (host && host->name != identity.name) return host->name;
    if (!host) host = wsapi::get_host(client_, identity.name, deadline);
    const Sent sent = complete_host(client_, host, identity.name, wanted, deadline);
    if (sent.done()) return identity.name;
    const Millis pause(100 * round);
    const bool again = worth_another_look(sent) && round < kHostRounds && pause < deadline.remaining();
    if (!again || !deadline.sleep_for(pause)) throw Error(*sent.error);
  }
}

std::optional<ArrayHost> WsapiArray::find_host(const std::string& name, const Deadline& deadline) {
  check_usable(deadline);
  const auto host = wsapi::get_host(client_, name, deadline);
  if (!host) return std::nullopt;
  return to_array_host(*host);
}

Export WsapiArray::export_volume(const std::string& volume, const std::string& array_host, const Deadline& deadline) {
  check_usable(deadline);
  const std::string attempted = "volume " + volume + " is exported to host " + array_host;
  const auto ours = [&](const Export& e) {
    return !e.active && e.kind == ExportKind::host && e.array_host == array_host;
  };
  bool doubt = false;  // an attempt of ours may have made it
  for (int round = 1;; ++round) {
    const wsapi::PostedVlun posted = wsapi::post_vlun(client_, volume, array_host, deadline);
    const Sent& sent = posted.sent;
    if (sent.done()) return {volume, "", posted.id.lun, ExportKind::host, array_host, "", false, ""};
    const bool unknown = sent.outcome == Sent::Outcome::unknown;
    doubt = doubt || sent.repeated || unknown;
    if (!unknown && !(doubt && sent.refused_with(code::kExistentLun))) throw Error(*sent.error);

    const auto exports = look_after(*sent.error, attempted, [&] { return list_exports(volume, deadline); });
    const auto found = std::find_if(exports.begin(), exports.end(), ours);
    if (found != exports.end()) return *found;
    if (round == 2) throw still_unknown(*sent.error, attempted);
  }
}

std::vector<Export> WsapiArray::list_exports(const std::string& volume, const Deadline& deadline) {
  check_usable(deadline);
  return to_exports(wsapi::get_vluns_of(client_, volume, deadline));
}

std::vector<Export> WsapiArray::list_exports_to(const std::string& array_host, const Deadline& deadline) {
  check_usable(deadline);
  return to_exports(wsapi::get_vluns_to(client_, array_host, deadline));
}

void WsapiArray::unexport_volume(const Export& target, const Deadline& deadline) {
  check_usable(deadline);
  try {
    wsapi::delete_vlun(client_, to_vlun_id(target), deadline);
  } catch (const Error& error) {
    // Without the export, its volume or its host there is no export.
    const auto gone = {code::kNonExistentVlun, code::kNonExistentVolume, code::kNonExistentHost};
    const bool absent = std::any_of(gone.begin(), gone.end(), [&](int c) { return error.remote_code() == c; });
    if (error.kind() != ErrorKind::not_found || !absent) throw;
  }
}

}  // namespace hpe3par::array
