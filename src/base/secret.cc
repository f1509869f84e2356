#include "hpe3par/base/secret.h"

#include <cstring>

namespace hpe3par {

Secret::Secret(std::string text) : text_(std::move(text)) {}

Secret::~Secret() {
  explicit_bzero(text_.data(), text_.size());
}

}  // namespace hpe3par
