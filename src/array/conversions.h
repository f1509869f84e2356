#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hpe3par/array/array.h"
#include "hpe3par/wsapi/hosts.h"
#include "hpe3par/wsapi/vluns.h"
#include "hpe3par/wsapi/volumes.h"

namespace hpe3par::array {

/// Between what the WSAPI says and the words of this module. Pure.

ArrayVolume to_array_volume(const wsapi::Volume& from);
ArrayHost to_array_host(const wsapi::Host& from);
Export to_export(const wsapi::Vlun& vlun);
wsapi::VlunId to_vlun_id(const Export& target);

/// The body that makes such a volume on an array with this WSAPI build.
/// @throws Error unimplemented: that version has no such provisioning
wsapi::VolumeBody to_body(const NewVolume& volume, int build);

bool begins_with_one_of(std::string_view name, const std::vector<std::string>& prefixes);

/// "name LIKE dcv-*,dcs-*", or empty when the build cannot filter or everything is wanted.
std::string volume_query(const std::vector<std::string>& prefixes, int build);

}  // namespace hpe3par::array
