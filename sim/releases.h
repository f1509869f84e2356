#pragma once

#include <string>
#include <string_view>

namespace hpe3par::sim {

struct Model;
enum class Profile;

/// WSAPI builds from which on an array does something different.
namespace build {
inline constexpr int kOldest = 30103230;          ///< 3PAR OS 3.1.3
inline constexpr int kDedup = 30201120;           ///< `tdvv`, deduplicationState
inline constexpr int kFlashCache = 30201200;      ///< /flashcache, `flashCachePolicy`
inline constexpr int kRemoteCopy = 30202290;      ///< /remotecopygroups
inline constexpr int kCompression = 30301215;     ///< `compression`, compressionState
inline constexpr int kLikeQueries = 30301215;     ///< LIKE in queries
inline constexpr int kPrimera = 40000128;         ///< `reduce` replaces `tdvv` and `compression`
inline constexpr int kNoSnapCpg = 100000000;      ///< Alletra MP: snapshots have no CPG of their own
inline constexpr int kMaxLimitsOnly = 100500000;  ///< QoS by maximum only, every licence included, GET /api needs a key
inline constexpr int kEnd = 1000000000;           ///< beyond all of them
}  // namespace build

/// How the interface of a build calls itself.
struct Release {
  int from_build;
  int minor;
  const char* version;  ///< as in /wsapiconfiguration
  const char* model;
};
const Release& release_of(int build);

/// What the array says it is: what the control port wants, else what its profile stands for.
int build_of(const Model& model);
int build_of(Profile profile);

/// `3.3.1.215` for 30301215, unless the control port wants another text.
std::string system_version_of(const Model& model);

}  // namespace hpe3par::sim
