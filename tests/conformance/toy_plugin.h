#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

namespace hpe3par::test {

/// A plugin in this process, to be wrong on purpose: it answers each request with what `answer` makes of its path and
/// body. One request at a time, and one per connection.
class ToyPlugin {
 public:
  using Answer = std::function<std::string(const std::string& call, const std::string& body)>;

  ToyPlugin(std::filesystem::path socket, Answer answer);
  ~ToyPlugin();
  ToyPlugin(const ToyPlugin&) = delete;
  ToyPlugin& operator=(const ToyPlugin&) = delete;

  const std::filesystem::path& socket() const { return socket_; }

 private:
  void serve();
  bool read_from(int connection, std::string& request) const;  ///< false: it is over

  std::filesystem::path socket_;
  Answer answer_;
  int listener_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

/// Volumes on tmpfs; right in most things, and wrong in what a volume plugin must not be: it forgets its data, and it
/// unmounts at the first Unmount, whoever else has the volume.
class ForgetfulVolumes {
 public:
  explicit ForgetfulVolumes(std::filesystem::path directory) : directory_(std::move(directory)) {}
  ~ForgetfulVolumes();
  ForgetfulVolumes(const ForgetfulVolumes&) = delete;
  ForgetfulVolumes& operator=(const ForgetfulVolumes&) = delete;

  std::string answer(const std::string& call, const std::string& body);

 private:
  nlohmann::json act(const std::string& call, const nlohmann::json& request);
  nlohmann::json mount(const std::string& name);
  nlohmann::json list() const;
  nlohmann::json shown(const std::string& name) const;
  void unmount(const std::string& name);

  std::filesystem::path directory_;
  std::map<std::string, bool> mounted_;  // by name
};

}  // namespace hpe3par::test
