// What a container on a Peer Persistence volume does not notice, and what it needs when it is started again.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "docker_test.h"
#include "hpe3par_test/eventually.h"
#include "tests/integration/copy_group.h"

namespace hpe3par::test {
namespace {

using std::chrono::seconds;

// What stands in /data/numbers is on the array; so are the files whose sums stand in /data/sums. Any error ends it.
constexpr const char* kWriteDurably = R"(trap 'exit 0' TERM
cd /data || exit 1
n=$(grep -c . numbers)
while :; do
  n=$((n+1))
  echo $n >> numbers && sync numbers || exit 1
  if [ $((n % 10)) = 0 ]; then
    dd if=/dev/urandom of=file$n bs=64k count=1 conv=fsync 2>/dev/null && sha256sum file$n >> sums || exit 1
  fi
  sleep 0.01
done)";

class DockerPeerPersistence : public DockerTest {
 protected:
  DockerPeerPersistence() : DockerTest({"A", "B"}, backends) {}

  static std::vector<Backend> backends(const Simulator& simulator) {
    return {replicating_backend(simulator, "synchronous,quorum_witness_ip:10.0.0.9")};
  }

  void begin() {
    ASSERT_TRUE(arrays_are_up()) << daemon_.log();
    simulator_.control("POST", "/behaviour", {{"takeover_s", 1}});
    create("v1", {"replicationGroup=g1"});
    ASSERT_NO_FATAL_FAILURE(start_durable_writer("c1"));
    expect_sides("1f3", "2f3");
    EXPECT_TRUE(group_.becomes_synced("A"));
    expect_exports({"A", "B"});
  }

  /// @param before what stands in the volume already
  void start_durable_writer(const std::string& container, long before = 0) const {
    engine_.docker_ok({"run", "-d", "--name", container, "--network=none", "--mount", mount_option("v1"), kImage,
                       "/bin/sh", "-c", kWriteDurably});
    ASSERT_TRUE(eventually(seconds(30), [&] { return last_number(container) > before; }))
        << container << engine_.docker({"logs", container}).errors;
  }

  /// "true 0 2026-…": it runs, was never restarted, and began then.
  std::string life_of(const std::string& container) const {
    return engine_.docker_ok({"inspect", "-f", "{{.State.Running}} {{.RestartCount}} {{.State.StartedAt}}", container});
  }
  /// It was able to write until the end.
  void stop_writer(const std::string& container) const {
    const long written = last_number(container);
    engine_.docker_ok({"stop", container});
    EXPECT_EQ(engine_.docker_ok({"inspect", "-f", "{{.State.ExitCode}}", container}), "0") << "an error when it wrote";
    EXPECT_GE(count_numbers("v1"), written);
  }

  void expect_sides(const std::string& on_a, const std::string& on_b) const {
    EXPECT_TRUE(group_.becomes(on_a, on_b)) << group_.side("A") << " " << group_.side("B");
  }
  /// The arrays show the volume to this host, and nothing else; and Docker is told so.
  void expect_exports(const Words& arrays) {
    const auto wanted = [&](const char* array) { return static_cast<std::size_t>(std::ranges::count(arrays, array)); };
    EXPECT_TRUE(eventually(
        seconds(60), [&] { return vluns("A") == wanted("A") && vluns("B") == wanted("B") && exports() == arrays; }))
        << "A: " << vluns("A") << ", B: " << vluns("B") << ", " << replication();
  }
  nlohmann::json replication() const {
    return nlohmann::json::parse(engine_.docker_ok({"volume", "inspect", "-f", "{{json .Status.replication}}", "v1"}));
  }
  /// From which arrays, sorted.
  Words exports() const {
    Words arrays = replication()["exports"];
    std::ranges::sort(arrays);
    return arrays;
  }
  std::string serving_array() const { return replication()["serving_array"]; }

  void switch_over(const std::string& from) const {
    EXPECT_TRUE(group_.becomes_synced(from));
    group_.change_roles(from, 8);
    from == "A" ? expect_sides("2t3", "1t3") : expect_sides("1f3", "2f3");
  }

  /// A was lost and B has taken over.
  void bring_a_back() {
    simulator_.set_array_state("A", "up");
    expect_sides("1f7", "1t5");
    expect_exports({"B"});
    group_.change_roles("B", 9);
    expect_sides("2t3", "1t3");
    EXPECT_TRUE(group_.becomes_synced("B"));
    expect_exports({"A", "B"});
  }

  /// The sum of all that was written, as a container sees it that mounts the volume from the array that serves it; each
  /// file is what its writer wrote.
  std::string sum_from(const std::string& array) const {
    std::string sum = run_with("v1", "cd /data && sha256sum -c sums >&2 && cat numbers sums file* | sha256sum");
    EXPECT_EQ(serving_array(), array);
    return sum;
  }

  std::filesystem::path shown_by(const std::string& array) const {
    const std::filesystem::path directory = simulator_.loop_dir(array) / "exports" / "h1";
    for (const auto& each : std::filesystem::directory_iterator(directory)) return each.path();
    throw std::runtime_error("array " + array + " shows nothing");
  }
  void expect_the_same_on_both_arrays() {
    start_container("idle", "v1");
    expect_exports({"A", "B"});
    const RunResult same = run({"cmp", shown_by("A"), shown_by("B")}, directory_ / "cmp");
    EXPECT_TRUE(same.ok()) << same.output << same.errors;
    remove_container("idle");
  }

  /// Stopped and started, then killed and replaced, with the volume on the one array that is left.
  void start_again_on(const std::string& array) {
    const long before = last_number("c1");
    engine_.docker_ok({"stop", "c1"});
    engine_.docker_ok({"start", "c1"});
    EXPECT_TRUE(eventually(seconds(30), [&] { return last_number("c1") > before; }));
    expect_writing("c1");
    EXPECT_EQ(exports(), Words{array});
    EXPECT_EQ(serving_array(), array);

    const long later = last_number("c1");
    engine_.docker_ok({"kill", "c1"});
    engine_.docker_ok({"rm", "c1"});
    ASSERT_NO_FATAL_FAILURE(start_durable_writer("c2", later));
    expect_writing("c2");
    EXPECT_EQ(exports(), Words{array});
  }

  void expect_no_new_volume(const std::string& why) const {
    const RunResult create = engine_.docker({"volume", "create", "-d", "hpe", "-o", "replicationGroup=g1", "v2"});
    EXPECT_FALSE(create.ok());
    EXPECT_TRUE(contains(create.errors, why));
    EXPECT_EQ(list_volumes(), "hpe v1");
  }

  /// With c2, which goes on as if nothing had been.
  void finish() {
    expect_writing("c2");
    stop_writer("c2");
    expect_the_same_on_both_arrays();
    sum_from("A");
    end();
  }

  void end() {
    EXPECT_EQ(simulator_.control("GET", "/invariants"),
              nlohmann::json::parse(R"({"writable_twice":[],"exported_secondaries":[]})"));
    engine_.remove_containers();
    remove("v1");
    expect_sides("-", "-");
    EXPECT_TRUE(arrays_are_up());
  }

  CopyGroup group_{.sim = simulator_};
};

TEST_F(DockerPeerPersistence, AContainerWritesOnWhileTheArraysChangeSidesAndOneOfThemDies) {
  ASSERT_NO_FATAL_FAILURE(begin());
  const std::string life = life_of("c1");

  switch_over("A");
  expect_writing("c1");
  switch_over("B");
  expect_writing("c1");

  simulator_.set_array_state("A", "down");
  EXPECT_TRUE(eventually(seconds(60), [this] { return group_.side("B") == "1t5"; })) << group_.side("B");
  expect_writing("c1");
  EXPECT_TRUE(eventually(seconds(30), [this] { return serving_array() == "B"; })) << replication();
  bring_a_back();
  expect_writing("c1");
  switch_over("B");
  expect_writing("c1");

  EXPECT_EQ(life_of("c1"), life);
  stop_writer("c1");
  expect_the_same_on_both_arrays();
  const std::string sum = sum_from("A");
  switch_over("A");
  EXPECT_EQ(sum_from("B"), sum);
  switch_over("B");
  end();
}

TEST_F(DockerPeerPersistence, AContainerIsStartedAgainWhileTheArrayOfItsBackendIsDead) {
  ASSERT_NO_FATAL_FAILURE(begin());
  simulator_.set_array_state("A", "down");
  ASSERT_NO_FATAL_FAILURE(start_again_on("B"));
  expect_no_new_volume("does not answer");
  bring_a_back();
  switch_over("B");
  finish();
}

TEST_F(DockerPeerPersistence, AContainerIsStartedAgainWhileTheOtherArrayIsDead) {
  ASSERT_NO_FATAL_FAILURE(begin());
  simulator_.set_array_state("B", "down");
  ASSERT_NO_FATAL_FAILURE(start_again_on("A"));
  expect_no_new_volume("does not answer since");
  simulator_.set_array_state("B", "up");
  expect_sides("1f3", "2f3");  // it recovers by itself
  EXPECT_TRUE(group_.becomes_synced("A"));
  expect_exports({"A", "B"});
  finish();
}

}  // namespace
}  // namespace hpe3par::test
