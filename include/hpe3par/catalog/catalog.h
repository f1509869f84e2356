#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "hpe3par/array/array.h"
#include "hpe3par/base/deadline.h"
#include "hpe3par/catalog/record.h"
#include "hpe3par/journal/journal.h"

namespace hpe3par::catalog {

struct NameWitness;
enum class NameVerdict;

/// A Docker volume, as known from an array or from the stored cache.
struct Volume {
  VolumeRecord record;
  /// The record as the array stores it; where that is of HPE's plugin and tells no group, as it would be with that.
  std::string comment;
  std::string array;  ///< key of the array, see ArrayConfig
  std::string array_volume;
  std::string backend;
  std::string home;  ///< key of the backend's own array if this is the copy that another one has of it; else empty
  std::string wwn;   ///< empty until the array was asked for the first time
  std::uint64_t size_mib = 0;  ///< 0: same
  std::string cpg;             ///< empty: same; the stored cache does not have it
  std::string snap_cpg;        ///< empty: same, or none
  std::optional<std::string> group;
  bool in_no_group = false;  ///< the array says so
  array::CopyKind copy_kind = array::CopyKind::base;
  WallTime created;
  WallTime seen;                        ///< when the array last confirmed it
  std::optional<SteadyTime> confirmed;  ///< same, by the steady clock; empty if only the stored cache knows it

  bool is_copy() const { return !home.empty(); }
  const std::string& home_array() const { return is_copy() ? home : array; }
};

/// One array and the backends of hpe.conf that use it.
struct ArrayConfig {
  std::string key;                    ///< host:port of its WSAPI
  std::vector<std::string> backends;  ///< in the order of hpe.conf; the first takes volumes whose record names none
  std::shared_ptr<array::Array> array;
  /// Backends of whose replication_device it is, with the keys of their own arrays.
  std::map<std::string, std::string> peer_of = {};
  /// Those of `backends` that have a replication_device, with the name that this array has for the other one.
  std::map<std::string, std::string> targets = {};
};

/// What the groups of an array mean to the backends on it.
struct GroupBook {
  std::map<std::string, std::string> backends;  ///< by group; empty: no backend replicates to where that copies
  std::map<std::string, std::string> groups;    ///< by array volume
};

/// The Docker volumes of one array: an index in memory, kept by a thread that lists the array when asked to.
///
/// An array volume is a Docker volume if it has a record and the name that belongs to it (array_volume_of). One with a
/// copied record under another name is reported in the log, once, and left out of everything.
///
/// The record of a volume that HPE's plugin replicated does not tell its group. The array does, and if that group
/// copies to where a backend replicates to, the volume is a replicated one of that backend.
///
/// The thread also connects: at start, and again within ten seconds whenever the array was lost. It sends nothing
/// otherwise. Thread-safe.
class ArrayCatalog {
 public:
  /// Loads the stored cache; contacts nothing.
  ArrayCatalog(ArrayConfig config, std::string volume_namespace, journal::Journal& journal, Clock& clock);
  ~ArrayCatalog();
  ArrayCatalog(const ArrayCatalog&) = delete;
  ArrayCatalog& operator=(const ArrayCatalog&) = delete;

  /// Both are called on the thread and may throw, which counts as not connected.
  /// @param on_reached after every connect(), before anything else is sent: it may be another array than before
  /// @param on_connected when the array was lost, or never reached
  void start(std::function<void(array::Array&)> on_reached,
             std::function<void(array::Array&, const Deadline&)> on_connected);
  void stop();

  const std::string& key() const { return config_.key; }
  array::Array& array() { return *config_.array; }
  const std::vector<std::string>& backends() const { return config_.backends; }

  /// It is only where the volumes of others are copied to.
  bool is_peer_only() const { return config_.backends.empty(); }

  /// For sentences: "backend gold", or "the peer of backend gold".
  std::string role() const;

  /// It is another one of hpe.conf under another address, which stands for both: nobody looks for anything here.
  void set_twin(bool twin) { twin_ = twin; }
  bool is_twin() const { return twin_; }

  /// What the array tells of itself; an array that is up but cannot be listed has the reason for that.
  array::ArrayStatus status() const;

  /// Of several volumes of one name, the one that find() gives is ours rather than one of HPE's plugin, else
  /// that with the first name on the array.
  /// Copies of replicated volumes are no volumes to all of these.
  std::optional<Volume> find(const std::string& name);
  std::vector<Volume> find_all(const std::string& name);
  /// Sorted by name, those of one name as by find_all().
  std::vector<Volume> all();

  /// The copies that this array has of replicated volumes.
  std::optional<Volume> find_copy(const std::string& name);
  std::vector<Volume> all_copies();

  /// Asks the array for one array volume. What it says replaces what was known, unless that is newer.
  /// @throws Error failed_precondition: its record was written by a newer version of this program
  std::optional<Volume> fetch(const std::string& array_volume, const Deadline& deadline);

  /// Waits until a listing not older than `max_age` is there. @return false if it could not be had in time
  bool refresh(Millis max_age, const Deadline& deadline);

  /// Lets the thread list the array as soon as it can; a listing that is under way will do, if it succeeds. Does not
  /// wait.
  void ask_for_listing();

  /// True once the array was listed since start.
  bool listed();

  /// True if it was listed, and the listing began at `time` or later.
  bool listed_since(SteadyTime time);

  /// True if there are volumes of HPE's plugin among those that are known.
  bool has_legacy();

  /// True if it was listed in an earlier life: what the stored cache does not have was not there then.
  bool listed_before() const { return listed_before_; }

  /// True while the thread's last attempt to reach the array has failed. It goes on trying; nobody else need wait for
  /// an answer meanwhile. A request of somebody else that was not answered in time is not enough.
  bool lost() const;

  /// True if it is lost, or somebody's request was not answered a moment ago: whoever only looks need not ask it.
  bool silent() const;

  /// True while the thread's last attempt to list the array has failed, for want of an answer or with an error.
  bool unlistable() const { return failing_; }

  /// How long the listing under way has taken so far; zero if there is none.
  Millis listing_for();

  /// Stores the intent to create, durably, without showing it. @throws Error unavailable: the journal is not writable
  void reserve(const Volume& volume);
  void put(const Volume& volume);
  void erase(const std::string& array_volume);

 private:
  void run();
  void list_once(const Deadline& deadline);
  void accept_listing(std::vector<Volume> listed, SteadyTime began);
  void store_all();
  bool was_changed_since(const std::string& array_volume, SteadyTime began);
  std::optional<Volume> to_volume(const array::ArrayVolume& from);
  std::optional<Volume> to_readable_volume(const array::ArrayVolume& from);
  void join_group(Volume& volume);
  bool is_group_unknown(const Volume& volume);
  void learn_groups(const Deadline& deadline);
  void learn_groups_if_any(const Deadline& deadline);
  void report_misnamed(const std::string& array_volume, const VolumeRecord& record);
  const Volume& preferred(const std::string& name, const std::set<std::string>& array_volumes) const;
  void append_all(const std::string& name, const std::set<std::string>& array_volumes,
                  std::vector<Volume>& volumes) const;
  void store(const Volume& volume);
  void index(const Volume& volume);
  void unindex(const std::string& array_volume);
  Deadline thread_deadline(Millis budget) const;

  ArrayConfig config_;
  std::string volume_namespace_;
  journal::Journal& journal_;
  Clock& clock_;
  std::function<void(array::Array&)> on_reached_;
  std::function<void(array::Array&, const Deadline&)> on_connected_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Volume> by_array_volume_;
  std::map<std::string, std::set<std::string>> array_volumes_by_name_;
  std::map<std::string, std::string> copies_by_name_;  // array volumes
  std::set<std::string> legacy_;                       // array volumes of HPE's plugin
  GroupBook groups_;                                   // as the array told when it was needed
  std::set<std::string> misnamed_;                     // array volumes with a copied record that were reported
  std::map<std::string, SteadyTime> changed_at_;       // put since the last listing began
  std::map<std::string, SteadyTime> erased_at_;        // erased since then
  std::set<std::string> reserved_;                     // array volumes whose row in the journal is an intent
  std::uint64_t edits_ = 0;                            // puts and erasures that the journal has to know
  std::optional<SteadyTime> listed_at_;                // when the last good listing began
  std::optional<SteadyTime> listing_since_;            // while one is under way
  std::uint64_t attempts_ = 0;                         // listings tried, good or not
  bool wanted_ = false;
  bool wanted_if_it_fails_ = false;  // another one, after that under way
  bool connected_ = false;
  std::atomic<bool> twin_ = false;
  std::atomic<bool> failing_ = false;
  std::string failure_;  // why, while failing_
  bool listed_before_ = false;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

/// All arrays together: Docker name -> volume.
class Catalog {
 public:
  Catalog(std::vector<std::unique_ptr<ArrayCatalog>> arrays, std::string volume_namespace, Clock& clock);

  /// What is known without asking anybody. Of a replicated volume whose own array never answered, its copy.
  std::optional<Volume> find_known(const std::string& name);

  struct Found {
    std::optional<Volume> volume;
    std::vector<Volume> others;  ///< more volumes of that name, as far as known: no act means any of them
    std::string stale_because;   ///< not empty: the array did not answer, `volume` is what was known before
  };

  /// Looks the name up. Known and confirmed less than a second ago: without a request; known: asks its array, and
  /// answers from the cache if that stays silent for a second, or was silent just now; unknown: asks every array.
  /// @throws Error unavailable: an array that could hold the name did not answer and nothing is known
  Found look_up(const std::string& name, const Deadline& deadline);

  /// The volume as its array tells it, never from the cache, and without look_up()'s hurry: for acts. An array that is
  /// lost gets a moment to come back and is not asked.
  /// @param max_age of what the array said; zero asks it in any case
  /// @throws Error unavailable: an array that could hold the name did not answer
  /// @throws Error failed_precondition: several arrays have a volume of that name; the sentence names them
  std::optional<Volume> read(const std::string& name, Millis max_age, const Deadline& deadline);

  struct Listing {
    std::vector<Volume> volumes;             ///< sorted by name, no name twice
    std::vector<Volume> others;              ///< more volumes of some of these names, sorted by name
    std::vector<std::string> silent_arrays;  ///< keys of those whose volumes are as last seen, or missing
  };

  /// All volumes, from listings not older than three seconds, or from the cache where an array stays silent. Waits at
  /// most a second for an array, all callers together, and not at all for one that was silent just now.
  Listing list(const Deadline& deadline);

  /// Why nothing may be done to a volume of which `found` are all; empty: there is one at most. Those on one array
  /// stand together.
  std::string why_ambiguous(const std::string& name, const std::vector<Volume>& found);

  /// Where a volume is to be made.
  struct Target {
    std::string array;  ///< its key
    std::string backend;
    bool backend_named = false;  ///< by whoever asked, not chosen by us
  };

  /// Waits until it is certain enough that no array has a volume of that name; see judge_name() for the rules. What an
  /// array that was listed since start has is left to the caller, who finds it with find_known() afterwards.
  /// @throws Error unavailable: the target, or an array of which nothing is known, does not answer; names the backend
  /// @throws Error already_exists: an array that does not answer had a volume of that name
  void ensure_name_is_free(const std::string& name, const Target& target, const Deadline& deadline);

  /// Gives an array that is lost a moment to come back. Returns at once if it is not lost, or not in hpe.conf.
  /// @throws Error unavailable: it did not; tells what `backend` it is, since when and why
  void expect_answer_for(const std::string& volume, const std::string& backend, const std::string& key,
                         const Deadline& deadline);

  /// @throws Error unavailable: the array is lost. Does not wait.
  void refuse_lost(const std::string& key);

  ArrayCatalog& array(const std::string& key);
  ArrayCatalog* find_array(const std::string& key);
  const std::vector<std::unique_ptr<ArrayCatalog>>& arrays() const { return arrays_; }

 private:
  std::vector<ArrayCatalog*> distinct() const;
  std::optional<Volume> find_known_copy(const std::string& name);
  bool stands_for_its_volume(const Volume& copy);
  std::vector<Volume> find_all_known(const std::string& name);
  Found look_up_one(const std::string& name, const Deadline& deadline);
  std::vector<Volume> others_than(const Volume& shown, const Deadline& deadline);
  std::optional<Volume> fetch_for_act(const Volume& known, const Deadline& deadline);
  bool is_denied(const Volume& volume, const Deadline& deadline);
  std::vector<Volume> still_there(std::vector<Volume> known, const Deadline& deadline);
  void refuse_ambiguous(const std::string& name, const std::vector<Volume>& found);
  NameWitness testify(ArrayCatalog& each, const std::string& name, bool is_target, SteadyTime began) const;
  void conclude(NameVerdict verdict, const std::string& name, ArrayCatalog& each, const NameWitness& witness,
                const Target& target) const;
  void expect_answer(ArrayCatalog& each, Millis patience, const Deadline& deadline) const;
  std::vector<Volume> look_up_everywhere(const std::string& name, Millis reconnect, const Deadline& patience);

  std::vector<std::unique_ptr<ArrayCatalog>> arrays_;
  std::string volume_namespace_;
  Clock& clock_;
};

}  // namespace hpe3par::catalog
