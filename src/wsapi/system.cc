#include "hpe3par/wsapi/system.h"

#include "resources.h"

namespace hpe3par::wsapi {

int get_build(Client& client, const Deadline& deadline) {
  int build = 0;
  get_object(
      client, "/api", "read the WSAPI version",
      [&](Fields& fields, const HttpReply&) { build = static_cast<int>(fields.number("build") & 0x7FFFFFFF); },
      deadline);
  return build;
}

System get_system(Client& client, const Deadline& deadline) {
  System system;
  get_object(
      client, "/system", "read the system's description",
      [&](Fields& fields, const HttpReply&) {
        system.name = fields.text("name");
        system.serial_number = fields.text("serialNumber");
        fields.object("licenseInfo", [&](Fields& info) {
          info.each("licenses", [&](Fields& licence) { system.licences.push_back(licence.text_or_empty("name")); });
        });
        system.id = static_cast<int>(fields.number_or("id", 0) & 0x7FFFFFFF);
      },
      deadline);
  return system;
}

}  // namespace hpe3par::wsapi
