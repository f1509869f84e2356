#include "host_choice.h"

#include <algorithm>
#include <cctype>

#include "hpe3par/base/error.h"

namespace hpe3par::array {

namespace {

char lower(char c) {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}
char upper(char c) {
  return static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
}

bool is_wwpn(const std::string& text) {
  return text.size() == 16 &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
}

bool is_iscsi_name(const std::string& text) {
  return text.starts_with("iqn.") || text.starts_with("eui.") || text.starts_with("naa.");
}

bool has(const wsapi::Host& host, const std::string& initiator) {
  return std::any_of(host.paths.begin(), host.paths.end(),
                     [&](const wsapi::HostPath& path) { return canonical_initiator(path.initiator) == initiator; });
}

bool has_any(const wsapi::Host& host, const wsapi::Initiators& wanted) {
  const auto mine = [&](const std::string& initiator) { return has(host, initiator); };
  return std::any_of(wanted.iqns.begin(), wanted.iqns.end(), mine) ||
         std::any_of(wanted.wwns.begin(), wanted.wwns.end(), mine);
}

}  // namespace

std::string canonical_initiator(const std::string& initiator) {
  std::string text = initiator;
  std::transform(text.begin(), text.end(), text.begin(), lower);
  if (is_iscsi_name(text)) return text;
  std::erase(text, ':');
  std::transform(text.begin(), text.end(), text.begin(), upper);
  return text;
}

wsapi::Initiators sort_initiators(const std::vector<std::string>& initiators) {
  wsapi::Initiators sorted;
  for (const std::string& initiator : initiators) {
    const std::string text = canonical_initiator(initiator);
    if (!is_iscsi_name(text) && !is_wwpn(text)) {
      throw Error(ErrorKind::invalid_argument, "\"" + initiator + "\" is neither an iSCSI name nor a WWPN");
    }
    (is_wwpn(text) ? sorted.wwns : sorted.iqns).push_back(text);
  }
  if (initiators.empty()) throw Error(ErrorKind::invalid_argument, "this machine has no initiator");
  return sorted;
}

wsapi::Initiators missing_initiators(const wsapi::Initiators& wanted, const wsapi::Host& host) {
  wsapi::Initiators missing = wanted;
  const auto present = [&](const std::string& initiator) { return has(host, initiator); };
  std::erase_if(missing.iqns, present);
  std::erase_if(missing.wwns, present);
  return missing;
}

std::optional<wsapi::Host> choose_host(const std::vector<wsapi::Host>& candidates, const wsapi::Initiators& wanted,
                                       const std::string& array) {
  std::optional<wsapi::Host> chosen;
  std::string names;
  for (const wsapi::Host& host : candidates) {
    if (host.name.empty() || !has_any(host, wanted) || (chosen && chosen->name == host.name)) continue;
    names += (names.empty() ? "" : ", ") + host.name;
    if (!chosen) {
      chosen = host;
    } else {
      chosen->name.clear();  // several
    }
  }
  if (chosen && chosen->name.empty()) {
    throw Error(ErrorKind::failed_precondition, "array " + array +
                                                    ": the initiators of this machine belong to several " + "hosts (" +
                                                    names + "); merge or remove all but one");
  }
  return chosen;
}

}  // namespace hpe3par::array
