#include "tasks.h"

#include <algorithm>
#include <charconv>

#include "errors.h"
#include "validate.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

constexpr std::chrono::hours kHistory{24};

// `2026-01-31 12:00:00 UTC`; `-` for what is not over.
std::string to_task_time(const std::optional<WallTime>& time) {
  if (!time) return "-";
  std::string text = to_8601(*time).substr(0, std::string_view("2026-01-31T12:00:00").size());
  text[text.find('T')] = ' ';
  return text + " UTC";
}

json to_json(const Task& task) {
  return {{"id", task.id},
          {"type", static_cast<int>(task.type)},
          {"name", task.name},
          {"status", static_cast<int>(task.status)},
          {"startTime", to_task_time(task.started)},
          {"finishTime", to_task_time(task.finished)},
          {"user", "3paradm"},
          {"priority", 2}};
}

void forget_old_ones(Model& model) {
  const WallTime oldest = model.clock.wall() - kHistory;
  std::erase_if(model.tasks, [&](const Task& task) { return task.finished && *task.finished < oldest; });
}

Task& addressed(Model& model, const Call& call) {
  const std::string& text = call.names.at(0);
  int id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size() || id < 1) throw Refusal(Code::invalid_input);
  const auto task = std::find_if(model.tasks.begin(), model.tasks.end(), [id](const Task& t) { return t.id == id; });
  if (task == model.tasks.end()) throw Refusal(Code::non_existent_task);
  return *task;
}

}  // namespace

Answer list_tasks(Model& model, const Call&) {
  forget_old_ones(model);
  std::vector<Task> tasks(model.tasks.rbegin(), model.tasks.rend());
  std::stable_partition(tasks.begin(), tasks.end(), [](const Task& task) { return task.status == TaskStatus::active; });
  json members = json::array();
  for (const Task& task : tasks) members.push_back(to_json(task));
  return collection(std::move(members));
}

Answer get_task(Model& model, const Call& call) {
  forget_old_ones(model);
  return {.body = to_json(addressed(model, call))};
}

Answer modify_task(Model& model, const Call& call) {
  static constexpr MemberRule kRules[] = {
      {.name = "action", .type = MemberType::integer, .required = true, .enumeration = true, .min = 1, .max = 4}};
  json body = call.body;
  check_members(body, kRules);
  const bool active = addressed(model, call).status == TaskStatus::active;
  throw Refusal(active ? Code::cannot_cancel_task : Code::non_active_task);
}

int add_task(Model& model, TaskType type, const std::string& name, TaskStatus status) {
  forget_old_ones(model);
  Task task{.id = model.next_task++, .type = type, .name = name, .status = status, .started = model.clock.wall()};
  if (status != TaskStatus::active) task.finished = task.started;
  model.tasks.push_back(task);
  return task.id;
}

void finish_task(Model& model, int id, TaskStatus status) {
  for (Task& task : model.tasks) {
    if (task.id != id) continue;
    task.status = status;
    task.finished = model.clock.wall();
  }
}

}  // namespace hpe3par::sim
