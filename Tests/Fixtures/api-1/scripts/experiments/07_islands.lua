-- 07_islands.lua: a strategy that is written in Lua.
--
-- Purpose   Shows a whole strategy of a plugin: islands that evolve apart and exchange their
--           best, with operators of another plugin. Take adaptive_evolution in its place for a
--           mutation rate that follows success.
-- Data      glyphs, drawn by the program.
-- Expected  A searched network far above the 20 % of guessing among five characters; the budget is
--           too small to rank strategies.
-- Time      About a minute on two cores.
--
-- Run it    apogee check scripts/experiments/07_islands.lua
--           apogee run scripts/experiments/07_islands.lua
local apogee = require "apogee"

return apogee.experiment {
  name = "The island model on glyphs, 5-way 1-shot",
  api = 1,
  tasks = {
    "episodes", dataset = "glyphs", split = "alphabets", ways = 5, shots = 1, queries = 5,
  },
  space = { "cells", nodes = 2, channels = 8, operations = "darts" },
  learner = {
    "maml", order = 1, inner_steps = 3, inner_learning_rate = 0.1, meta_batch = 4,
    outer = { "adam", learning_rate = 0.002 },
  },
  strategy = {
    "islands", population = 12, islands = 3, interval = 2, migrants = 1,
    mutation = "random_genes", crossover = { "k_point", points = 2 },
  },
  budget = {
    warm_up_updates = 60, generations = 6, updates_per_generation = 10, final_updates = 30,
    validation_tasks = 8, test_tasks = 100,
  },
  per_task_search = { enabled = false },
  arms = { "searched", "random_search" },
}
