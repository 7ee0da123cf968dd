-- objective.lua: a custom objective; see objective.md.
local apogee = require "apogee"

-- Error, plus a penalty for every doubling of multiply-adds beyond a tenth of a million.
local function priced_error(subnet)
  local doublings = math.max(0, math.log(subnet.multiply_adds / 1e5, 2))
  return subnet.query_error + 0.01 * doublings
end

return apogee.experiment {
  name = "My first objective",
  api = 1,
  tasks = { "episodes", dataset = "glyphs", ways = 5, shots = 1, queries = 5 },
  space = { "cells", nodes = 2, channels = 4 },
  strategy = { "evolution", population = 6 },
  objectives = {
    { name = "priced_error", evaluate = priced_error, direction = "minimize" },
    "query_error", "multiply_adds",
  },
  budget = {
    warm_up_updates = 10, generations = 2, updates_per_generation = 5, final_updates = 5,
    validation_tasks = 4, test_tasks = 20,
  },
  per_task_search = { enabled = false },
  arms = { "searched" },
}
