#include "views.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "table.h"

namespace hpe3par::ctl {
namespace {

using nlohmann::json;

std::string to_text(const json& value) {
  if (value.is_string()) return value.get_ref<const std::string&>();
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_number_integer()) return value.dump();
  if (!value.is_array()) return "";
  std::string list;
  for (const json& each : value) list += (list.empty() ? "" : ",") + to_text(each);
  return list;
}

std::string member(const json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? "" : to_text(*found);
}

const json& members(const json& object, const char* name) {
  static const json none = json::array();
  const auto found = object.find(name);
  return found != object.end() && found->is_array() ? *found : none;
}

std::string size_of(const json& volume) {
  const std::string gib = member(volume, "size_gib");
  return gib.empty() ? "" : gib + " GiB";
}

// "synced", "syncing (40 %)".
std::string copy_of(const json& replication) {
  const auto volume = replication.find("volume");
  if (volume == replication.end() || !volume->is_object()) return "";
  const std::string percent = member(*volume, "progress_percent");
  const std::string last = member(*volume, "last_sync");
  return member(*volume, "sync_status") + (percent.empty() ? "" : " (" + percent + " %)") +
         (last.empty() ? "" : ", last at " + last);
}

// "primary (reversed), stopped", or why it is not known.
std::string side_of(const json& site) {
  const std::string role = member(site, "role");
  if (member(site, "reachable") != "yes") return "no answer (" + member(site, "state") + ")";
  if (role.empty()) return member(site, "state");
  return role + (member(site, "reversed") == "yes" ? " (reversed), " : ", ") + member(site, "state");
}

/// The lines of a replicated volume.
std::vector<Row> replication_rows(const json& volume) {
  const auto found = volume.find("replication");
  if (found == volume.end() || !found->is_object()) return {};
  std::vector<Row> rows = {{"group", member(*found, "group")},
                           {"replication", member(*found, "kind") + ", " + member(*found, "mode")},
                           {"group state", member(*found, "state")},
                           {"served by", member(*found, "serving_array")},
                           {"copy", copy_of(*found)}};
  std::string exports;
  for (const json& array : members(*found, "exports"))
    if (array.is_string()) exports += (exports.empty() ? "" : ", ") + array.get<std::string>();
  if (!exports.empty()) rows.push_back({"exported from", exports});
  for (const json& site : members(*found, "sites"))
    if (site.is_object()) rows.push_back({"on array " + member(site, "array"), side_of(site)});
  return rows;
}

// Of a name with several volumes all that differ, "A,B"; else the member of the volume itself.
std::string place_of(const json& volume, const char* name) {
  const json& places = members(volume, "places");
  std::vector<std::string> seen;
  std::string list;
  for (const json& place : places) {
    const std::string each = place.is_object() ? member(place, name) : "";
    if (each.empty() || std::find(seen.begin(), seen.end(), each) != seen.end()) continue;
    list += (list.empty() ? "" : ",") + each;
    seen.push_back(each);
  }
  return places.size() < 2 ? member(volume, name) : list;
}

std::string shown(const json& object, const char* name) {
  const std::string_view what = name;
  if (what == "size_gib") return size_of(object);
  const bool place = what == "array" || what == "backend" || what == "array_volume";
  return place ? place_of(object, name) : member(object, name);
}

struct Column {
  const char* title;
  const char* member;
};

std::string table_of(const json& objects, const std::vector<Column>& columns, bool header) {
  std::vector<Row> rows;
  if (header) {
    Row& titles = rows.emplace_back();
    for (const Column& column : columns) titles.emplace_back(column.title);
  }
  for (const json& object : objects) {
    Row& row = rows.emplace_back();
    for (const Column& column : columns) row.push_back(shown(object, column.member));
  }
  return format_table(rows);
}

}  // namespace

std::string status_view(const json& status, bool header) {
  std::vector<Row> rows = {
      {"version", member(status, "version")}, {"pid", member(status, "pid")}, {"state", member(status, "state")}};
  if (const std::string reason = member(status, "reason"); !reason.empty()) {
    rows.push_back({"reason", reason});
    return format_table(rows);
  }
  rows.push_back({"mounted volumes", member(status, "mounted_volumes")});
  const std::size_t left = members(status, "clean_up").size();
  rows.push_back({"clean-up", left == 0 ? "0" : std::to_string(left) + ", see hpe3parctl cleanup ls"});
  const std::vector<Column> columns = {{"ARRAY", "name"},   {"ADDRESS", "address"},      {"STATE", "state"},
                                       {"SINCE", "since"},  {"SERIAL", "serial_number"}, {"BACKENDS", "backends"},
                                       {"REASON", "reason"}};
  return format_table(rows) + "\n" + table_of(members(status, "arrays"), columns, header);
}

std::string backends_view(const json& backends, bool header) {
  return table_of(backends,
                  {{"NAME", "name"},
                   {"DEFAULT", "default"},
                   {"ARRAY", "array"},
                   {"TRANSPORT", "transport"},
                   {"CPGS", "cpgs"},
                   {"STATE", "state"},
                   {"SINCE", "since"},
                   {"REASON", "reason"}},
                  header);
}

std::string volumes_view(const json& volumes, bool header) {
  return table_of(volumes,
                  {{"NAME", "name"},
                   {"SIZE", "size_gib"},
                   {"STATE", "state"},
                   {"BACKEND", "backend"},
                   {"ARRAY", "array"},
                   {"ARRAY VOLUME", "array_volume"},
                   {"MOUNTPOINT", "mountpoint"}},
                  header);
}

std::string clean_up_view(const json& clean_up, bool header) {
  return table_of(clean_up,
                  {{"VOLUME", "volume"},
                   {"GROUP", "group"},
                   {"ARRAY", "array"},
                   {"TASK", "task"},
                   {"STATE", "state"},
                   {"SINCE", "since"},
                   {"LAST ERROR", "last_error"}},
                  header);
}

std::string names_view(const json& volumes) {
  std::string text;
  for (const json& volume : volumes) text += printable(member(volume, "name")) + "\n";
  return text;
}

std::string details_view(const json& volumes) {
  const std::vector<Column> lines = {{"name", "name"},
                                     {"state", "state"},
                                     {"since", "since"},
                                     {"last error", "last_error"},
                                     {"size", "size_gib"},
                                     {"created", "created"},
                                     {"backend", "backend"},
                                     {"array", "array"},
                                     {"array volume", "array_volume"},
                                     {"WWN", "wwn"},
                                     {"UUID", "uuid"},
                                     {"mountpoint", "mountpoint"},
                                     {"mount ids", "ids"},
                                     {"detach pending", "detach_pending"}};
  std::string text;
  for (const json& volume : volumes) {
    std::vector<Row> rows;
    for (const Column& line : lines) rows.push_back({line.title, shown(volume, line.member)});
    for (Row& row : replication_rows(volume)) rows.push_back(std::move(row));
    text += (text.empty() ? "" : "\n") + format_table(rows);
  }
  return text;
}

std::string silence_warnings(const json& arrays) {
  std::string text;
  for (const json& array : arrays) {
    const std::string reason = member(array, "reason");
    const std::string state = member(array, "state");
    text += "array " + printable(member(array, "name")) +
            (state == "up" ? " could not be listed"
                           : " is " + printable(state) + " since " + printable(member(array, "since"))) +
            (reason.empty() ? "" : " (" + printable(reason) + ")") + "; its volumes are shown as last seen\n";
  }
  return text;
}

}  // namespace hpe3par::ctl
