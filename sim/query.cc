#include "query.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "call.h"
#include "errors.h"
#include "releases.h"

namespace hpe3par::sim {

using nlohmann::json;

class Query::Node {
 public:
  virtual ~Node() = default;
  virtual bool matches(const json& object) const = 0;
  virtual std::optional<std::string> demanded(std::string_view) const { return std::nullopt; }
};

namespace {

using NodePtr = std::shared_ptr<const Query::Node>;
using Names = std::set<std::string, std::less<>>;

std::string upper(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](unsigned char c) { return std::toupper(c); });
  return result;
}

bool is_wwn_field(std::string_view field) {
  return upper(field).ends_with("WWN");
}

std::string plain_wwn(std::string_view text) {
  std::string result = upper(text);
  std::erase(result, ':');
  return result;
}

std::string as_text(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.dump();
}

// Greedy from the left: only the last '*' seen ever needs to be widened.
bool fits_pattern(std::string_view text, std::string_view pattern) {
  std::size_t t = 0, p = 0, star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p, ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

std::vector<std::string> split_commas(std::string_view list) {
  std::vector<std::string> parts;
  for (std::size_t comma = 0; comma != std::string_view::npos;) {
    comma = list.find(',');
    parts.emplace_back(list.substr(0, comma));
    if (comma != std::string_view::npos) list.remove_prefix(comma + 1);
  }
  return parts;
}

enum class Operator { equal, not_equal, like };

class Comparison final : public Query::Node {
 public:
  Comparison(std::string field, Operator op, std::string value)
      : field_(std::move(field)), op_(op), wwn_(is_wwn_field(field_)) {
    values_ = op == Operator::like ? split_commas(value) : std::vector{std::move(value)};
    if (wwn_)
      for (std::string& v : values_) v = plain_wwn(v);
  }

  bool matches(const json& object) const override {
    const auto member = object.find(field_);
    if (member == object.end()) return false;
    const bool found = member->is_array()
                           ? std::any_of(member->begin(), member->end(),
                                         [&](const json& element) { return is_one_of_the_values(element); })
                           : is_one_of_the_values(*member);
    return found != (op_ == Operator::not_equal);
  }

  std::optional<std::string> demanded(std::string_view member) const override {
    if (op_ != Operator::equal || field_ != member || wwn_) return std::nullopt;
    return values_.front();
  }

 private:
  bool is_one_of_the_values(const json& member) const {
    const std::string text = wwn_ ? plain_wwn(as_text(member)) : as_text(member);
    return std::any_of(values_.begin(), values_.end(), [&](const std::string& value) {
      return op_ == Operator::like ? fits_pattern(text, value) : text == value;
    });
  }

  std::string field_;
  Operator op_;
  bool wwn_;
  std::vector<std::string> values_;
};

class AnyElement final : public Query::Node {
 public:
  AnyElement(std::string list, NodePtr condition) : list_(std::move(list)), condition_(std::move(condition)) {}

  bool matches(const json& object) const override {
    const auto list = object.find(list_);
    return list != object.end() && list->is_array() &&
           std::any_of(list->begin(), list->end(), [&](const json& element) { return condition_->matches(element); });
  }

 private:
  std::string list_;
  NodePtr condition_;
};

class Junction final : public Query::Node {
 public:
  Junction(bool all, std::vector<NodePtr> parts) : all_(all), parts_(std::move(parts)) {}

  bool matches(const json& object) const override {
    const auto holds = [&](const NodePtr& part) { return part->matches(object); };
    return all_ ? std::all_of(parts_.begin(), parts_.end(), holds) : std::any_of(parts_.begin(), parts_.end(), holds);
  }

  std::optional<std::string> demanded(std::string_view member) const override {
    if (!all_) return std::nullopt;
    for (const NodePtr& part : parts_)
      if (auto value = part->demanded(member)) return value;
    return std::nullopt;
  }

 private:
  bool all_;
  std::vector<NodePtr> parts_;
};

bool is_word_letter(char c) {
  return std::isspace(static_cast<unsigned char>(c)) == 0 &&
         std::string_view("[]()=!\"").find(c) == std::string_view::npos;
}

class Parser {
 public:
  Parser(std::string_view text, const QueryFields& fields) : rest_(text), fields_(fields) {}

  bool uses_like() const { return uses_like_; }

  NodePtr parse() {
    NodePtr root = parse_or(fields_.members, true);
    skip_blanks();
    if (!rest_.empty()) refuse();
    return root;
  }

 private:
  [[noreturn]] static void refuse() { throw Refusal(Code::invalid_query_string, "query"); }

  void skip_blanks() {
    while (!rest_.empty() && std::isspace(static_cast<unsigned char>(rest_.front())) != 0) rest_.remove_prefix(1);
  }

  bool take(std::string_view symbol) {
    skip_blanks();
    if (!rest_.starts_with(symbol)) return false;
    rest_.remove_prefix(symbol.size());
    return true;
  }

  std::string peek_word() {
    skip_blanks();
    return std::string(rest_.substr(
        0, static_cast<std::size_t>(std::find_if_not(rest_.begin(), rest_.end(), is_word_letter) - rest_.begin())));
  }

  bool take_keyword(std::string_view keyword) {
    const std::string word = peek_word();
    if (upper(word) != keyword) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  std::string take_word() {
    std::string word = peek_word();
    if (word.empty()) refuse();
    rest_.remove_prefix(word.size());
    return word;
  }

  NodePtr parse_or(const Names& names, bool lists_allowed) {
    if (++depth_ > kMaxDepth) refuse();
    std::vector<NodePtr> parts{parse_and(names, lists_allowed)};
    while (take_keyword("OR")) parts.push_back(parse_and(names, lists_allowed));
    --depth_;
    return parts.size() == 1 ? parts.front() : std::make_shared<Junction>(false, std::move(parts));
  }

  NodePtr parse_and(const Names& names, bool lists_allowed) {
    std::vector<NodePtr> parts{parse_term(names, lists_allowed)};
    while (take_keyword("AND")) parts.push_back(parse_term(names, lists_allowed));
    return parts.size() == 1 ? parts.front() : std::make_shared<Junction>(true, std::move(parts));
  }

  NodePtr parse_term(const Names& names, bool lists_allowed) {
    if (take("(")) return closed(parse_or(names, lists_allowed), ")");
    std::string field = take_word();
    const auto list = fields_.lists.find(field);
    if (lists_allowed && list != fields_.lists.end()) {
      if (!take("[")) refuse();
      return std::make_shared<AnyElement>(std::move(field), closed(parse_or(list->second, false), "]"));
    }
    if (!names.contains(field)) refuse();
    const Operator op = take_operator();
    return std::make_shared<Comparison>(std::move(field), op, take_word());
  }

  NodePtr closed(NodePtr inner, std::string_view bracket) {
    if (!take(bracket)) refuse();
    return inner;
  }

  Operator take_operator() {
    if (take("==") || take_keyword("EQ")) return Operator::equal;
    if (take("!=") || take_keyword("NE")) return Operator::not_equal;
    if (!take_keyword("LIKE")) refuse();
    uses_like_ = true;
    return Operator::like;
  }

  static constexpr int kMaxDepth = 50;

  std::string_view rest_;
  const QueryFields& fields_;
  int depth_ = 0;
  bool uses_like_ = false;
};

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

Query::Query(std::string_view text, const QueryFields& fields) {
  text = without_blanks(text);
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') throw Refusal(Code::invalid_query_string, "query");
  Parser parser(text.substr(1, text.size() - 2), fields);
  root_ = parser.parse();
  uses_like_ = parser.uses_like();
}

bool Query::matches(const json& object) const {
  return root_->matches(object);
}

std::optional<std::string> Query::demanded(std::string_view member) const {
  return root_->demanded(member);
}

std::optional<Query> asked_query(const Model& model, const Call& call, const QueryFields& fields) {
  if (!call.query) return std::nullopt;
  Query query(*call.query, fields);
  if (query.uses_like() && build_of(model) < build::kLikeQueries) throw Refusal(Code::invalid_query_string, "query");
  return query;
}

}  // namespace hpe3par::sim
