#include "invariants.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "fabric.h"
#include "model.h"
#include "remote_copy_pair.h"
#include "vluns.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;
using Exported = std::map<const Model*, std::set<int>>;

Exported exported_volumes(const Fabric& fabric) {
  Exported exported;
  for (const auto& [name, model] : fabric.models)
    if (model->site_up)
      for (const Vlun& vlun : model->vluns) exported[model].insert(vlun.volume);
  return exported;
}

bool is_writable(const Exported& exported, const Model& model, int volume) {
  const auto volumes = exported.find(&model);
  return volumes != exported.end() && volumes->second.contains(volume) && is_writable_by_hosts(model, volume);
}

}  // namespace

void Invariants::add_twins(const Model& a, const Volume& of_a, const Model& b, const Volume& of_b) {
  const Twins twins{&a, of_a.id, &b, of_b.id};
  const Twins other_way{&b, of_b.id, &a, of_a.id};
  for (const Twins& known : twins_)
    if (known == twins || known == other_way) return;
  twins_.push_back(twins);
}

// Copies that went their own ways count as long as hosts cannot tell them apart.
bool Invariants::is_one_volume(const Twins& twins) {
  const Volume& a = twins.a->volumes.at(twins.of_a);
  const Volume& b = twins.b->volumes.at(twins.of_b);
  return a.wwn == b.wwn || (group_of(*twins.a, a.id) != nullptr && group_of(*twins.b, b.id) != nullptr);
}

void Invariants::watch(const Fabric& fabric, const std::string& by) {
  std::erase_if(twins_, [](const Twins& twins) {
    return !twins.a->volumes.contains_id(twins.of_a) || !twins.b->volumes.contains_id(twins.of_b);
  });
  const Exported exported = twins_.empty() ? Exported() : exported_volumes(fabric);
  std::vector<Finding> twice;
  for (const Twins& twins : twins_)
    if (is_writable(exported, *twins.a, twins.of_a) && is_writable(exported, *twins.b, twins.of_b) &&
        is_one_volume(twins))
      twice.push_back({twins.a->volumes.at(twins.of_a).name, {twins.a->identity.name, twins.b->identity.name}, by});
  writable_twice_.note(std::move(twice));
  exported_secondaries_.note(exported_secondaries(fabric, by));
}

std::vector<Invariants::Finding> Invariants::exported_secondaries(const Fabric& fabric, const std::string& by) {
  std::vector<Finding> found;
  for (const auto& [name, model] : fabric.models)
    for (const auto& [id, group] : model->copy_groups) {
      if (group.side.role != Role::secondary || manages_paths(group)) continue;
      for (const GroupMember& member : group.members) {
        if (!is_exported(*model, member.volume)) continue;
        const Volume& volume = model->volumes.at(member.volume);
        // Roles may change long after somebody asked for it.
        found.push_back({volume.name,
                         {model->identity.name},
                         group.roles_by.empty() ? by : group.roles_by,
                         model->files.was_written_despite(volume.wwn)});
      }
    }
  return found;
}

void Invariants::reset() {
  writable_twice_.reset();
  exported_secondaries_.reset();
}

void Invariants::forget() {
  *this = Invariants();
}

json Invariants::report() const {
  json twice = json::array(), secondaries = json::array();
  for (const Finding& finding : writable_twice_.all())
    twice.push_back({{"volume", finding.volume}, {"arrays", finding.arrays}, {"by", finding.by}});
  for (const Finding& finding : exported_secondaries_.all())
    secondaries.push_back({{"volume", finding.volume},
                           {"array", finding.arrays.front()},
                           {"by", finding.by},
                           {"written", finding.written}});
  return {{"writable_twice", std::move(twice)}, {"exported_secondaries", std::move(secondaries)}};
}

// What already was so is not somebody else's doing.
void Invariants::Record::note(std::vector<Finding> now) {
  for (Finding& finding : now) {
    const auto is_same = [&finding](const Finding& known) {
      return known.volume == finding.volume && known.arrays == finding.arrays;
    };
    const auto before = std::find_if(current_.begin(), current_.end(), is_same);
    if (before == current_.end()) {
      all_.push_back(finding);
      continue;
    }
    finding.by = before->by;
    if (finding.written) std::find_if(all_.rbegin(), all_.rend(), is_same)->written = true;
  }
  current_ = std::move(now);
}

void Invariants::Record::reset() {
  all_ = current_;
}

}  // namespace hpe3par::sim
