-- schedule.lua: settings that change during a run; see schedule.md.
local apogee = require "apogee"

local function settings(progress)
  local share = progress.generation / progress.generations
  return {
    outer_learning_rate_factor = 1 - 0.5 * share,
    mutation_probability = 0.2 - 0.15 * share,
    paths = share,
    inner_steps = progress.generation == 0 and 1 or 2,
  }
end

return apogee.experiment {
  name = "My first schedule",
  api = 1,
  tasks = { "episodes", dataset = "glyphs", ways = 5, shots = 1, queries = 5 },
  space = { "cells", nodes = 2, channels = 4 },
  learner = { "maml", inner_steps = 2, inner_learning_rate = 0.1, meta_batch = 2 },
  strategy = { "evolution", population = 6 },
  schedule = settings,
  budget = {
    warm_up_updates = 10, generations = 3, updates_per_generation = 5, final_updates = 5,
    validation_tasks = 4, test_tasks = 20,
  },
  per_task_search = { enabled = false },
  arms = { "searched" },
}
