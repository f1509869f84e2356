#pragma once

#include "call.h"
#include "model.h"

namespace hpe3par::sim {

/// Active ones first, then the newest.
Answer list_tasks(Model& model, const Call& call);
/// Refuses ids that can be none with 12.
Answer get_task(Model& model, const Call& call);
/// Action 1 cancels; tasks of remote copy cannot be.
Answer modify_task(Model& model, const Call& call);

int add_task(Model& model, TaskType type, const std::string& name, TaskStatus status = TaskStatus::done);
void finish_task(Model& model, int id, TaskStatus status);

}  // namespace hpe3par::sim
