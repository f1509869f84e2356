#pragma once

#include "call.h"
#include "model.h"

namespace hpe3par::sim {

/// `GET /api`: version of the interface, which stands for the array's generation.
nlohmann::json api_version(int build);

Answer get_system(Model& model, const Call& call);

struct SessionUsage {
  std::size_t in_use = 0;
  std::size_t limit = 0;
  int timeout_s = 0;
};

nlohmann::json wsapi_configuration(int build, const SessionUsage& sessions);

/// From the name alone, so that it is stable.
int system_id_of(std::string_view array_name);

std::string serial_number_of(int system_id);

}  // namespace hpe3par::sim
