-- 08_task_samplers.lua: which classes make the next episode.
--
-- Purpose   Shows a task sampler of a plugin: half of the training tasks keep to one alphabet,
--           whose characters look alike. Validation and test stay as they are.
-- Data      glyphs, drawn by the program.
-- Expected  A searched network far above the 20 % of guessing among five characters; the budget is
--           too small to rank samplers.
-- Time      About a minute on two cores.
--
-- Run it    apogee check scripts/experiments/08_task_samplers.lua
--           apogee run scripts/experiments/08_task_samplers.lua
local apogee = require "apogee"

return apogee.experiment {
  name = "A task sampler of a plugin on glyphs, 5-way 1-shot",
  api = 1,
  tasks = {
    "episodes", dataset = "glyphs", split = "alphabets", ways = 5, shots = 1, queries = 5,
    sampler = { "similar_classes", share = 0.5 },
  },
  space = { "cells", nodes = 2, channels = 8, operations = "darts" },
  learner = {
    "maml", order = 1, inner_steps = 3, inner_learning_rate = 0.1, meta_batch = 4,
    outer = { "adam", learning_rate = 0.002 },
  },
  strategy = { "adaptive_evolution", population = 10, initial_rate = 0.3 },
  budget = {
    warm_up_updates = 60, generations = 6, updates_per_generation = 10, final_updates = 30,
    validation_tasks = 8, test_tasks = 100,
  },
  per_task_search = { enabled = false },
  arms = { "searched", "random_search" },
}
