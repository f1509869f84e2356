#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace hpe3par::sim {

/// The objects of one kind on an array, by id (in order of creation) and by name. `T` has members `id` and `name`.
///
/// Ids are never used twice, so what refers to an object by id cannot meet its successor.
template <typename T>
class Registry {
 public:
  using Objects = std::map<int, T>;

  explicit Registry(int first_id = 0) : next_id_(first_id) {}

  T* find(std::string_view name) {
    const auto id = ids_.find(name);
    return id == ids_.end() ? nullptr : &objects_.at(id->second);
  }
  const T* find(std::string_view name) const {
    const auto id = ids_.find(name);
    return id == ids_.end() ? nullptr : &objects_.at(id->second);
  }

  /// The object of that id, which exists.
  T& at(int id) { return objects_.at(id); }
  const T& at(int id) const { return objects_.at(id); }

  bool contains_id(int id) const { return objects_.contains(id); }

  /// The id that a new object would get.
  int next_id() const { return next_id_; }

  /// Adds an object whose id (next_id(), or a free one) and name (free) are set.
  T& add(T object) {
    const int id = object.id;
    next_id_ = std::max(next_id_, id + 1);
    ids_.emplace(object.name, id);
    return objects_.emplace(id, std::move(object)).first->second;
  }

  /// The new name is free, or the object's own.
  void rename(T& object, const std::string& name) {
    ids_.erase(object.name);
    object.name = name;
    ids_.emplace(name, object.id);
  }

  void erase(int id) {
    ids_.erase(objects_.at(id).name);
    objects_.erase(id);
  }

  /// Forgets the objects but not which ids were used.
  void clear() {
    objects_.clear();
    ids_.clear();
  }

  std::size_t size() const { return objects_.size(); }
  auto begin() const { return objects_.begin(); }
  auto end() const { return objects_.end(); }
  auto begin() { return objects_.begin(); }
  auto end() { return objects_.end(); }

 private:
  int next_id_;
  Objects objects_;
  std::map<std::string, int, std::less<>> ids_;
};

}  // namespace hpe3par::sim
