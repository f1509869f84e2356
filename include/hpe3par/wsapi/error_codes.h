#pragma once

#include "hpe3par/base/error.h"

namespace hpe3par::wsapi {

/// Numbers of the WSAPI that somebody acts upon; Error::remote_code() carries them.
namespace code {
inline constexpr int kInvalidUserOrPassword = 5;
inline constexpr int kInvalidSessionKey = 6;
inline constexpr int kPermissionDenied = 13;
inline constexpr int kExistentHost = 16;
inline constexpr int kNonExistentHost = 17;
inline constexpr int kExistentLun = 18;
inline constexpr int kNonExistentVlun = 19;
inline constexpr int kExistentVolume = 22;
inline constexpr int kNonExistentVolume = 23;
inline constexpr int kInUse = 34;
inline constexpr int kExistentPath = 73;
inline constexpr int kDuplicatePath = 98;
inline constexpr int kNonExistentQosRule = 100;
inline constexpr int kExistentSet = 101;
inline constexpr int kNonExistentSet = 102;
inline constexpr int kNonExistentObjectKey = 180;
inline constexpr int kExistentObjectKey = 181;
inline constexpr int kNonExistentGroup = 187;
inline constexpr int kGroupStarted = 215;
inline constexpr int kExistentGroup = 237;
inline constexpr int kNonExistentFlashCache = 285;
}  // namespace code

/// The one table from what an array says to what it means. An unknown code is judged by its HTTP status.
ErrorKind kind_of(int http_status, int code);

}  // namespace hpe3par::wsapi
