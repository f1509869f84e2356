#include "fabric.h"

#include <algorithm>

#include "model.h"

namespace hpe3par::sim {
namespace {

bool joins(const Link& link, const std::string& a, const std::string& b) {
  return (link.a == a && link.b == b) || (link.a == b && link.b == a);
}

template <typename Links>
auto find_in(Links& links, const std::string& a, const std::string& b) {
  const auto link = std::find_if(links.begin(), links.end(), [&](const Link& l) { return joins(l, a, b); });
  return link == links.end() ? nullptr : &*link;
}

}  // namespace

Link* find_link(Fabric& fabric, const std::string& a, const std::string& b) {
  return find_in(fabric.links, a, b);
}
const Link* find_link(const Fabric& fabric, const std::string& a, const std::string& b) {
  return find_in(fabric.links, a, b);
}

bool can_talk(const Fabric& fabric, const Model& a, const Model& b) {
  const Link* link = find_link(fabric, a.identity.name, b.identity.name);
  return link != nullptr && (link->up[0] || link->up[1]) && a.site_up && b.site_up;
}

bool reaches_witness(const Fabric& fabric, const Model& model) {
  return model.site_up && fabric.quorum_up && !fabric.without_quorum.contains(model.identity.name);
}

}  // namespace hpe3par::sim
