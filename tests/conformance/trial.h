#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "options.h"
#include "plugin.h"

namespace volconf {

/// The case has failed; what() says what was sent, what came, and what would be right.
class Failed : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

[[noreturn]] void fail(const std::string& what);
void expect(bool condition, const std::string& what);
void expect_ok(const Reply& reply, const std::string& right = "success");
void expect_error(const Reply& reply, const std::string& right = "an Err");
/// JSON with or without an Err; or at least an HTTP answer with a status that is no success.
void expect_clean_answer(const Reply& reply);

/// Polls until the condition holds; false when the time is over.
bool eventually(double seconds, const std::function<bool()>& condition);

/// Calls act(0) … act(count - 1) in a thread each.
std::vector<Reply> at_once(std::size_t count, const std::function<Reply(std::size_t)>& act);

/// As the engine makes them: 64 hexadecimal digits.
std::string mount_id();

/// The run of one case: what it may use, and what has to be cleaned up after it.
class Trial {
 public:
  Trial(const Options& options, Plugin& plugin, std::string id);

  Plugin& plugin() { return plugin_; }
  const Options& options() const { return options_; }
  bool long_run() const { return options_.long_run; }
  double limit(double seconds) const { return seconds * options_.slack; }
  std::filesystem::path propagated() const { return options_.text("--propagated"); }

  /// A name that nobody has; removed in the end, if the case made a volume of it.
  std::string new_name();
  void will_exist(const std::string& name);  ///< the same for a name that the case chose

  /// A new volume with the options of the command line. @throws Failed it is refused
  std::string new_volume();
  std::filesystem::path mount(const std::string& name, const std::string& id);
  void unmount(const std::string& name, const std::string& id);

  /// Names in List, sorted. @throws Failed List has no answer of the right form
  std::vector<std::string> list();
  std::size_t times_listed(const std::string& name);
  bool exists(const std::string& name);  ///< Get finds it under exactly that name

  void expect_mounted(const std::filesystem::path& path, std::size_t times, const std::string& when);
  /// Waits for what a plugin may finish after its answer.
  void expect_released(const std::filesystem::path& path, const std::string& when, double seconds = 10);

  /// Runs the shell command of that option. @throws Failed it fails
  void run(const std::string& option, const std::string& volume = "");
  void start();    ///< and waits until it answers
  void crash();    ///< kill -9
  void stop();     ///< SIGTERM
  void restart();  ///< by a crash
  void backend_up();

  /// Undoes what the case did. @throws Failed something is not as it was before
  void clean_up();

  void note(const std::string& text) { notes_ += (notes_.empty() ? "" : "; ") + text; }
  const std::string& notes() const { return notes_; }

 private:
  struct Inventory {
    std::vector<std::string> mounts;
    std::vector<std::string> volumes;
    std::string printed;
    bool operator==(const Inventory&) const = default;
  };

  Inventory take_inventory();
  std::string difference(const Inventory& after) const;
  bool remove_everything();

  const Options& options_;
  Plugin& plugin_;
  std::string id_;
  std::mutex mutex_;
  std::size_t names_ = 0;
  std::map<std::string, std::set<std::string>> used_;  // mount ids by volume
  bool running_ = true;
  bool disturbed_ = false;
  std::string notes_;
  Inventory before_;
};

}  // namespace volconf
