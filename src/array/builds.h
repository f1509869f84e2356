#pragma once

namespace hpe3par::array::build {

/// WSAPI builds from which on something is different.
inline constexpr int kOldestSupported = 30202290;   ///< 3PAR OS 3.2.2: remote copy
inline constexpr int kLikeQueries = 30301215;       ///< 3PAR OS 3.3.1
inline constexpr int kCompression = 30301215;       ///< same
inline constexpr int kPrimera = 40000128;           ///< `reduce`; no full and no dedup volumes
inline constexpr int kNoSnapCpg = 100000000;        ///< Alletra: the snap CPG is gone
inline constexpr int kAdmitsToStarted = 100000000;  ///< same; inferred, so that who relies on it has to take a refusal

}  // namespace hpe3par::array::build
