#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace hpe3par::sim {

struct Fabric;
struct Model;
struct Volume;

/// Whether arrays were ever made to endanger data: what the control port shows under /invariants. The fabric's lock
/// covers it.
class Invariants {
 public:
  /// To be called after everything that may have changed roles or exports.
  /// @param by whose request that was; "array" when nobody asked for it
  void watch(const Fabric& fabric, const std::string& by);

  /// From now on these are two copies of one volume: as long as they are in a group, and after that while they have
  /// one WWN. The models must outlive this.
  void add_twins(const Model& a, const Volume& of_a, const Model& b, const Volume& of_b);

  /// Forgets what is over. What still lasts stays.
  void reset();
  /// Forgets everything.
  void forget();

  nlohmann::json report() const;

 private:
  struct Finding {
    std::string volume;
    std::vector<std::string> arrays;
    std::string by;
    bool written = false;  ///< only of secondaries
  };
  class Record {
   public:
    void note(std::vector<Finding> now);
    void reset();
    const std::vector<Finding>& all() const { return all_; }

   private:
    std::vector<Finding> current_;
    std::vector<Finding> all_;
  };

  struct Twins {
    const Model* a;
    int of_a;
    const Model* b;
    int of_b;
    bool operator==(const Twins&) const = default;
  };

  static bool is_one_volume(const Twins& twins);
  static std::vector<Finding> exported_secondaries(const Fabric& fabric, const std::string& by);

  std::vector<Twins> twins_;
  Record writable_twice_;
  Record exported_secondaries_;
};

}  // namespace hpe3par::sim
