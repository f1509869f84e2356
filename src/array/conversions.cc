#include "conversions.h"

#include <algorithm>
#include <cctype>

#include "builds.h"
#include "hpe3par/base/error.h"

namespace hpe3par::array {

namespace {

Provisioning to_provisioning(int number) {
  switch (number) {
    case 1: return Provisioning::full;
    case 2: return Provisioning::thin;
    case 6: return Provisioning::dedup;
    default: return Provisioning::other;
  }
}

CopyKind to_copy_kind(int number) {
  switch (number) {
    case 2: return CopyKind::physical_copy;
    case 3: return CopyKind::snapshot;
    default: return CopyKind::base;
  }
}

ExportKind to_export_kind(const wsapi::Vlun& vlun) {
  switch (vlun.type) {
    case 2: return ExportKind::port;
    case 3: return ExportKind::host;
    case 4: return ExportKind::matched_set;
    case 5: return ExportKind::host_set;
    default:
      if (vlun.hostname.empty()) return ExportKind::port;
      return vlun.hostname.starts_with("set:") ? ExportKind::host_set : ExportKind::host;
  }
}

// Data reduction is deduplication and compression in one.
void set_primera_provisioning(const NewVolume& volume, wsapi::VolumeBody& body) {
  (volume.provisioning == Provisioning::dedup ? body.reduce : body.tpvv) = true;
}

void set_provisioning(const NewVolume& volume, wsapi::VolumeBody& body) {
  if (volume.provisioning == Provisioning::dedup) {
    body.tdvv = true;
  } else {
    body.tpvv = volume.provisioning != Provisioning::full;
  }
  if (volume.compression) body.compression = true;
}

std::string upper_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

}  // namespace

ArrayVolume to_array_volume(const wsapi::Volume& from) {
  ArrayVolume volume;
  volume.name = from.name;
  volume.wwn = upper_case(from.wwn);
  volume.size_mib = from.size_mib;
  volume.comment = from.comment;
  volume.cpg = from.user_cpg;
  volume.snap_cpg = from.snap_cpg;
  volume.provisioning = to_provisioning(from.provisioning_type);
  volume.copy_kind = to_copy_kind(from.copy_type);
  volume.group = from.rcopy_group;
  volume.in_no_group = !from.rcopy_group && from.rcopy_status == 1;
  volume.created = WallTime(std::chrono::seconds(from.created));
  return volume;
}

ArrayHost to_array_host(const wsapi::Host& from) {
  ArrayHost host;
  host.name = from.name;
  for (const wsapi::HostPath& path : from.paths) host.paths.push_back({path.initiator, path.address});
  return host;
}

Export to_export(const wsapi::Vlun& vlun) {
  Export found;
  found.volume = vlun.volume;
  found.wwn = upper_case(vlun.volume_wwn);
  found.lun = vlun.lun;
  found.kind = to_export_kind(vlun);
  found.array_host = vlun.hostname;
  // A template for a host is good for any port; only the two kinds that are bound to one keep it.
  if (found.kind == ExportKind::port || found.kind == ExportKind::matched_set) found.port = vlun.port;
  found.active = vlun.active;
  if (vlun.active) found.initiator = vlun.remote_name;
  return found;
}

wsapi::VlunId to_vlun_id(const Export& target) {
  const bool of_port = target.kind == ExportKind::port;
  return {target.volume, target.lun, of_port ? "" : target.array_host, target.port};
}

wsapi::VolumeBody to_body(const NewVolume& volume, int build) {
  wsapi::VolumeBody body;
  body.name = volume.name;
  body.cpg = volume.cpg;
  if (build < build::kNoSnapCpg) body.snap_cpg = volume.snap_cpg;
  body.size_mib = volume.size_mib;
  body.comment = volume.comment;
  if (build >= build::kPrimera) {
    set_primera_provisioning(volume, body);
  } else {
    set_provisioning(volume, body);
  }
  return body;
}

bool begins_with_one_of(std::string_view name, const std::vector<std::string>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(), [&](const std::string& p) { return name.starts_with(p); });
}

std::string volume_query(const std::vector<std::string>& prefixes, int build) {
  if (build < build::kLikeQueries || prefixes.empty()) return "";
  std::string list;
  for (const std::string& prefix : prefixes) {
    if (prefix.empty()) return "";
    list += (list.empty() ? "" : ",") + prefix + "*";
  }
  return "name LIKE " + list;
}

}  // namespace hpe3par::array
