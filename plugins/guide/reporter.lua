-- reporter.lua: a reporter of a run's events; see reporter.md.
local apogee = require "apogee"

local function report(event)
  if event.event == "generation" then
    local best = event.objectives[1]
    print(("generation %d: %s %.3f, %s"):format(event.number, best.name, best.value, event.best))
  elseif event.event == "result" then
    print(("%s: %s %.3f over %d tasks"):format(event.arm, event.metric, event.mean, event.tasks))
  end
end

return apogee.experiment {
  name = "My first reporter",
  api = 1,
  tasks = { "episodes", dataset = "glyphs", ways = 5, shots = 1, queries = 5 },
  space = { "cells", nodes = 2, channels = 4 },
  strategy = { "evolution", population = 6 },
  reporters = { report },
  budget = {
    warm_up_updates = 10, generations = 3, updates_per_generation = 5, final_updates = 5,
    validation_tasks = 4, test_tasks = 20,
  },
  per_task_search = { enabled = false },
  arms = { "searched" },
}
