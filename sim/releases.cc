#include "releases.h"

#include <algorithm>
#include <iterator>

#include "model.h"

namespace hpe3par::sim {
namespace {

constexpr const char* k3parModel = "HP_3PAR 8450";
constexpr const char* kPrimeraModel = "HPE_3PAR A650";
constexpr const char* kAlletraModel = "HPE Alletra Storage MP";

constexpr Release kReleases[] = {
    {0, 3, "1.3.0", k3parModel},
    {build::kDedup, 4, "1.4.0", k3parModel},
    {build::kRemoteCopy, 5, "1.5.0", k3parModel},
    {30301215, 6, "1.6.0", k3parModel},
    {build::kPrimera, 7, "1.7.0", kPrimeraModel},
    {build::kNoSnapCpg, 10, "1.10.0", kAlletraModel},
    {build::kMaxLimitsOnly, 15, "1.15.0", kAlletraModel},
};

}  // namespace

const Release& release_of(int build) {
  const auto* later = std::find_if(std::next(std::begin(kReleases)), std::end(kReleases),
                                   [build](const Release& r) { return r.from_build > build; });
  return *std::prev(later);
}

int build_of(Profile profile) {
  switch (profile) {
    case Profile::three_par: break;
    case Profile::primera: return 40200000;
    case Profile::alletra_mp: return 100500043;
  }
  return 30301215;
}

int build_of(const Model& model) {
  return model.behaviour.build.value_or(build_of(model.identity.profile));
}

// A build is made of the version's numbers, two digits each and three for the last.
std::string system_version_of(const Model& model) {
  if (model.behaviour.system_version) return *model.behaviour.system_version;
  const int number = build_of(model);
  return std::to_string(number / 10'000'000) + "." + std::to_string(number / 100'000 % 100) + "." +
         std::to_string(number / 1000 % 100) + "." + std::to_string(number % 1000);
}

}  // namespace hpe3par::sim
