#include "host_rules.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "errors.h"
#include "validate.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

constexpr std::size_t kWwnDigits = 16;
constexpr std::size_t kMaxIqn = 223;
constexpr int kMaxPersona = 12;

constexpr MemberRule kName{
    .name = "name", .type = MemberType::string, .required = true, .max_length = 31, .letters = Letters::name};
constexpr MemberRule kNewName{
    .name = "newName", .type = MemberType::string, .max_length = 31, .letters = Letters::name};
constexpr MemberRule kDomain{.name = "domain", .type = MemberType::string, .max_length = 31, .letters = Letters::name};
constexpr MemberRule kPersona{
    .name = "persona", .type = MemberType::integer, .enumeration = true, .min = 1, .max = kMaxPersona};
constexpr MemberRule kDescriptors{.name = "descriptors", .type = MemberType::object};
constexpr MemberRule kFc{.name = "FCWWNs", .type = MemberType::strings};
constexpr MemberRule kIscsi{.name = "iSCSINames", .type = MemberType::strings, .max_length = kMaxIqn};
constexpr MemberRule kNvme{.name = "NQN", .type = MemberType::string, .max_length = kMaxIqn};
constexpr MemberRule kTearDown{.name = "forceTearDown", .type = MemberType::boolean};
constexpr MemberRule kPort{.name = "port", .type = MemberType::objects};

constexpr MemberRule kCreate[] = {kName, kDomain, kPersona, kDescriptors, kFc, kIscsi, kNvme, kTearDown, kPort};

constexpr MemberRule kModify[] = {
    kNewName,
    kPersona,
    kDescriptors,
    kFc,
    kIscsi,
    kNvme,
    {.name = "pathOperation", .type = MemberType::integer, .enumeration = true, .min = 1, .max = 2},
    {.name = "forcePathRemoval", .type = MemberType::boolean},
    {.name = "chapOperation", .type = MemberType::integer, .enumeration = true, .min = 1, .max = 2},
    {.name = "chapOperationMode", .type = MemberType::integer, .enumeration = true, .min = 1, .max = 2},
    {.name = "chapName", .type = MemberType::string, .max_length = kMaxIqn},
    {.name = "chapSecret", .type = MemberType::string, .max_length = 34},
    {.name = "chapSecretHex", .type = MemberType::boolean},
    {.name = "chapRemoveTargetOnly", .type = MemberType::boolean}};

constexpr MemberRule descriptor(std::string_view name) {
  return {.name = name, .type = MemberType::string, .max_length = 254};
}
constexpr MemberRule kDescriptorMembers[] = {descriptor("location"), descriptor("IPAddr"),  descriptor("os"),
                                             descriptor("model"),    descriptor("contact"), descriptor("comment")};

constexpr const char* kPathMembers[] = {"FCWWNs", "iSCSINames", "NQN"};
constexpr const char* kChapMembers[] = {"chapOperationMode", "chapName", "chapSecret", "chapSecretHex",
                                        "chapRemoveTargetOnly"};
constexpr const char* kPlainMembers[] = {"newName", "persona", "descriptors"};

void check_descriptors(json& body) {
  if (body.contains("descriptors")) check_members(body["descriptors"], kDescriptorMembers);
}

template <std::size_t N>
const char* first_of(const json& body, const char* const (&names)[N]) {
  const auto* found =
      std::find_if(std::begin(names), std::end(names), [&](const char* name) { return body.contains(name); });
  return found == std::end(names) ? nullptr : *found;
}

void refuse_together(const char* a, const char* b) {
  if (a != nullptr && b != nullptr) throw Refusal(Code::parameter_conflict, std::string(a) + "," + b);
}

void check_one_kind_of_path(const json& body) {
  if (body.contains("FCWWNs") && body.contains("iSCSINames"))
    throw Refusal(Code::parameter_conflict, "FCWWNs,iSCSINames");
}

void check_chap_secret(const json& body) {
  const std::string secret = body.value("chapSecret", "");
  const bool hex = body.value("chapSecretHex", false);
  if (hex && secret.find_first_not_of("0123456789abcdefABCDEFx") != std::string::npos)
    throw Refusal(Code::illegal_character, "chapSecret");
  const std::size_t shortest = hex ? 32 : 12, longest = hex ? 34 : 16;
  if (secret.size() > longest) throw Refusal(Code::exceeds_length, "chapSecret");
  if (secret.size() < shortest) throw Refusal(Code::invalid_input, "chapSecret");
}

HostChange check_chap_change(const json& body) {
  if (!body.contains("chapOperation")) throw Refusal(Code::missing_required, "chapOperation");
  if (body.at("chapOperation") == 2) return HostChange::clear_chap;
  for (const char* needed : {"chapOperationMode", "chapSecret"})
    if (!body.contains(needed)) throw Refusal(Code::missing_required, needed);
  check_chap_secret(body);
  return HostChange::set_chap;
}

HostChange check_path_change(const json& body) {
  if (!body.contains("pathOperation")) throw Refusal(Code::missing_required, "pathOperation");
  if (first_of(body, kPathMembers) == nullptr) throw Refusal(Code::invalid_input, "pathOperation");
  return body.at("pathOperation") == 1 ? HostChange::add_paths : HostChange::remove_paths;
}

std::string as_wwn(std::string text) {
  std::erase(text, ':');
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
  if (text.empty()) throw Refusal(Code::empty_string, "FCWWNs");
  if (text.size() > kWwnDigits) throw Refusal(Code::exceeds_length, "FCWWNs");
  if (text.find_first_not_of("0123456789ABCDEF") != std::string::npos) throw Refusal(Code::illegal_character, "FCWWNs");
  if (text.size() < kWwnDigits) throw Refusal(Code::invalid_input, "FCWWNs");
  return text;
}

std::string as_iqn(std::string text) {
  const bool legal = std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == ':' || c == '-' || c == '_' || c > 0x7f;
  });
  if (!legal) throw Refusal(Code::illegal_character, "iSCSINames");
  return text;
}

void refuse_duplicates(std::vector<std::string> paths, const char* ref) {
  std::sort(paths.begin(), paths.end());
  if (std::adjacent_find(paths.begin(), paths.end()) != paths.end()) throw Refusal(Code::duplicate_path, ref);
}

}  // namespace

void check_new_host(json& body) {
  check_members(body, kCreate);
  check_descriptors(body);
  check_one_kind_of_path(body);
}

HostChange check_host_change(json& body) {
  check_members(body, kModify);
  check_descriptors(body);
  const char* path = body.contains("pathOperation") ? "pathOperation" : first_of(body, kPathMembers);
  const char* chap = body.contains("chapOperation") ? "chapOperation" : first_of(body, kChapMembers);
  const char* plain = first_of(body, kPlainMembers);
  refuse_together(path, chap);
  refuse_together(path, plain);
  refuse_together(chap, plain);
  check_one_kind_of_path(body);
  if (path != nullptr) return check_path_change(body);
  if (chap != nullptr) return check_chap_change(body);
  return HostChange::members;
}

NamedPaths paths_in(const json& body) {
  NamedPaths paths;
  for (const json& wwn : body.value("FCWWNs", json::array())) paths.fc.push_back(as_wwn(wwn));
  for (const json& iqn : body.value("iSCSINames", json::array())) paths.iscsi.push_back(as_iqn(iqn));
  if (body.contains("NQN")) paths.nvme.push_back(body.at("NQN"));
  refuse_duplicates(paths.fc, "FCWWNs");
  refuse_duplicates(paths.iscsi, "iSCSINames");
  return paths;
}

}  // namespace hpe3par::sim
