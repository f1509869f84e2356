#include "model.h"

#include "cpgs.h"
#include "hpe3par/base/error.h"
#include "ports.h"
#include "vluns.h"

namespace hpe3par::sim {

Profile parse_profile(std::string_view word) {
  if (word == "3par") return Profile::three_par;
  if (word == "primera") return Profile::primera;
  if (word == "alletramp") return Profile::alletra_mp;
  throw Error(ErrorKind::invalid_argument,
              "profile '" + std::string(word) + "' is unknown; known are 3par, primera and alletramp");
}

Model::Model(Identity who, std::set<std::string> known_domains, const Clock& time, LunFiles& data)
    : identity(std::move(who)), domains(std::move(known_domains)), clock(time), files(data) {
  reset();
}

void Model::reset() {
  files.remove_everything();
  behaviour = {};
  site_up = true;
  flash_cache.reset();
  qos_of_all_others.reset();
  vluns.clear();
  copy_groups.clear();
  unmirrored_targets.clear();
  tasks.clear();
  volumes.clear();
  volume_sets.clear();
  hosts.clear();
  host_sets.clear();
  cpgs.clear();
  add_default_cpgs(*this);
  ports = make_ports(identity);
}

void set_site_up(Model& model, bool up) {
  model.site_up = up;
  if (!up) return model.files.remove_all_exports();
  for (const Vlun& vlun : model.vluns) show_to_hosts(model, vlun);
}

}  // namespace hpe3par::sim
