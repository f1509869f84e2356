#include "mkfs.h"

#include "hpe3par/base/error.h"
#include "hpe3par/base/uuid.h"

namespace hpe3par::host {
namespace {

constexpr std::size_t kExt4Label = 16;
constexpr std::size_t kXfsLabel = 12;

// "none" first: nothing comes from mke2fs.conf, in particular not orphan_file and metadata_csum_seed.
constexpr const char* kExt4Features =
    "none,sparse_super,large_file,filetype,resize_inode,dir_index,ext_attr,has_journal,extent,huge_file,flex_bg,"
    "metadata_csum,64bit,dir_nlink,extra_isize";

void add_label(std::vector<std::string>& arguments, const std::string& label, std::size_t limit) {
  if (label.empty()) return;
  arguments.insert(arguments.end(), {"-L", label.substr(0, limit)});
}

std::vector<std::string> ext4_arguments(const FormatRequest& request) {
  std::vector<std::string> arguments = {
      "mkfs.ext4", "-q",        "-t", "ext4",        "-E", "nodiscard,lazy_itable_init=1,lazy_journal_init=1",
      "-m",        "0",         "-O", kExt4Features, "-e", "remount-ro",
      "-U",        request.uuid};
  add_label(arguments, request.label, kExt4Label);
  return arguments;
}

std::vector<std::string> xfs_arguments(const FormatRequest& request) {
  std::vector<std::string> arguments = {"mkfs.xfs", "-q", "-K", "-m", "uuid=" + request.uuid};
  add_label(arguments, request.label, kXfsLabel);
  return arguments;
}

}  // namespace

std::vector<std::string> mkfs_arguments(const FormatRequest& request, const std::string& device_path) {
  if (!is_uuid(request.uuid)) throw Error(ErrorKind::invalid_argument, "\"" + request.uuid + "\" is not a uuid");
  if (request.type != "ext4" && request.type != "xfs") {
    throw Error(ErrorKind::invalid_argument,
                "cannot make a file system of type \"" + request.type + "\"; ext4 and xfs are known");
  }
  auto arguments = request.type == "ext4" ? ext4_arguments(request) : xfs_arguments(request);
  arguments.push_back(device_path);
  return arguments;
}

}  // namespace hpe3par::host
