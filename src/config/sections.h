#pragma once

#include <string>
#include <vector>

#include "hpe3par/config/config.h"
#include "ini.h"
#include "values.h"

namespace hpe3par::config {

/// One section of the file, its keys known to be allowed there.
struct Section {
  std::string name;
  Values values;
  std::vector<IniEntry> replication = {};  ///< every replication_device, in order
};

/// What holds for the machine, from [DEFAULT].
HostConfig parse_host(const Values& values);

/// Whether the section is for HPE's File Persona driver, which has no backend here.
bool is_file_persona(const Section& section);

/// Checks the keys of a backend in a [DEFAULT] that is none, next to [DEFAULT_BLOCK]. Warns about each, but for the
/// driver, which HPE's plugin wanted there.
void check_useless(const Section& section, Warnings& warnings);

BackendConfig parse_backend(const Section& section, Warnings& warnings);

/// Backends and peers on one array share its sessions, and the login of the first of them. Warns where another one says
/// something else.
void warn_about_shared_arrays(const std::vector<BackendConfig>& backends, const std::vector<Section>& sections,
                              Warnings& warnings);

}  // namespace hpe3par::config
