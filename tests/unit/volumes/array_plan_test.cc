#include "array_plan.h"

#include <gtest/gtest.h>

namespace hpe3par::volumes {
namespace {

using Action = IdentityPlan::Action;

TEST(Identity, IsTheSerialNumberAndNotTheAddress) {
  struct Row {
    std::string what;
    IdentityFacts facts;
    IdentityPlan plan;
  };
  const std::vector<IdentityFacts::Configured> alone = {{"a:8080", "s1"}};
  const Row rows[] = {
      {"never seen", {"a:8080", "s1", alone, {}, false}, {Action::accept, ""}},
      {"known", {"a:8080", "s1", alone, {{"a:8080", "s1", true}}, true}, {Action::accept, ""}},
      {"another address", {"a:8080", "s1", alone, {{"b:8080", "s1", true}}, false}, {Action::move, "b:8080"}},
      {"known, and under an address that is not used any more as well",
       {"a:8080", "s1", alone, {{"a:8080", "s1", true}, {"b:8080", "s1", true}}, true},
       {Action::move, "b:8080"}},
      {"another array", {"a:8080", "s1", alone, {{"a:8080", "s2", true}}, false}, {Action::change, ""}},
      {"another array, in use", {"a:8080", "s1", alone, {{"a:8080", "s2", true}}, true}, {Action::refuse, ""}},
      {"two arrays changed places: the moved one is still configured",
       {"a:8080", "s1", {{"a:8080", "s1"}, {"b:8080", ""}}, {{"a:8080", "s2", true}, {"b:8080", "s1", true}}, false},
       {Action::change, ""}},
      {"two spellings",
       {"a:8080", "s1", {{"a:8080", "s1"}, {"10.0.0.1:8080", "s1"}}, {{"a:8080", "s1", true}}, true},
       {Action::twice, "10.0.0.1:8080"}},
      {"two arrays", {"a:8080", "s1", {{"a:8080", "s1"}, {"b:8080", "s2"}}, {}, false}, {Action::accept, ""}},
      {"the other one has not told yet",
       {"a:8080", "s1", {{"a:8080", "s1"}, {"b:8080", ""}}, {}, false},
       {Action::accept, ""}},
  };
  for (const Row& row : rows) EXPECT_EQ(plan_identity(row.facts), row.plan) << row.what;
}

array::Export exported(const std::string& volume, const std::string& host, bool active = false,
                       array::ExportKind kind = array::ExportKind::host) {
  array::Export each;
  each.volume = volume;
  each.array_host = host;
  each.active = active;
  each.kind = kind;
  return each;
}

TEST(Orphans, AreExportsToThisHostWithoutARow) {
  journal::MountRecord row;
  row.array = "A";
  row.array_volume = "dcv-known";
  journal::MountRecord of_another_array = row;
  of_another_array.array = "B";
  of_another_array.array_volume = "dcv-lost";
  const auto orphans =
      find_orphans({exported("dcv-known", "h1"), exported("dcv-lost", "h1"), exported("dcv-lost", "h1", true),
                    exported("dcv-other", "h2"), exported("dcv-port", "h1", false, array::ExportKind::matched_set)},
                   "h1", "A", {row, of_another_array});
  ASSERT_EQ(orphans.size(), 1U);
  EXPECT_EQ(orphans[0].volume, "dcv-lost");
}

}  // namespace
}  // namespace hpe3par::volumes
