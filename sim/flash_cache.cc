#include "flash_cache.h"

#include "errors.h"
#include "releases.h"
#include "validate.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

constexpr MemberRule kBody[] = {{.name = "flashCache", .type = MemberType::object, .required = true}};
constexpr MemberRule kFlashCache[] = {
    {.name = "sizeGiB", .type = MemberType::integer, .required = true, .min = 1, .max = 0xFFFF},
    {.name = "mode", .type = MemberType::integer, .enumeration = true, .min = 1, .max = 2}};

void demand_build(const Model& model) {
  if (build_of(model) < build::kFlashCache) throw Refusal(Code::uri_not_found);
}

void demand_existence(const Model& model) {
  demand_build(model);
  if (!model.flash_cache) throw Refusal(Code::non_existent_flash_cache);
}

}  // namespace

Answer get_flash_cache(Model& model, const Call&) {
  demand_existence(model);
  return {.body = {{"mode", model.flash_cache->mode}, {"sizeGiB", model.flash_cache->size_gib}}};
}

Answer create_flash_cache(Model& model, const Call& call) {
  demand_build(model);
  json body = call.body;
  check_members(body, kBody);
  json& wanted = body.at("flashCache");
  check_members(wanted, kFlashCache);
  if (model.flash_cache) throw Refusal(Code::existent_flash_cache);
  model.flash_cache = FlashCache{.size_gib = wanted.at("sizeGiB"), .mode = wanted.value("mode", 2)};
  return created({"flashcache"});
}

Answer delete_flash_cache(Model& model, const Call&) {
  demand_existence(model);
  model.flash_cache.reset();
  return {};
}

}  // namespace hpe3par::sim
