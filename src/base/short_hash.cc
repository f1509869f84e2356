#include "hpe3par/base/short_hash.h"

#include <openssl/sha.h>

#include <array>

namespace hpe3par {

namespace {

constexpr std::size_t kHashChars = 16;

}  // namespace

std::string short_hash(std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  constexpr std::string_view kDigits = "abcdefghijklmnopqrstuvwxyz234567";
  std::string out;
  unsigned bits = 0;
  unsigned buffer = 0;
  for (std::size_t i = 0; out.size() < kHashChars; ++i) {
    buffer = (buffer << 8U) | digest[i];
    for (bits += 8; bits >= 5 && out.size() < kHashChars; bits -= 5) out += kDigits[(buffer >> (bits - 5)) & 31U];
  }
  return out;
}

}  // namespace hpe3par
