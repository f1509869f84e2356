// An engine with many volumes asks for each of them when it starts, all at once.
#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <sstream>
#include <string>

#include "docker_test.h"
#include "hpe3par_test/eventually.h"

namespace hpe3par::test {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr int kMany = 200;

class DockerManyVolumes : public DockerTest {
 protected:
  static std::string name_of(int number) { return "many-" + std::to_string(number); }

  /// As `docker volume create` does it, without a program for each.
  void create_many() const {
    for (int number = 1; number <= kMany; ++number) {
      const auto reply = engine_.post("/volumes/create",
                                      {{"Name", name_of(number)}, {"Driver", "hpe"}, {"DriverOpts", {{"size", "1"}}}});
      ASSERT_EQ(reply.status, 201) << reply.body;
    }
  }

  void remove_many() const {
    Words arguments = {"volume", "rm"};
    for (int number = 1; number <= kMany; ++number) arguments.push_back(name_of(number));
    engine_.docker_ok(arguments);
  }

  std::set<std::string> listed_names() const {
    std::istringstream lines(engine_.docker_ok({"volume", "ls", "-q"}));
    std::set<std::string> names;
    for (std::string line; std::getline(lines, line);) names.insert(line);
    return names;
  }

  steady_clock::duration time_of_a_restart() {
    engine_.terminate();
    const auto began = steady_clock::now();
    engine_.start();
    return steady_clock::now() - began;
  }

  std::int64_t array_requests() {
    std::int64_t total = 0;
    for (const auto& [route, count] : simulator_.requests()) total += count;
    return total;
  }
};

TEST_F(DockerManyVolumes, CostARestartOfTheEngineLittleAndTheArrayNoStorm) {
  const auto without = time_of_a_restart();
  create_many();
  std::set<std::string> names;
  for (int number = 1; number <= kMany; ++number) names.insert(name_of(number));

  simulator_.reset_stats();
  const auto with = time_of_a_restart();
  EXPECT_LT(with - without, seconds(5));
  EXPECT_LE(array_requests(), kMany + 5) << "one look at each volume, not more";
  EXPECT_EQ(listed_names(), names);

  simulator_.reset_stats();
  for (int repeated = 0; repeated < 5; ++repeated) EXPECT_EQ(listed_names(), names);
  EXPECT_LE(array_requests(), 5) << "a list is one request, however many volumes there are";

  simulator_.set_array_state("A", "hang");
  EXPECT_LT(time_of_a_restart() - without, seconds(10)) << "while the array is silent";
  EXPECT_EQ(listed_names(), names);
  simulator_.set_array_state("A", "up");
  EXPECT_TRUE(eventually(seconds(30), [this] {
    return engine_.docker({"volume", "rm", name_of(1)}).ok();
  })) << "an array that came back is used again";
  create(name_of(1));
  remove_many();
}

}  // namespace
}  // namespace hpe3par::test
