#include "fabric.h"

#include <algorithm>

#include "model.h"

namespace hpe3par::sim {
namespace {

bool joins(const Link& link, const std::string& a, const std::string& b) {
  return (link.a == a && link.b == b) || (link.a == b && link.b == a);
}

}  // namespace

Link* find_link(Fabric& fabric, const std::string& a, const std::string& b) {
  const auto link =
      std::find_if(fabric.links.begin(), fabric.links.end(), [&](const Link& l) { return joins(l, a, b); });
  return link == fabric.links.end() ? nullptr : &*link;
}

bool can_talk(const Fabric& fabric, const Model& a, const Model& b) {
  return a.site_up && b.site_up && std::any_of(fabric.links.begin(), fabric.links.end(), [&](const Link& link) {
           return link.up && joins(link, a.identity.name, b.identity.name);
         });
}

}  // namespace hpe3par::sim
