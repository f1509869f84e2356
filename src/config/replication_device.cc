#include "replication_device.h"

#include <algorithm>
#include <string_view>

#include "access.h"
#include "checks.h"
#include "escapes.h"
#include "keys.h"
#include "replication_pairs.h"

namespace hpe3par::config {
namespace {

ReplicationMode parse_mode(const Values& values) {
  const std::string word = lower(values.required("replication_mode"));
  if (word == "synchronous") return ReplicationMode::synchronous;
  if (word == "asynchronous") return ReplicationMode::periodic;
  if (word == "streaming") return ReplicationMode::streaming;
  values.refuse("replication_mode", "synchronous, asynchronous, streaming");
}

std::string parse_witness(const Values& values, ReplicationMode mode) {
  std::string witness = values.text("quorum_witness_ip");
  if (witness.empty()) return witness;
  if (!is_address(witness)) values.refuse("quorum_witness_ip", "an IP address or a host name");
  if (mode != ReplicationMode::synchronous)
    values.fail_at("quorum_witness_ip",
                   "replication_device: quorum_witness_ip means Peer Persistence, which needs "
                   "replication_mode:synchronous");
  return witness;
}

std::chrono::seconds parse_period(const Values& values, ReplicationMode mode) {
  const int seconds = values.integer("sync_period", 900, 300, 31'622'400);
  if (values.has("sync_period") && mode == ReplicationMode::synchronous)
    values.fail_at("sync_period",
                   "replication_device: sync_period is for replication_mode asynchronous and streaming, not for "
                   "synchronous");
  return std::chrono::seconds(seconds);
}

// What follows the first pair is counted and not shown.
[[noreturn]] void refuse_pair(const Values& values, const std::string& key, const Part& part, std::size_t number) {
  const std::string allowed = "SOURCE_CPG:TARGET_CPG, several pairs separated by blanks";
  if (number == 1) values.refuse_part(key, part, allowed);
  fail(values.origin().file, part.line,
       "replication_device: pair " + std::to_string(number) + " of " + key + " is not allowed; allowed: " + allowed);
}

std::vector<CpgPair> parse_map(const Values& values, const std::string& key) {
  std::vector<CpgPair> map;
  for (const Part& part : values.list(key, " \t")) {
    const std::string& text = part.text;
    const std::size_t colon = std::min(text.find(':'), text.size());
    CpgPair pair{text.substr(0, colon), colon == text.size() ? "" : text.substr(colon + 1)};
    if (!is_array_name(pair.source) || !is_array_name(pair.target)) refuse_pair(values, key, part, map.size() + 1);
    const auto same = [&](const CpgPair& each) { return each.source == pair.source; };
    if (std::any_of(map.begin(), map.end(), same))
      fail(values.origin().file, part.line, "replication_device: " + key + " has two pairs for " + pair.source);
    map.push_back(std::move(pair));
  }
  return map;
}

const std::string* find_target(const std::vector<CpgPair>& map, std::string_view source) {
  const auto found = std::find_if(map.begin(), map.end(), [&](const CpgPair& each) { return each.source == source; });
  return found == map.end() ? nullptr : &found->target;
}

// Not an error: HPE's plugin used nothing but the target of the first pair, so old files may have any source.
void warn_about_gaps(const Values& values, const std::string& key, const std::vector<CpgPair>& map,
                     const std::vector<std::string>& cpgs, const std::string& list, Warnings& warnings) {
  for (const std::string& cpg : cpgs)
    if (!map.empty() && !find_target(map, cpg))
      warnings.add(values.line_of(key), "replication_device: " + key + " has no pair for " + cpg + " of " + list +
                                            ", so no volume in that CPG can be replicated");
}

std::string useless_text(const std::string& name, const Key& key) {
  if (key.use == KeyUse::obsolete) return "replication_device: " + name + " has no effect: " + std::string(key.note);
  const std::string text = name + " has no effect in replication_device; ";
  if (name == "hpe3par_cpg") return text + "use cpg_map";
  if (name == "hpe3par_snapcpg") return text + "use snap_cpg_map";
  return text + "it belongs to the section itself, on a line that is not indented";
}

bool is_read(std::string_view pair_key) {
  const Key* key = find_key(pair_key);
  return !find_replication_key(pair_key).empty() && (!key || key->use == KeyUse::active);
}

// Tells about a key that is no key of replication_device, each once.
bool warn_if_useless(const ReplicationPair& pair, const Values& values, Warnings& warnings) {
  if (!find_replication_key(pair.key).empty()) return false;
  if (!values.has(pair.key)) warnings.add(pair.line, useless_text(pair.key, *find_key(pair.key)));
  return true;
}

}  // namespace

const std::string* ReplicationConfig::find_target_cpg(std::string_view source) const {
  return find_target(cpg_map, source);
}

const std::string* ReplicationConfig::find_target_snap_cpg(std::string_view source) const {
  return find_target(snap_cpg_map.empty() ? cpg_map : snap_cpg_map, source);
}

Values read_replication_values(const std::vector<IniEntry>& entries, const std::string& file, Warnings& warnings) {
  const IniEntry& first = entries.front();
  Values values({file, first.line, "replication_device of [" + first.section + "]",
                 "replication_device: ", "; nothing is taken over from the section"});
  for (const IniEntry& entry : entries)
    for (ReplicationPair& pair : split_replication_device(entry, file)) {
      const bool useless = warn_if_useless(pair, values, warnings);
      if (is_read(pair.key) && unescape_dollars(pair.value))
        warnings.add(pair.line, values.origin().prefix + unescaped_text(pair.key));
      const int before = values.put(pair.key, pair.value, pair.line, pair.lines);
      if (before != 0 && !useless)
        warnings.add(pair.line, "replication_device sets " + pair.key + " again (first in line " +
                                    std::to_string(before) + "); the last one counts");
    }
  return values;
}

ReplicationConfig parse_replication(const Values& values, const BackendConfig& backend, Warnings& warnings) {
  ReplicationConfig peer;
  peer.backend_id = values.required("backend_id");
  if (!is_array_name(peer.backend_id))
    values.refuse("backend_id", "the remote copy target's name, 1 to 31 letters, digits, '.', '_', '-'");
  peer.mode = parse_mode(values);
  peer.quorum_witness_ip = parse_witness(values, peer.mode);
  peer.sync_period = parse_period(values, peer.mode);
  values.require("cpg_map");
  peer.cpg_map = parse_map(values, "cpg_map");
  peer.snap_cpg_map = parse_map(values, "snap_cpg_map");
  static_cast<ArrayAccess&>(peer) = parse_access(values, backend.transport);
  if (peer.array == backend.array)
    values.fail_at("hpe3par_api_url", "replication_device: hpe3par_api_url is " + peer.array +
                                          ", the array of the section itself; the other array is wanted here");
  warn_about_gaps(values, "cpg_map", peer.cpg_map, backend.cpgs, "hpe3par_cpg", warnings);
  warn_about_gaps(values, "snap_cpg_map", peer.snap_cpg_map, backend.snap_cpgs, "hpe3par_snapcpg", warnings);
  warn_about_trust(values, peer, warnings);
  return peer;
}

}  // namespace hpe3par::config
