#include "plan.h"

#include <algorithm>
#include <set>

#include "option_text.h"

namespace hpe3par::volumes {
namespace {

using host::Content;

constexpr std::string_view kFormatting = "formatting:";
constexpr std::string_view kFormatted = "formatted:";
constexpr Millis kTimeToFence{5'000};

std::string holder_name(const array::Export& each) {
  switch (each.kind) {
    case array::ExportKind::host: return "host " + each.array_host;
    case array::ExportKind::host_set: return "host set " + each.array_host;
    case array::ExportKind::port: return "port " + each.port;
    case array::ExportKind::matched_set: return "host " + each.array_host + " at port " + each.port;
  }
  return "";
}

std::string listed(const std::set<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " and ") + name;
  return text;
}

std::string seconds(Millis duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(duration).count()) + " s";
}

// The ext driver of the kernel mounts all three; HPE's plugin made ext file systems without a journal.
std::string mount_type(const std::string& type) {
  if (type == "ext2" || type == "ext3" || type == "ext4") return "ext4";
  return type == "xfs" ? "xfs" : "";
}

FormatPlan refuse(std::string reason) {
  return {FormatPlan::Action::refuse, "", std::move(reason)};
}

}  // namespace

std::string why_not_mountable(const catalog::Volume& volume, config::Transport transport) {
  if (transport != config::Transport::loop)
    return "backend " + volume.backend + " uses the transport " + std::string(config::to_string(transport)) +
           ", and this version can only attach with hpedockerplugin_driver = loop";
  if (std::string reason = why_in_foreign_group(volume); !reason.empty()) return reason;
  if (volume.copy_kind != array::CopyKind::base)
    return "it is a copy or snapshot on the array, and this version cannot mount those";
  return "";
}

std::string why_in_foreign_group(const catalog::Volume& volume) {
  if (!volume.group || !volume.record.group.empty()) return "";
  const std::string begin = "it is in remote copy group " + *volume.group;
  if (volume.record.legacy)
    return begin +
           ", and no backend of its array has a replication_device with the target of that group as backend_id, so it "
           "is not known which array serves it; add that to hpe.conf, or take the volume out of the group on the array";
  return begin + ", into which this plugin did not put it; take it out of that group on the array";
}

bool is_out_of_its_group(const catalog::Volume& volume) {
  return !volume.record.group.empty() && !volume.record.legacy && !volume.is_copy() && volume.in_no_group;
}

bool is_about_cpgs(const std::optional<int>& remote_code) {
  constexpr int kCodes[] = {15, 24, 38, 92, 93, 96, 153};  // no such CPG, no space, domain, RAID, limits
  return remote_code && std::find(std::begin(kCodes), std::end(kCodes), *remote_code) != std::end(kCodes);
}

std::string encode_mark(const FormatMark& mark) {
  return mark.finished ? std::string(kFormatted) + mark.type + ":" + mark.fs_uuid
                       : std::string(kFormatting) + mark.fs_uuid;
}

FormatMark parse_mark(const std::string& value) {
  if (value.starts_with(kFormatting)) return {false, "", value.substr(kFormatting.size())};
  FormatMark mark{true, "", ""};
  if (value.starts_with(kFormatted)) {
    const std::string rest = value.substr(kFormatted.size());
    const std::size_t colon = rest.find(':');
    mark.type = rest.substr(0, colon);
    if (colon != std::string::npos) mark.fs_uuid = rest.substr(colon + 1);
  }
  return mark;
}

FormatPlan plan_format(const Content& content, const MarkKnowledge& mark) {
  using Action = FormatPlan::Action;
  using Kind = Content::Kind;
  const bool unfinished = mark.mark && !mark.mark->finished;
  if (unfinished && content.kind == Kind::blank) return {Action::format_again, "", ""};
  if (unfinished && content.kind == Kind::half_made && content.uuid == mark.mark->fs_uuid)
    return {Action::format_again, "", ""};
  if (content.kind == Kind::half_made && !mark.known) return {Action::read_mark, "", ""};
  const bool has_signature = content.kind != Kind::blank && !content.type.empty();
  if (content.kind == Kind::file_system || (content.kind == Kind::half_made && has_signature && mark.mark)) {
    const std::string type = mount_type(content.type);
    if (!type.empty()) return {Action::mount, type, ""};
    return refuse("it holds a file system of type " + content.type + "; only ext2, ext3, ext4 and xfs are mounted");
  }
  if (content.kind == Kind::half_made)
    return refuse("it holds an unfinished file system that was not begun by this volume's first mount");
  if (content.kind == Kind::foreign)
    return refuse("it holds " + content.type +
                  " and no file system, so it was not made by this plugin; it is neither mounted nor formatted");
  if (!mark.mark) return {Action::create_mark, "", ""};
  return refuse("it was formatted" + (mark.mark->type.empty() ? "" : " as " + mark.mark->type) +
                " before and is blank now, so its data seem to be lost or the device is not the right one; it is not "
                "formatted again. If the data are not needed, remove the volume and create it anew");
}

std::string explain_refused_mount(const std::string& mount_options, const std::string& mkfs_options, bool is_new,
                                  const std::string& refusal) {
  std::string given;
  if (!mount_options.empty()) given += " with mountOptions=" + printable(mount_options);
  if (!mkfs_options.empty()) given += (given.empty() ? " with" : " and") + (" mkfsOptions=" + printable(mkfs_options));
  if (given.empty()) return "";
  std::string remedy = "use a host that does";
  if (is_new) {
    remedy += ", or remove the volume, which is still empty, and create it anew with other options";
  } else if (!mount_options.empty()) {
    remedy += ", or create the volume anew without them";
  }
  return given + ": " + refusal + "; if the kernel of this host does not take these options, " + remedy;
}

std::string holders_of(const std::vector<array::Export>& exports) {
  std::set<std::string> templates;
  std::set<std::string> paths;
  for (const array::Export& each : exports) (each.active ? paths : templates).insert(holder_name(each));
  return listed(templates.empty() ? paths : templates);
}

Look fold_look(const std::vector<array::Export>& exports, const std::string& array_host) {
  Look look;
  std::set<std::string> holders;
  for (const array::Export& each : exports) {
    const bool ours = each.kind == array::ExportKind::host && each.array_host == array_host;
    if (each.active) {
      look.others_active = look.others_active || !ours;
    } else if (ours) {
      look.own = each;
    } else {
      look.others.push_back(each);
      look.fenceable = look.fenceable && each.kind == array::ExportKind::host;
      holders.insert(holder_name(each));
    }
  }
  look.holder = listed(holders);
  return look;
}

ConflictPlan plan_conflict(const Look& look, const Waited& waited, config::ConflictPolicy policy, Millis delay,
                           Millis remaining) {
  using Action = ConflictPlan::Action;
  if (look.others.empty()) return {Action::acquire, ""};
  const std::string in_use = "it is in use by " + look.holder;
  const std::string stop = "; stop the container there, or remove that export if the host is gone for good";
  if (!look.fenceable)
    return {Action::refuse, in_use + ", which this plugin never takes away; remove that export on the array"};
  if (waited.total < delay) {
    if (remaining > kTimeToFence) return {Action::wait, ""};
    return {Action::refuse, in_use + "; waited " + seconds(waited.total) + " of " + seconds(delay) +
                                " for it to let go; retry to go on waiting"};
  }
  if (policy == config::ConflictPolicy::refuse)
    return {Action::refuse,
            in_use + (delay > Millis(0) ? " and did not let go within " + seconds(delay) : std::string()) + stop};
  if (policy == config::ConflictPolicy::dead && !look.unseen.empty())
    return {Action::refuse,
            in_use + ", and array " + look.unseen +
                ", which has the volume too, does not tell whether that host is alive; bring that array "
                "back and retry, or stop the container there, or, if the host is gone for good, remove "
                "its exports on both arrays"};
  const bool looks_dead = policy == config::ConflictPolicy::always || (!look.others_active && waited.inactive >= delay);
  if (looks_dead) {
    if (remaining > kTimeToFence) return {Action::fence, ""};
    return {Action::refuse, in_use + "; too little time is left in this call to take it over; retry"};
  }
  if (!look.others_active && remaining > kTimeToFence) return {Action::wait, ""};
  if (!look.others_active)
    return {Action::refuse, in_use + ", whose paths were logged in until " + seconds(waited.inactive) +
                                " ago; it is taken over when they are gone for " + seconds(delay) +
                                "; retry to go on waiting"};
  return {Action::refuse,
          in_use + ", whose paths are logged in, and it did not let go within " + seconds(delay) + stop};
}

std::string why_not_ours(const std::optional<array::ArrayHost>& host, const std::vector<std::string>& initiators,
                         const std::string& our_address) {
  if (!host) return "the array does not know our host any more";
  std::string seen;
  for (const array::HostPath& path : host->paths) {
    if (std::find(initiators.begin(), initiators.end(), path.initiator) == initiators.end()) continue;
    if (!our_address.empty() && path.address == our_address) return "";
    if (!path.address.empty()) seen = path.address;
  }
  return "it is exported to our host " + host->name +
         " already, but not by this machine: that initiator is logged in from " +
         (seen.empty() || seen == "0.0.0.0" ? "no address" : seen) + ", and this machine has " +
         (our_address.empty() ? "an unknown address" : our_address) +
         "; if two machines share an initiator name, give one another; if not, remove the export on the array";
}

SettleAction plan_settle(const journal::MountRecord& record, bool attached) {
  if (record.state == journal::MountState::mounted && !record.ids.empty()) return SettleAction::keep;
  return !record.fs_uuid.empty() && attached ? SettleAction::settle_format : SettleAction::release;
}

bool is_final(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::unavailable:
    case ErrorKind::deadline_exceeded:
    case ErrorKind::aborted:
    case ErrorKind::unauthenticated:
    case ErrorKind::resource_exhausted: return false;
    default: return true;
  }
}

std::string why_not_seen(host::MountView view, const journal::MountRecord& row, int process) {
  if (view != host::MountView::hidden) return "";
  return "its mount at " + row.mountpoint + " does not show to process " + std::to_string(process) +
         ", which asked for it and would write to another disk; a managed plugin is connected anew by docker plugin "
         "disable -f and docker plugin enable --timeout 120; as a service, hpe3pard must share the mount namespace of "
         "the engine (no PrivateMounts, ProtectSystem and the like)";
}

bool are_void(const std::vector<journal::MountId>& ids, const std::string& engine,
              const std::function<bool(const std::string&)>& is_gone) {
  return std::all_of(ids.begin(), ids.end(), [&](const journal::MountId& id) {
    return id.doubtful || (!id.engine.empty() && (id.engine == engine || (is_gone && is_gone(id.engine))));
  });
}

UnfinishedAction plan_unfinished(const UnfinishedLook& look) {
  using State = journal::UnfinishedVolume::State;
  constexpr auto kMayStillCome = std::chrono::minutes(2);
  if (!look.there) {
    if (look.state == State::creating && look.age < kMayStillCome) return UnfinishedAction::wait;
    return look.replicated && look.state != State::creating ? UnfinishedAction::remove_copy : UnfinishedAction::forget;
  }
  // Out of its group it is a volume no more: the group was left after everything that could have refused the removal.
  if (look.state == State::removing && look.replicated)
    return look.attached ? UnfinishedAction::restore : UnfinishedAction::remove;
  if (look.state != State::undoing) return UnfinishedAction::complete;
  return look.used ? UnfinishedAction::keep : UnfinishedAction::remove;
}

// A set with a rule is what HPE's plugin used as well; other sets are for exports and groups.
std::string foreign_set(const std::vector<array::VolumeSet>& sets, const std::vector<std::string>& own) {
  const auto foreign = std::find_if(sets.begin(), sets.end(), [&](const array::VolumeSet& set) {
    return !set.has_qos && !set.flash_cache && std::find(own.begin(), own.end(), set.name) == own.end();
  });
  return foreign == sets.end() ? "" : foreign->name;
}

}  // namespace hpe3par::volumes
