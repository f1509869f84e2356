#pragma once

#include <string>
#include <vector>

#include "hpe3par/wsapi/client.h"

namespace hpe3par::wsapi {

struct System {
  std::string name;
  std::string serial_number;
  int id = 0;
  std::vector<std::string> licences;  ///< their names
};

/// Build number of the WSAPI (GET /api), e.g. 30301215.
int get_build(Client& client, const Deadline& deadline);

System get_system(Client& client, const Deadline& deadline);

}  // namespace hpe3par::wsapi
