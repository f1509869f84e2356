#pragma once

#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace hpe3par::sim {

/// Which members a collection can be asked for. `lists` are members that hold objects, asked for as list[field op
/// value].
struct QueryFields {
  std::set<std::string, std::less<>> members;
  std::map<std::string, std::set<std::string, std::less<>>, std::less<>> lists;
};

/// A parsed `query=` value, e.g. `"name LIKE dcv-* AND (state EQ 1 OR FCPaths[wwn==100000…])"`.
///
/// The quotation marks around the whole are part of the language and required. Operators are EQ, ==, NE, != and LIKE
/// (comma list, `*` for any text) in either case; AND binds tighter than OR. WWNs compare without regard to case and
/// colons. A list, also one of names, matches when one of its elements does; a member that an object lacks matches
/// nothing, not even NE.
///
/// Immutable, thread-safe.
class Query {
 public:
  /// @throws Refusal INV_QUERY_STRING: not in the language, or a field that the collection does not know
  Query(std::string_view text, const QueryFields& fields);

  bool matches(const nlohmann::json& object) const;

  /// The value that `member` must have for any object to match, if there is such a demand: for skipping the rest early.
  std::optional<std::string> demanded(std::string_view member) const;

  /// Whether LIKE occurs in it.
  bool uses_like() const { return uses_like_; }

  class Node;

 private:
  std::shared_ptr<const Node> root_;
  bool uses_like_ = false;
};

struct Call;
struct Model;

/// What a call asks for; nothing when it has no query.
/// @throws Refusal INV_QUERY_STRING, also for a LIKE that this array's build does not know
std::optional<Query> asked_query(const Model& model, const Call& call, const QueryFields& fields);

}  // namespace hpe3par::sim
