#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "hpe3par/base/clock.h"

namespace hpe3par::volumes {

/// An array and how it is doing, as far as known without asking it.
struct ArrayInfo {
  std::string name;           ///< the system's, or its address while that is not known
  std::string address;        ///< host:port of its WSAPI
  std::string state;          ///< "connecting", "up", "unreachable" or "refused"
  WallTime since;             ///< when `state` began
  std::string reason;         ///< sentence, empty when up
  std::string serial_number;  ///< empty before the first contact
  int wsapi_build = 0;        ///< 0 before the first contact
  int sessions_open = 0;
  std::vector<std::string> backends;
};

/// A section of hpe.conf with the array behind it.
struct BackendInfo {
  std::string name;
  std::string transport;          ///< "iscsi", "fc" or "loop"
  bool is_default = false;        ///< takes volumes for which no backend is named
  std::vector<std::string> cpgs;  ///< the first is used unless a volume names another
  ArrayInfo array;
};

/// What is under way or left over on this host and will be finished, or undone, in the background.
struct CleanUpWork {
  std::string volume;  ///< empty: it is about a group
  std::string task;    ///< "mount", "unmount", "create", "undo create", "remove" or "group"
  std::string state;   ///< how far it is, in the words of the journal
  WallTime since;      ///< when the task began; of a group, not known
  std::string last_error;
  std::string array;       ///< like ArrayInfo::name
  std::string group = {};  ///< remote copy group, if it is about one
};

struct ServiceStatus {
  std::string state;    ///< "running", "configuration error" or "cannot work"
  std::string reason;   ///< what is wrong; empty when running
  std::string refusal;  ///< the sentence with which every call is refused; empty when running
  std::vector<ArrayInfo> arrays;
  std::size_t mounted_volumes = 0;  ///< in use on this host, and their mounts are there
  std::vector<CleanUpWork> clean_up;
};

}  // namespace hpe3par::volumes
