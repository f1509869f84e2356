#include "mkfs.h"

#include <algorithm>

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

constexpr const char* kExt4Extended = "nodiscard,lazy_itable_init=1,lazy_journal_init=1";

using Words = std::vector<std::string>;

bool contains(const Words& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// mke2fs heeds only the last -E, so what both want has to stand in one.
std::string joined_with(std::string ours, const std::string& flag, const Words& options) {
  for (std::size_t i = 0; i + 1 < options.size(); ++i)
    if (options[i] == flag) ours += "," + options[i + 1];
  return ours;
}

Words without(const Words& flags, const Words& options) {
  Words left;
  for (std::size_t i = 0; i < options.size(); ++i) {
    if (contains(flags, options[i])) {
      ++i;
    } else {
      left.push_back(options[i]);
    }
  }
  return left;
}

void add_label(Words& arguments, const FormatRequest& request, std::size_t limit) {
  if (request.label.empty() || contains(request.options, "-L")) return;
  arguments.insert(arguments.end(), {"-L", request.label.substr(0, limit)});
}

void add_words(Words& arguments, const Words& words) {
  arguments.insert(arguments.end(), words.begin(), words.end());
}

Words ext4_arguments(const FormatRequest& request) {
  Words arguments = {"mkfs.ext4", "-q", "-t", "ext4", "-E", joined_with(kExt4Extended, "-E", request.options)};
  if (!contains(request.options, "-m")) add_words(arguments, {"-m", "0"});
  add_words(arguments, {"-O", joined_with(kExt4Features, "-O", request.options), "-e", "remount-ro"});
  add_words(arguments, {"-U", request.uuid});
  add_label(arguments, request, kExt4Label);
  add_words(arguments, without({"-E", "-O"}, request.options));
  return arguments;
}

bool sets(const Words& options, const std::string& key) {
  return std::any_of(options.begin(), options.end(), [&](const std::string& word) {
    return word.starts_with(key + "=") || word.find("," + key + "=") != std::string::npos;
  });
}

Words xfs_arguments(const FormatRequest& request) {
  Words arguments = {"mkfs.xfs", "-q", "-K", "-m", "uuid=" + request.uuid};
  if (!sets(request.options, "nrext64")) add_words(arguments, {"-i", "nrext64=0"});
  add_label(arguments, request, kXfsLabel);
  add_words(arguments, request.options);
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
