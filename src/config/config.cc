#include "hpe3par/config/config.h"

#include <algorithm>
#include <set>

#include "checks.h"
#include "continuations.h"
#include "escapes.h"
#include "hpe3par/base/error.h"
#include "ini.h"
#include "keys.h"
#include "place.h"
#include "sections.h"
#include "suggestions.h"

namespace hpe3par::config {
namespace {

constexpr std::string_view kDefault = "DEFAULT";
constexpr std::string_view kDefaultBlock = "DEFAULT_BLOCK";

std::string usual_spelling(const Key& key, const IniEntry& entry) {
  return key.name.ends_with('*') ? entry.key : std::string(key.name);
}

// Whether the line below `entry` may be a part of a password that was wrapped.
bool ends_with_secret(const IniEntry& entry) {
  const Key* key = find_key(entry.key);
  if (!key || is_secret(key->name)) return true;
  const std::size_t last_line = entry.value.rfind('\n') + 1;  // 0 if there is but one
  return key->shape == KeyShape::pairs && entry.value.find("password", last_line) != std::string::npos;
}

class Parser {
 public:
  explicit Parser(const std::string& file) : file_(file), warnings_(file) {}

  Config parse(std::string_view text) {
    IniFile ini = parse_ini(text, file_);
    for (const IniSection& section : ini.sections)
      sections_.push_back({section.name, Values({file_, section.line, "section [" + section.name + "]"})});
    const IniEntry* before = nullptr;
    for (IniEntry& entry : ini.entries) {
      check_entry(entry, before);
      sort_in(entry);
      before = &entry;
    }
    if (sections_.empty()) fail(file_, 1, "there is no section; at least [DEFAULT] is needed");
    leave_out_file_persona();
    for (const IniEntry& entry : ini.entries) warn_if_useless(entry);

    Config config;
    config.file = file_;
    if (const Section* section = find_section(kDefault)) config.host = parse_host(section->values);
    for (const Section& section : sections_) take_section(section, config);
    require_default(config);
    warn_about_transport(config);
    warn_about_shared_arrays(config.backends, sections_, warnings_);
    return config;
  }

  /// Those that are known so far, also if parse() failed.
  std::vector<std::string> take_warnings() { return warnings_.take(); }

 private:
  const Section* find_section(std::string_view name) const {
    const auto found =
        std::find_if(sections_.begin(), sections_.end(), [&](const Section& each) { return each.name == name; });
    return found == sections_.end() ? nullptr : &*found;
  }

  Section& section_of(const IniEntry& entry) {
    return *std::find_if(sections_.begin(), sections_.end(),
                         [&](const Section& each) { return each.name == entry.section; });
  }

  void check_entry(const IniEntry& entry, const IniEntry* before) const {
    const Key* key = find_key(entry.key);
    const bool behind_secret = before && before->section == entry.section && ends_with_secret(*before);
    if (!key) fail(file_, entry.line, unknown_key_text(entry.key, behind_secret ? Before::secret : Before::plain));
    check_continuations(entry, *key, file_);
    check_for_second_key(entry, *key, file_);
    if (key->place == KeyPlace::host && entry.section != kDefault)
      fail(file_, entry.line,
           entry.key + " holds for the whole host and must stand in [DEFAULT], not in [" + entry.section + "]");
  }

  void take_section(const Section& section, Config& config) {
    if (is_backend(section))
      config.backends.push_back(parse_backend(section, warnings_));
    else if (!left_out_.contains(section.name))
      check_useless(section, warnings_);
  }

  void sort_in(IniEntry& entry) {
    const Key* key = find_key(entry.key);
    Section& section = section_of(entry);
    if (key->shape == KeyShape::pairs) {
      if (!entry.value.empty()) section.replication.push_back(entry);
      return;
    }
    const bool read = key->use == KeyUse::active || key->use == KeyUse::later;
    if (read && unescape_dollars(entry.value)) warnings_.add(entry.line, unescaped_text(entry.key));
    const int before = section.values.put(usual_spelling(*key, entry), entry.value, entry.line, entry.value_lines);
    if (before != 0)
      warnings_.add(entry.line,
                    entry.key + " is set again (first in line " + std::to_string(before) + "); the last one counts");
  }

  void leave_out_file_persona() {
    for (const Section& section : sections_) {
      if (!is_file_persona(section)) continue;
      left_out_.insert(section.name);
      warnings_.add(section.values.line_of("hpedockerplugin_driver"),
                    "[" + section.name + "] is left out: File Persona shares are not supported");
    }
  }

  // Once per key. A File Persona section has one warning for the whole of it.
  void warn_if_useless(const IniEntry& entry) {
    const Key& key = *find_key(entry.key);
    const bool useless = key.use == KeyUse::obsolete || key.use == KeyUse::later;
    const bool left_out = key.place != KeyPlace::host && left_out_.contains(entry.section);
    if (!useless || left_out || !warned_.insert(usual_spelling(key, entry)).second) return;
    const std::string_view when = key.use == KeyUse::later ? " has no effect yet: " : " has no effect: ";
    warnings_.add(entry.line, entry.key + std::string(when) + std::string(key.note));
  }

  // Next to a [DEFAULT_BLOCK], [DEFAULT] may hold nothing but what is true for the whole host; with HPE's plugin, it
  // had to name a driver even then.
  bool is_backend(const Section& section) const {
    if (left_out_.contains(section.name)) return false;
    if (section.name != kDefault || !find_section(kDefaultBlock)) return true;
    const Values& values = section.values;
    return values.has("hpe3par_api_url") || values.has("hpe3par_username") || values.has("hpe3par_password") ||
           values.has("hpe3par_password_file") || values.has("hpe3par_cpg");
  }

  void require_default(const Config& config) const {
    if (config.find_backend(kDefault) || config.find_backend(kDefaultBlock)) return;
    for (const Section& section : sections_)
      if (left_out_.contains(section.name))
        section.values.fail_at(
            "hpedockerplugin_driver",
            "[" + section.name +
                "] is left out, since File Persona shares are not supported, and there is no default "
                "backend for volumes; a section [DEFAULT] or [DEFAULT_BLOCK] for iscsi or fc is needed");
    std::string text = "a default backend is needed: a section [DEFAULT] or [DEFAULT_BLOCK]";
    for (const Section& section : sections_)
      for (const std::string_view name : {kDefault, kDefaultBlock})
        if (lower(section.name) == lower(name))
          text += "; section names are case-sensitive: did you mean [" + std::string(name) + "] in line " +
                  std::to_string(section.values.origin().line) + "?";
    fail(file_, 1, text);
  }

  void warn_about_transport(const Config& config) {
    std::set<Transport> told;
    for (const BackendConfig& backend : config.backends) {
      if (backend.transport == Transport::loop || !told.insert(backend.transport).second) continue;
      warnings_.add(find_section(backend.name)->values.line_of("hpedockerplugin_driver"),
                    "this version attaches volumes with hpedockerplugin_driver = loop only; with " +
                        std::string(to_string(backend.transport)) + " everything but Mount works");
    }
  }

  std::string file_;
  std::vector<Section> sections_;
  Warnings warnings_;
  std::set<std::string> warned_;
  std::set<std::string> left_out_;
};

}  // namespace

// The parser has made sure that one of the two is there.
const BackendConfig& Config::default_backend() const {
  const auto is_default = [](const BackendConfig& each) { return each.name == kDefault; };
  const auto is_block = [](const BackendConfig& each) { return each.name == kDefaultBlock; };
  const auto found = std::find_if(backends.begin(), backends.end(), is_default);
  return found != backends.end() ? *found : *std::find_if(backends.begin(), backends.end(), is_block);
}

const BackendConfig* Config::find_backend(std::string_view name) const {
  const auto found =
      std::find_if(backends.begin(), backends.end(), [&](const BackendConfig& b) { return b.name == name; });
  return found == backends.end() ? nullptr : &*found;
}

Config parse_config(std::string_view text, const std::string& file, const WarningSink& warn) {
  Parser parser(file);
  const auto tell = [&](const std::vector<std::string>& warnings) {
    if (warn) std::for_each(warnings.begin(), warnings.end(), warn);
  };
  try {
    Config config = parser.parse(text);
    config.warnings = parser.take_warnings();
    tell(config.warnings);
    return config;
  } catch (const Error&) {
    tell(parser.take_warnings());
    throw;
  }
}

}  // namespace hpe3par::config
